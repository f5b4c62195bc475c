"""Venues at /api/: the register, what keeps it true, what venues share, and what is to come."""

from ninja import Router

from kepu.venues.api import facilities, free_opening, keeping, places, registry, sharing

router = Router()
for part in (registry, keeping, sharing, facilities, free_opening, places):
    router.add_router("", part.router)

__all__ = ["router"]
