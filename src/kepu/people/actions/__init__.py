"""Verbs of this room, by noun; those that other rooms call are named here."""

from kepu.people.actions.absences import state_absence
from kepu.people.actions.forgetting import retitle
from kepu.people.actions.hours import (
    amend,
    certify,
    confirm,
    correct,
    dispute,
    drop,
    propose_service,
)

__all__ = [
    "amend",
    "certify",
    "confirm",
    "correct",
    "dispute",
    "drop",
    "propose_service",
    "retitle",
    "state_absence",
]
