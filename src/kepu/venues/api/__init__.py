"""Venues at /api/: the register, what keeps it true, and what venues share."""

from ninja import Router

from kepu.venues.api import keeping, registry, sharing

router = Router()
for part in (registry, keeping, sharing):
    router.add_router("", part.router)

__all__ = ["router"]
