"""The capacity index of a year: the table that everybody reads -> engine -> scores, ranks and inequality.

It rests on what is published and on nothing else, so that it gives no withheld figure away. A district
of which something is missing is not judged; it is never counted as zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kepu.literacy import capacity
from kepu.literacy.bridge import returns
from kepu.literacy.capacity import HEADS, RESIDENTS, Capacity
from kepu.literacy.models import Round
from kepu.literacy.queries import rounds, totals
from kepu.literacy.states import Joining, Normalising, RoundState, Weighing
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.capacity import (
    ROUNDING,
    Aggregation,
    Normalisation,
    aggregate,
    ahp,
    critic,
    entropy,
    gini,
    normalise,
    principal,
    ranks,
    sensitivity,
    theil,
)

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

Told = Mapping[str, Any]
Reals = NDArray[np.float64]
DRAWS = 1000  # weights drawn for each way of making indicators comparable
SCORE = "score"
BY_DATA = {Weighing.ENTROPY: entropy, Weighing.CRITIC: critic, Weighing.PCA: principal}
# What the ranks are tried by beside the scheme's own way.
OTHER_WAYS: tuple[tuple[Normalisation, Aggregation], ...] = (("min-max", "linear"), ("z", "linear"))


@dataclass(frozen=True)
class Place:
    """A district as the table tells it: its figures by indicator of the scheme, None where unknown."""

    row: Told
    figures: dict[str, float | None]


@dataclass(frozen=True)
class Compared:
    """What is compared: indicators that tell something, and districts that have them all."""

    reported: list[Place]
    keys: list[str]
    left_out: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def places(self) -> list[Place]:
        """Districts that are judged: nothing of theirs is missing."""
        if not self.keys:
            return []
        return [one for one in self.reported if all(one.figures[k] is not None for k in self.keys)]

    @property
    def values(self) -> Reals:
        rows = [[one.figures[key] for key in self.keys] for one in self.places]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.keys))


def shown(person: User | None, round_id: int, now: datetime) -> tuple[Round, dict[str, Any] | None]:
    """A year and its index, if the reader may have it: of a year that is not published, only who
    checks the whole of it, for it holds figures of every district. Raises Outside.
    """
    one = rounds.shown(person, round_id, now)
    if one.state != RoundState.PUBLISHED:
        assert person is not None  # noqa: S101 (or it was Outside)
        if rounds.scope(person, one, now) != [one.path]:
            return one, None
    return one, of_round(one, now)


def of_round(one: Round, now: datetime) -> dict[str, Any] | None:
    """The index of a year: of a locked one as it would be published now, of a published one as it was.

    None for a year that is still open, and for one that was published without an index.
    """
    if one.state == RoundState.PUBLISHED:
        return one.published.get("capacity")
    return (
        in_force(returns.public(totals.whole(one)), now) if one.state == RoundState.LOCKED else None
    )


def in_force(told: Told, now: datetime) -> dict[str, Any]:
    """The index of a table by the scheme in force."""
    version, scheme = capacity.in_force(now)
    return index(told, scheme, version)


def index(told: Told, scheme: Capacity, version: int) -> dict[str, Any]:
    """The index as it is published and stays: plain data; `why` says why there is none."""
    city = told["total"]["path"]
    places = [
        Place(row, {key: _figure(row, key, scheme) for key in scheme.indicators})
        for row in told["rows"]
        if row["path"] != city
    ]
    found = _compared(places, scheme)
    made: dict[str, Any] = {
        "version": version, "why": "", "detail": "", "ratio": None, "indicators": [],
        "left_out": found.left_out, "districts": [], "inequality": [],
        "not_judged": [_missing(one, found.keys) for one in places if one not in found.places],
    }  # fmt: skip
    if not scheme.groups:
        return made | {"why": "no_scheme"}
    if len(found.reported) < scheme.fewest or (found.keys and len(found.places) < scheme.fewest):
        return made | {"why": "few"}
    if not found.keys:
        return made | {"why": "nothing_tells"}
    try:
        return made | _worked_out(found, scheme, told["total"])
    except EngineError as refused:
        return made | {"why": "refused", "detail": str(refused)}


def _figure(row: Told, key: str, scheme: Capacity) -> float | None:
    """A figure of the table over what the scheme divides it by."""
    over = scheme.indicators[key].over
    above = _value(row, key)
    if not over:
        return above
    below = _heads(row) if over == RESIDENTS else _value(row, over)
    return above / below if above is not None and below else None


def _value(row: Told, key: str) -> float | None:
    said = row["values"].get(key)
    return None if said is None else float(said)


def _heads(row: Told) -> float | None:
    return row["people"] / HEADS if row["people"] else None


# --- who and what is compared ---------------------------------------------------------------------


def _compared(places: Sequence[Place], scheme: Capacity) -> Compared:
    """Indicators that enough districts have and that differ between them; districts that have them."""
    reported = [one for one in places if one.row["counted"]]
    keys, left_out = [], []
    for key in scheme.indicators:
        known = sum(one.figures[key] is not None for one in reported)
        if known and known >= scheme.known * len(reported):
            keys.append(key)
        else:
            left_out.append({"key": key, "why": "few", "known": known, "of": len(reported)})
    return _differing(Compared(reported, keys, left_out))


def _differing(found: Compared) -> Compared:
    """Without what is the same in every district compared: it does not tell them apart."""
    values = found.values
    if not values.size:
        return found
    flat = np.ptp(values, axis=0) <= ROUNDING * np.abs(values).max(axis=0)
    same = [key for key, is_flat in zip(found.keys, flat, strict=True) if is_flat]
    of = {"known": len(values), "of": len(found.reported)}
    more = [{"key": key, "why": "same", **of} for key in same]
    kept = [key for key in found.keys if key not in same]
    return Compared(found.reported, kept, [*found.left_out, *more])


def _missing(one: Place, keys: Sequence[str]) -> dict[str, Any]:
    """Why a district is not judged."""
    row = one.row
    said = {"path": row["path"], "name": row["name"], "keys": [], "detail": ""}
    if not row["counted"]:
        return said | {"why": "no_return" if row["asked"] else "not_asked"}
    if not row["people"]:
        return said | {"why": "no_people", "detail": row["why_no_people"]}
    gone = [key for key in keys if one.figures[key] is None]
    return said | {"why": "figures", "keys": gone}


# --- the index ------------------------------------------------------------------------------------


def _worked_out(found: Compared, scheme: Capacity, total: Told) -> dict[str, Any]:
    method: Normalisation = (
        "base" if scheme.normalising == Normalising.CITY else scheme.normalising.value  # type: ignore[assignment]
    )
    known = _normalised(found, scheme, method, total)
    weights, ratio = _weights(found.keys, known, scheme)
    how: Aggregation = scheme.joining.value  # type: ignore[assignment]
    score = aggregate(known, weights, how)
    others = [way for way in OTHER_WAYS if way != (method, how)]
    tried = [(known, how), *((_normalised(found, scheme, n, total), a) for n, a in others)]
    rank = ranks(score)
    low, high = _reach(rank, tried, weights, scheme)
    order = np.lexsort((np.arange(len(score)), rank))
    rows = [
        {
            "path": one.row["path"], "name": one.row["name"], "people": one.row["people"],
            "score": float(score[at]), "rank": int(rank[at]), "low": int(low[at]),
            "high": int(high[at]), "parts": _parts(found.keys, known[at], weights, scheme),
            "values": {key: one.figures[key] for key in found.keys},
        }
        for at, one in enumerate(found.places)
    ]  # fmt: skip
    return {
        "ratio": ratio,
        "indicators": [
            {"key": key, "group": scheme.group_of(key), "weight": float(weight)}
            for key, weight in zip(found.keys, weights, strict=True)
        ],
        "districts": [rows[at] for at in order],
        "inequality": list(_inequality(found, score, scheme)),
    }


def _normalised(found: Compared, scheme: Capacity, method: Normalisation, total: Told) -> Reals:
    falling = [at for at, key in enumerate(found.keys) if scheme.indicators[key].falling]
    base = [_figure(total, key, scheme) or 0.0 for key in found.keys] if method == "base" else []
    return normalise(found.values, method, falling=np.array(falling, int), base=base)


def _weights(keys: Sequence[str], known: Reals, scheme: Capacity) -> tuple[Reals, float | None]:
    """A weight for each indicator that is left, and how far judgements contradict one another.

    A group shares its weight equally; what a lost indicator or group had goes to the others.
    """
    if scheme.weighing in BY_DATA:
        return BY_DATA[scheme.weighing](known), None
    judged = ahp(scheme.matrix()) if scheme.weighing == Weighing.AHP else None
    each = judged.weights if judged else np.ones(len(scheme.groups))
    of_group = dict(zip(scheme.groups, each, strict=True))
    groups = [scheme.group_of(key) for key in keys]
    raw = np.array([of_group[one] / groups.count(one) for one in groups])
    return raw / raw.sum(), judged.ratio if judged else None


def _reach(
    rank: NDArray[np.intp],
    tried: Sequence[tuple[Reals, Aggregation]],
    weights: Reals,
    scheme: Capacity,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """From which to which rank other weights and other scales lead; the rank itself lies within."""
    found = [
        sensitivity(
            known, weights, seed=scheme.seed, how=how, draws=DRAWS, firmness=scheme.firmness
        )
        for known, how in tried
    ]
    lows = np.array([rank, *(one.low for one in found), *(one.rank for one in found)])
    highs = np.array([rank, *(one.high for one in found), *(one.rank for one in found)])
    return lows.min(axis=0), highs.max(axis=0)


def _parts(keys: Sequence[str], known: Reals, weights: Reals, scheme: Capacity) -> dict[str, float]:
    """What each group brings to a score: points that add up to it; of a geometric mean, its own mean."""
    groups = np.array([scheme.group_of(key) for key in keys])
    parts = {}
    for group in dict.fromkeys(groups.tolist()):
        inside = groups == group
        if scheme.joining == Joining.GEOMETRIC:
            own = weights[inside] / weights[inside].sum()
            parts[group] = float(np.exp(np.log(known[inside]) @ own))
        else:
            parts[group] = float(known[inside] @ weights[inside])
    return parts


def _inequality(found: Compared, score: Reals, scheme: Capacity) -> Sequence[dict[str, Any]]:
    """Gini and Theil of the score and of each figure per head, between residents of the districts."""
    people = np.array([one.row["people"] or 0 for one in found.places], dtype=np.float64)
    if not people.all():
        return []
    regions = np.array([scheme.region_of(one.row["path"]) for one in found.places])
    several = len(set(regions.tolist())) > 1
    columns = {SCORE: score} | {
        key: found.values[:, at]
        for at, key in enumerate(found.keys)
        if scheme.indicators[key].over == RESIDENTS
    }
    rows = []
    for key, values in columns.items():
        if (values < 0).any():
            continue  # scores in standard deviations have no zero to be unequal from
        told = theil(values, people, regions)
        rows.append({
            "of": key, "gini": gini(values, people), "theil": told.total,
            "between": told.between if several else None,
            "within": told.within if several else None,
        })  # fmt: skip
    return rows
