"""Science literacy at /api/: the item bank, booklets, and the self-test."""

from ninja import Router

from kepu.literacy.api import bank

router = Router()
for part in (bank,):
    router.add_router("", part.router)

__all__ = ["router"]
