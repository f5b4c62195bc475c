"""Science literacy at /api/: the item bank, booklets, interviews, and the self-test."""

from ninja import Router

from kepu.literacy.api import bank, booklets, interviewing, self_tests

router = Router()
for part in (bank, booklets, interviewing, self_tests):
    router.add_router("", part.router)

__all__ = ["router"]
