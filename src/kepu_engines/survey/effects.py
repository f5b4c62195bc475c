"""What an activity changed: before and after, of who attended and of who did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.robust import Contrast, Means, means

if TYPE_CHECKING:
    from kepu_engines.survey.design import Reals

BEFORE, AFTER = 0, 1
COMPARISON, ATTENDING = 0, 1
GROUPS = ("comparison", "attending")
WAVES = ("before", "after")
FEWEST = 10  # people whose mean score may be told, or reckoned from what is told

# Beyond these, sums of squares say nothing any more.
FAR, UNEVEN = 1e12, 1e9


@dataclass(frozen=True)
class Measures:
    """Scores, a row for each time that somebody was measured.

    Attributes
    ----------
    score, weight : (n,) float64
    attended, after : (n,) bool
    person : (n,) labels, or None
        None where other people were asked after than before.
    cluster : (n,) labels
        Schools, communities or sessions people came in; persons, where they came alone.
    """

    score: Reals
    weight: Reals
    attended: NDArray[np.bool_]
    after: NDArray[np.bool_]
    person: NDArray[np.str_] | None
    cluster: NDArray[np.str_]

    @classmethod
    def of(
        cls,
        score: ArrayLike,
        attended: ArrayLike,
        after: ArrayLike,
        person: ArrayLike | None = None,
        cluster: ArrayLike | None = None,
        weight: ArrayLike | None = None,
    ) -> Measures:
        """Hold the columns against each other.

        Columns are as in `Measures`, (n,) each: scores in their own units, weights in people.

        Raises
        ------
        EngineError
            If lengths differ, a weight is not above 0, a wave of who attended is empty, somebody was
            measured twice in a wave, or was in both groups.
        """
        scores = reals(score, "the scores")
        rows = scores.size
        people = np.ones(rows) if weight is None else reals(weight, "the weights")
        groups, waves = np.asarray(attended, bool), np.asarray(after, bool)
        names = None if person is None else np.asarray(person).astype(str)
        units = np.asarray(cluster if cluster is not None else names, object)
        if cluster is None and names is None:
            units = np.arange(rows)
        columns = [people, groups, waves, units, *([] if names is None else [names])]
        require(all(len(one) == rows for one in columns), "all columns must have as many rows")
        require(bool((people > 0).all()), "every weight must be above 0")
        even = f"the largest weight is more than {UNEVEN:,.0f} times the smallest"
        require(bool(people.max() <= UNEVEN * people.min()), even)
        far = f"scores must lie within {FAR:,.0f} of 0"
        require(bool((np.abs(scores) <= FAR).all()), far)
        for wave, word in ((waves, "after"), (~waves, "before")):
            require(bool((groups & wave).any()), f"nobody who attended was measured {word}")
        found = cls(scores, people, groups, waves, names, units.astype(str))
        _each_once(found)
        return found

    @property
    def compared(self) -> bool:
        """Whether there are measures of a comparison group in both waves."""
        other = ~self.attended
        return bool((other & self.after).any() and (other & ~self.after).any())

    def both(self) -> NDArray[np.bool_]:
        """Rows that a change is told from: of persons measured in both waves; all without persons."""
        if self.person is None:
            return np.ones(self.score.size, bool)
        stayed = np.intersect1d(self.person[self.after], self.person[~self.after])
        return np.isin(self.person, stayed)


@dataclass(frozen=True)
class Cell:
    """The mean score of a group in a wave, and how many rows and clusters it rests on."""

    group: str
    wave: str
    n: int
    clusters: int
    mean: Contrast


@dataclass(frozen=True)
class Lost:
    """Of a group: measured before, measured after too, and what share was lost in between.

    `away` is the mean score before of those lost less that of those who stayed; None where fewer than
    ten were lost or stayed: with the mean of the others it would tell what single persons scored.
    """

    group: str
    before: int
    both: int
    share: float
    away: float | None


@dataclass(frozen=True)
class Effect:
    """What the measures say.

    Attributes
    ----------
    cells : tuple of Cell
        Group by group, before and after.
    changes : dict of Contrast
        After less before, of each group.
    effect : Contrast
        The change of who attended less that of the comparison; without one, the change alone.
    compared : bool
        False where there is no comparison group: then a change cannot be laid at the activity's door.
    sd : float
        Standard deviation of scores inside groups, before.
    standardised : Contrast
        The effect in standard deviations, small samples put right.
    baseline : Contrast, or None
        Attending less comparison, before; `imbalance` is the same in standard deviations.
    lost : tuple of Lost
        Empty without persons.
    """

    cells: tuple[Cell, ...]
    changes: dict[str, Contrast]
    effect: Contrast
    compared: bool
    sd: float
    standardised: Contrast
    baseline: Contrast | None
    imbalance: float | None
    lost: tuple[Lost, ...]


def effect(measures: Measures, level: float = 0.95) -> Effect:
    """Difference in differences, with errors by clusters that hold where clusters are few (CR2).

    The comparison says what would have come anyway: it is assumed that both groups would have
    changed alike. Persons without a second measure are left out of the change and told as lost.

    Raises
    ------
    EngineError
        If nobody who attended was measured in both waves, or the level is impossible.

    Source
    ------
    Angrist & Pischke (2009), Mostly Harmless Econometrics, 5.2; standardised as d_ppc2 of Morris
    (2008), Organizational Research Methods 11, 364-386, its error with that of the standard deviation.
    """
    require(0 < level < 1, f"the level of an interval must lie between 0 and 1, not {level:g}")
    used = measures.both()
    told = bool((used & measures.attended).any())
    require(told, "nobody who attended was measured both before and after: keys must be the same")
    compared = measures.compared and bool((used & ~measures.attended).any())
    used &= measures.attended | compared
    cell = (2 * measures.attended + measures.after)[used]
    cell = cell if compared else cell - 2
    found = means(measures.score[used], cell, measures.weight[used], measures.cluster[used])
    groups = [COMPARISON, ATTENDING] if compared else [ATTENDING]
    cells = tuple(_cells(found, cell, groups, level))
    signs = (1.0, -1.0, -1.0, 1.0) if compared else (-1.0, 1.0)
    whole = found.contrast(signs, level)
    sd, free = _spread(measures, used)
    baseline = found.contrast((-1.0, 0.0, 1.0, 0.0), level) if compared else None
    return Effect(
        cells, _changes(found, groups, level), whole, compared, sd,
        _standardised(whole, sd, free, level), baseline,
        baseline.value / sd if baseline and sd > 0 else None, tuple(_lost(measures)),
    )  # fmt: skip


@dataclass(frozen=True)
class Planned:
    """How many people of a group are to be measured, and in how many clusters (0: each alone)."""

    people: int
    clusters: int = 0

    @property
    def units(self) -> int:
        """What is independent: clusters, or people."""
        return self.clusters or self.people


@dataclass(frozen=True)
class Expected:
    """What is known of scores beforehand, from an earlier study or a trial.

    Attributes
    ----------
    deviation : float
        Standard deviation of a score, > 0.
    correlation : float
        Between a person's scores before and after, in [0, 1).
    together : float
        Intraclass correlation of changes, in [0, 1).
    lost : float
        Share who are not measured again, in [0, 1).
    """

    deviation: float
    correlation: float
    together: float = 0.0
    lost: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        require(self.deviation > 0, "the standard deviation must be above 0")
        for name in ("correlation", "together", "lost"):
            share = getattr(self, name)
            require(0 <= share < 1, f"{name} must be in [0, 1), not {share:g}")

    def variance(self, group: Planned) -> float:
        """Of a group's mean change, with the design effect of clusters of one size."""
        stay = group.people * (1 - self.lost)
        size = stay / group.clusters if group.clusters else 1.0
        deff = 1 + max(size - 1, 0) * self.together
        return 2 * self.deviation**2 * (1 - self.correlation) * deff / stay


