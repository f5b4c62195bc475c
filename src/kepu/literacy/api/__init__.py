"""Science literacy at /api/: the item bank, booklets, the self-test, and statistical returns."""

from ninja import Router

from kepu.literacy.api import bank, booklets, returns, self_tests

router = Router()
for part in (bank, booklets, self_tests, returns):
    router.add_router("", part.router)

__all__ = ["router"]
