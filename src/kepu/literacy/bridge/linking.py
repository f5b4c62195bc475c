"""Items of a wave that were calibrated before -> the link to the scale on which they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kepu.literacy.models import Calibration

if TYPE_CHECKING:
    from kepu_engines.survey.irt.linking import Link

LEAST = 3  # items in common; fewer tell no error


@dataclass(frozen=True)
class Common:
    """An item on the bank's scale, and as a new wave has it (2PL)."""

    known: Calibration
    slope: float
    difficulty: float


def link_of(common: Sequence[Common]) -> Link | None:
    """From the new wave's scale to the bank's, by curves (Stocking & Lord); None where none is found."""
    from kepu_engines.core.errors import EngineError
    from kepu_engines.survey.irt import linking

    if len(common) < LEAST:
        return None
    try:
        return linking.link(
            linking.anchors(
                [one.known.discrimination for one in common],
                [one.known.difficulty for one in common],
                [one.slope for one in common],
                [one.difficulty for one in common],
                [one.known.guessing for one in common],
            )
        )
    except EngineError:  # such as difficulties that are all alike
        return None
