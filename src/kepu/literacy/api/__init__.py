"""Science literacy at /api/: items, booklets, interviews, fieldwork, self-test, statistics, targets."""

from ninja import Router

from kepu.literacy.api import (
    bank,
    booklets,
    capacity,
    fieldwork,
    interviewing,
    returns,
    self_tests,
    targets,
)

router = Router()
for part in (bank, booklets, interviewing, fieldwork, self_tests, capacity, returns, targets):
    router.add_router("", part.router)

__all__ = ["router"]
