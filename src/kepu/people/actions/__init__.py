"""Verbs of this room, by noun; those that other rooms call are named here."""

from kepu.people.actions.absences import state_absence
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
    "state_absence",
]
