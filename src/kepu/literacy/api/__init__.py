"""Science literacy at /api/: item bank, booklets, interviews, self-test, statistics, and targets."""

from ninja import Router

from kepu.literacy.api import bank, booklets, capacity, interviewing, returns, self_tests, targets

router = Router()
for part in (bank, booklets, interviewing, self_tests, capacity, returns, targets):
    router.add_router("", part.router)

__all__ = ["router"]
