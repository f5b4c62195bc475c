"""A study's plan and measurements -> what the engine says of them, as plain numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput

LEVEL, POWER = 0.95, 0.8


@dataclass(frozen=True)
class Measured:
    """One measurement; the key and the cluster only hold rows together, and are never kept."""

    person: str
    cluster: str
    attended: bool
    after: bool
    score: float
    weight: float


def detectable(plan: Mapping[str, Any]) -> float:
    """The least effect that the planned sizes find, in points."""
    from kepu_engines.core.errors import EngineError
    from kepu_engines.survey import effects

    sizes = [(plan[name], plan[f"{name}_clusters"]) for name in ("attending", "comparison")]
    groups = [effects.Planned(*size) for size in sizes if size[0]]
    known = {name: plan[name] for name in ("deviation", "correlation", "together", "lost")}
    try:
        return effects.detectable(groups, effects.Expected(**known), POWER, LEVEL)
    except EngineError as error:
        raise BadInput(
            _("These sizes tell nothing: each group needs two clusters, or two people, at least")
        ) from error


def told(rows: Sequence[Measured], *, reached: int, spent: Decimal) -> dict[str, Any]:
    """Means, changes and the effect, who was lost, and what it cost; raises BadInput."""
    from kepu_engines.core.errors import EngineError
    from kepu_engines.survey import effects

    keyed, parted = any(one.person for one in rows), any(one.cluster for one in rows)
    try:
        measures = effects.Measures.of(
            [one.score for one in rows],
            [one.attended for one in rows],
            [one.after for one in rows],
            [one.person for one in rows] if keyed else None,
            [one.cluster for one in rows] if parted else None,
            [one.weight for one in rows],
        )
        found = effects.effect(measures, LEVEL)
        price = effects.cost(float(spent), reached, found.effect)
    except EngineError as error:
        raise BadInput(
            _(
                "the table tells no change: groups need measurements before and after, of the same keys"
            )
        ) from error
    return _finite({
        "level": LEVEL,
        "keyed": keyed,
        "clustered": parted,
        "compared": found.compared,
        "cells": [
            {"group": c.group, "wave": c.wave, "n": c.n, "clusters": c.clusters, **vars(c.mean)}
            for c in found.cells
        ],
        "changes": {group: vars(one) for group, one in found.changes.items()},
        "effect": vars(found.effect),
        "standardised": vars(found.standardised),
        "baseline": found.baseline and vars(found.baseline),
        "imbalance": found.imbalance,
        "sd": found.sd,
        "lost": [vars(one) for one in found.lost],
        "cost": vars(price),
    })  # fmt: skip


def _finite(told: Any) -> Any:
    """The same, where a figure that cannot be told is nothing: no database keeps an infinite one."""
    if isinstance(told, dict):
        return {name: _finite(value) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_finite(value) for value in told]
    return None if isinstance(told, float) and not math.isfinite(told) else told
