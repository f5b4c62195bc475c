"""Points to the digit: what is measured, what was judged, the total, and the level it reaches.

All of it is decimal arithmetic. The mean of a criterion's reviewers is rounded half up to 0.01, the
total is the sum of the rounded points, and nothing is rounded after that: who adds the printed points
by hand gets the printed total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from kepu.appraisal.programme.conditions import Answer
from kepu.appraisal.programme.fitness import comparable
from kepu.appraisal.programme.schema import Criterion, Programme

HUNDREDTH = Decimal("0.01")
NOTHING = Decimal("0.00")
Points = Mapping[str, Decimal]  # by key of the criterion


@dataclass(frozen=True)
class Tally:
    """Points by criterion and their sum; where the rubric's must-pass lines are missed, in words.

    `unscored` are judged criteria that nobody has given points for: the total is not final then.
    `level` is the key of the level it reaches, empty for none.
    """

    points: dict[str, Decimal]
    total: Decimal
    level: str
    gaps: tuple[str, ...]
    unscored: tuple[str, ...]


def rounded(points: Decimal) -> Decimal:
    """Half up to a hundredth of a point."""
    return points.quantize(HUNDREDTH, ROUND_HALF_UP)


def mean(given: Sequence[int]) -> Decimal:
    """The mean of what reviewers gave, in points, of hundredths such as `Score.points` keeps."""
    return rounded(Decimal(sum(given)) / (100 * len(given)))


def points_measured(
    programme: Programme, klass: str, answers: Mapping[str, Answer]
) -> dict[str, Decimal]:
    """Points of every measured criterion of a class: of the highest band that the answer reaches, or 0."""
    compared = comparable(programme, answers)
    return {
        one.key: _band(one, compared.get(one.measure))
        for one in programme.criteria(klass)
        if one.measure
    }


def points_judged(
    programme: Programme, klass: str, given: Mapping[str, Sequence[int]]
) -> dict[str, Decimal]:
    """Mean points of every judged criterion that somebody scored.

    `given` has the hundredths of each reviewer by criterion; what belongs to no judged criterion of
    the class is left out.
    """
    judged = [one.key for one in programme.criteria(klass) if not one.measure]
    return {key: mean(given[key]) for key in judged if given.get(key)}


def total(
    programme: Programme,
    klass: str,
    answers: Mapping[str, Answer],
    given: Mapping[str, Sequence[int]],
) -> Tally:
    """Measured points and the mean of the judged ones, added up."""
    points = points_measured(programme, klass, answers) | points_judged(programme, klass, given)
    criteria = programme.criteria(klass)
    added = sum(points.values(), NOTHING)
    return Tally(
        points={one.key: points[one.key] for one in criteria if one.key in points},
        total=added,
        level=grade(programme, added, points, klass, answers),
        gaps=tuple(gaps(programme, klass, points)),
        unscored=tuple(one.key for one in criteria if one.key not in points),
    )


def gaps(programme: Programme, klass: str, points: Points) -> list[str]:
    """Every must-pass criterion that is missed, in words."""
    return [
        _("%(criterion)s: %(points)s points, %(least)s are a must")
        % {"criterion": one, "points": points.get(one.key, NOTHING), "least": f"{one.least:g}"}
        for one in programme.criteria(klass)
        if points.get(one.key, NOTHING) < exact(one.least)
    ]


def grade(
    programme: Programme,
    total: Decimal,
    points: Points,
    klass: str = "",
    answers: Mapping[str, Answer] | None = None,
) -> str:
    """Key of the highest level whose cut the total meets; none where a must-pass criterion is missed.

    `points` by criterion, as `Tally.points`; what only concerns other classes than `klass` counts where
    it has points. Where the form asks which level is wanted, `answers` tell it and none above is given.
    """
    own = {one.key for one in programme.criteria(klass)}
    concerned = [one for one in programme.rubric if one.key in points or one.key in own]
    if any(points.get(one.key, NOTHING) < exact(one.least) for one in concerned):
        return ""
    asked = (answers or {}).get(programme.level_asked) if programme.level_asked else None
    first = next((at for at, one in enumerate(programme.levels) if one.title == asked), 0)
    reached = (one.key for one in programme.levels[first:] if total >= exact(one.cut))
    return next(reached, "")


def most(programme: Programme, klass: str) -> Decimal:
    """The most points an application of a class can have."""
    return sum((exact(one.points) for one in programme.criteria(klass)), NOTHING)


@lru_cache(maxsize=4096, typed=True)
def exact(number: float) -> Decimal:
    """A number as it is written, not as binary digits come near it."""
    return Decimal(str(number))


def _band(criterion: Criterion, answer: Answer) -> Decimal:
    if isinstance(answer, str | bool) or answer is None:
        return NOTHING
    given = exact(answer)
    reached = (rounded(exact(one.points)) for one in criterion.bands if given >= exact(one.least))
    return next(reached, NOTHING)