def detectable(
    groups: Sequence[Planned], expected: Expected, power: float = 0.8, level: float = 0.95
) -> float:
    """The least effect that a study finds with this power, in points of the score.

    Parameters
    ----------
    groups : sequence of Planned
        Who attends, and the comparison where there is one.

    Raises
    ------
    EngineError
        If a number is out of range, or units are too few for an error.

    Source
    ------
    Bloom (1995), Minimum detectable effects, Evaluation Review 19, 547-556; Murray (1998), Design and
    Analysis of Group-Randomized Trials, for clusters.
    """
    require(0.5 < power < 1, f"the power must be between 0.5 and 1, not {power:g}")
    enough = all(one.units >= 2 and one.people >= one.clusters for one in groups)
    require(enough, "each group needs two clusters at least, and a person in each")
    df = sum(one.units for one in groups) - len(groups)
    reach = float(stdtrit(df, (1 + level) / 2) + stdtrit(df, power))
    return reach * float(np.sqrt(sum(map(expected.variance, groups))))


@dataclass(frozen=True)
class Cost:
    """What it cost: for each person reached, and for each point that a person gained.

    `per_point` and its bounds are None where the effect is not above 0; `high` alone is None where
    the effect's interval reaches 0: then there is no telling how much a point costs at most.
    """

    per_person: float
    per_point: float | None
    low: float | None
    high: float | None


