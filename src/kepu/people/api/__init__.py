"""This room at /api/: one router for each kind of thing, joined to one."""

from ninja import Router

from kepu.people.api import (
    calls,
    experts,
    hours,
    objections,
    places,
    records,
    teams,
    training,
    units,
)

router = Router()
for part in (teams, hours, records, places, experts, calls, objections, training, units):
    router.add_router("", part.router)
