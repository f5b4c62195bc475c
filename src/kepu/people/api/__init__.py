"""This room at /api/: one router for each kind of thing, joined to one."""

from ninja import Router

from kepu.people.api import (
    calls,
    deciding,
    expert_records,
    experts,
    hours,
    leading,
    objections,
    places,
    records,
    teams,
    training,
    units,
    wards,
)

router = Router()
# `deciding` comes after those whose addresses begin like its own.
for part in (
    teams,
    leading,
    hours,
    records,
    deciding,
    places,
    experts,
    expert_records,
    calls,
    objections,
    training,
    units,
    wards,
):
    router.add_router("", part.router)