def cost(spent: float, reached: int, found: Contrast) -> Cost:
    """Cost of reaching people and of their gain, with Fieller's interval.

    Costs and people reached are counts without an error, so that Fieller's interval of the ratio is
    the effect's own interval, turned over.

    Source
    ------
    Fieller (1954), J. Royal Statistical Society B 16, 175-185.
    """
    require(spent >= 0 and reached > 0, "costs must not be below 0, and somebody must be reached")
    each = spent / reached
    if not found.value > 0:
        return Cost(each, None, None, None)
    low = each / found.high if found.high > 0 else None
    high = each / found.low if found.low > 0 else None
    return Cost(each, each / found.value, low, high)


def _each_once(of: Measures) -> None:
    if of.person is None:
        return
    for wave, word in ((of.after, WAVES[AFTER]), (~of.after, WAVES[BEFORE])):
        names, times = np.unique(of.person[wave], return_counts=True)
        twice = names[times > 1]
        require(not twice.size, f"{twice[0] if twice.size else ''} was measured twice {word}")
    mixed = np.intersect1d(of.person[of.attended], of.person[~of.attended])
    require(not mixed.size, f"{mixed[0] if mixed.size else ''} is in both groups")


def _cells(
    found: Means, cell: NDArray[np.int64], groups: Sequence[int], level: float
) -> Sequence[Cell]:
    rows = np.bincount(cell, minlength=found.value.size)
    made = []
    for place in range(found.value.size):
        one = np.zeros(found.value.size)
        one[place] = 1
        group, wave = GROUPS[groups[place // 2]], WAVES[place % 2]
        told = found.contrast(one, level)
        made.append(Cell(group, wave, int(rows[place]), int(found.clusters[place]), told))
    return made


def _changes(found: Means, groups: Sequence[int], level: float) -> dict[str, Contrast]:
    changes = {}
    for place, group in enumerate(groups):
        one = np.zeros(found.value.size)
        one[2 * place : 2 * place + 2] = -1, 1
        changes[GROUPS[group]] = found.contrast(one, level)
    return changes


def _spread(of: Measures, used: NDArray[np.bool_]) -> tuple[float, int]:
    """Standard deviation inside groups before, and its degrees of freedom."""
    squares, rows, groups = 0.0, 0, 0
    for group in (of.attended, ~of.attended):
        here = used & group & ~of.after
        if here.sum() > 1:
            weight, score = of.weight[here], of.score[here]
            away = score - np.average(score, weights=weight)
            scale = here.sum() / weight.sum()
            squares += float(weight @ away**2) * scale
            rows, groups = rows + int(here.sum()), groups + 1
    free = rows - groups
    return (float(np.sqrt(squares / free)) if free > 0 else 0.0), free


def _standardised(whole: Contrast, sd: float, free: int, level: float) -> Contrast:
    """The effect over the standard deviation, by Hedges's factor; its error by the delta method."""
    if not sd > 0:
        return Contrast(*[np.nan] * 6)
    right = 1 - 3 / (4 * free - 1) if free > 1 else 1.0
    value = right * whole.value / sd
    se = float(np.sqrt((right * whole.se / sd) ** 2 + value**2 / (2 * free)))
    half = float(stdtrit(whole.df, (1 + level) / 2)) * se
    return Contrast(value, se, whole.df, value - half, value + half, whole.p)


def _lost(of: Measures) -> Sequence[Lost]:
    """Who was not measured again, of each group that was measured before."""
    if of.person is None:
        return ()
    stayed, found = of.both(), []
    for number in (COMPARISON, ATTENDING):
        first = (of.attended == bool(number)) & ~of.after
        if not first.any():
            continue
        gone = first & ~stayed
        before, both = int(first.sum()), int((first & stayed).sum())
        away = None
        if min(before - both, both) >= FEWEST:
            parts = [np.average(of.score[r], weights=of.weight[r]) for r in (gone, first & stayed)]
            away = float(parts[0] - parts[1])
        found.append(Lost(GROUPS[number], before, both, 1 - both / before, away))
    return found
