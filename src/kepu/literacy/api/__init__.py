"""Science literacy at /api/: item bank, booklets, interviews, self-test, and statistical returns."""

from ninja import Router

from kepu.literacy.api import bank, booklets, interviewing, returns, self_tests

router = Router()
for part in (bank, booklets, interviewing, self_tests, returns):
    router.add_router("", part.router)

__all__ = ["router"]
