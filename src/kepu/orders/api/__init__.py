"""The order loop at /api/: orders, their verbs, the menu, plans, and what devices send."""

from ninja import Router

from kepu.orders.api import (
    contracts,
    evidence,
    loop,
    menu,
    plans,
    reading,
    rehoming,
    reports,
    ringing,
    rosters,
    sync,
)

router = Router()
for part in (
    reading,
    loop,
    evidence,
    rosters,
    ringing,
    menu,
    contracts,
    reports,
    plans,
    rehoming,
    sync,
):
    router.add_router("", part.router)

__all__ = ["router"]
