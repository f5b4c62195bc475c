"""The bank -> booklets, and what each tells at each ability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kepu.kernel.errors import RuleBroken
from kepu.literacy import schemas
from kepu.literacy.bridge.parameters import Pool, parameters
from kepu.literacy.models import BookletSet, Item
from kepu.literacy.queries import items as queries
from kepu.literacy.states import Use

SHOWN = [step / 2 for step in range(-6, 7)]  # abilities at which the curve is drawn


@dataclass(frozen=True)
class Proposal:
    """The items of each booklet in the order they are asked, and the figures behind them."""

    booklets: Sequence[Sequence[Item]]
    summary: dict[str, Any]


def propose(wanted: BookletSet) -> Proposal:
    """Assemble the booklets; raises RuleBroken where the bank does not suffice. Seconds."""
    from kepu_engines.core.errors import EngineError
    from kepu_engines.survey import assembly
    from kepu_engines.survey.irt import known

    framework = schemas.framework_of(wanted.rules_version)
    pool = rested(wanted.path, framework.booklets.most_waves)
    counts = framework.blueprint(wanted.items)
    _require_enough(pool, counts, framework)
    keys = list(counts)
    found = parameters(pool)
    try:
        made = assembly.assemble(
            known.information(found, framework.booklets.abilities),
            [keys.index(item.dimension) for item, _calibration in pool],
            assembly.Wanted(list(counts.values()), wanted.booklets, wanted.most_common),
        )
    except EngineError as error:
        raise RuleBroken(
            _(
                "the bank has too few items for booklets so different; write more, or let them share more"
            )
        ) from error
    told = known.information(found, SHOWN)
    return Proposal(
        [_in_order(pool, chosen) for chosen in made.chosen],
        {
            "abilities": SHOWN,
            "information": [told[chosen].sum(axis=0).round(3).tolist() for chosen in made.chosen],
            "least": round(made.least, 4),
            "bound": round(made.bound, 4),
        },
    )


def rested(path: str, most_waves: int) -> Pool:
    """Approved and calibrated survey items that were not asked in too many waves already."""
    found = queries.calibrated(path, Use.SURVEY)
    asked = queries.waves(item.pk for item, _calibration in found)
    return [row for row in found if asked.get(row[0].pk, 0) < most_waves]


def _require_enough(pool: Pool, counts: dict[str, int], framework: schemas.Framework) -> None:
    for key, count in counts.items():
        there = sum(item.dimension == key for item, _calibration in pool)
        if there < count:
            words = _("%(dimension)s: a booklet needs %(count)s items, and %(there)s can be used")
            title = framework.dimensions[key].title
            raise RuleBroken(words % {"dimension": title, "count": count, "there": there})


def _in_order(pool: Pool, chosen: Any) -> list[Item]:
    """The easy ones first, so that nobody gives up at the first question."""
    rows = [row for row, taken in zip(pool, chosen, strict=True) if taken]
    return [item for item, _c in sorted(rows, key=lambda row: (row[1].difficulty, row[0].pk))]
