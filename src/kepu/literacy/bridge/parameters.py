"""Items with their calibrations -> parameters as the engine takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kepu.literacy.models import Calibration, Item

if TYPE_CHECKING:
    from kepu_engines.survey.irt.known import Items

Pool = Sequence[tuple[Item, Calibration]]


def parameters(pool: Pool) -> Items:
    """The items' parameters, in the order of the pool."""
    from kepu_engines.survey.irt import known

    rows = [one for _item, one in pool]
    return known.items(
        [one.discrimination for one in rows],
        [one.difficulty for one in rows],
        [one.guessing for one in rows],
    )
