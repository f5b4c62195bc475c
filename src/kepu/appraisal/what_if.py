"""What the outcome of each application hangs on: had one reviewer judged nothing, or weighed criteria
a little otherwise.

Every what-if takes the road of the decision: must-pass lines, the cut-offs, and the places in all, of
a class and of a district. So a reviewer may decide about somebody never judged by that reviewer. How
lenient the others are stays as it was found.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import islice, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu.appraisal import weighing
from kepu.appraisal.programme import scoring
from kepu.appraisal.programme.schema import Criterion, Programme
from kepu_engines.judging.places import BEYOND, EQUAL, WITHIN, placed

SPREAD = 0.1  # share by which each weight is moved to see whose outcome changes
MOST_MOVED = 10  # criteria whose weights are moved; the lightest beyond them move as one
MOST_PLACED = 7  # the same where places are bounded, for each weighing ranks everybody anew
AT_ONCE = 256  # rankings that are worked out together
UNBOUNDED = 10**8  # more than anybody has points, or places
PLACES = {WITHIN: "within", EQUAL: "tied", BEYOND: "beyond"}
Longs = NDArray[np.int64]
Row = dict[str, Any]


def mark(
    programme: Programme,
    cases: Sequence[weighing.Case],
    rows: Sequence[Row],
    severity: weighing.Severity,
    taken: Sequence[Mapping[str, str]],
) -> None:
    """Write into each row `without`, what it would be without whom, and `by_weights`."""
    for row in rows:
        row["without"], row["by_weights"] = [], False
    if not rows:
        return
    ranking = _Ranking(programme, cases, rows, taken)
    for expert, level, place in _left_out(ranking, severity):
        for n in ranking.changed(level, place):
            told = {"grade": ranking.keys[int(level[n])], "place": PLACES[int(place[n])]}
            rows[n]["without"].append({"expert": expert, **told})
    for level, place in _reweighed(ranking):
        for n in ranking.changed(level, place):
            rows[n]["by_weights"] = True


@dataclass(frozen=True)
class _Ranking:
    """The applications as they were ranked, and how they are ranked again."""

    programme: Programme
    cases: Sequence[weighing.Case]
    rows: Sequence[Row]
    taken: Sequence[Mapping[str, str]]

    @cached_property
    def keys(self) -> list[str]:
        """Levels, the highest first, and none."""
        return [*(one.key for one in self.programme.levels), ""]

    @cached_property
    def total(self) -> Longs:
        """Hundredths of points."""
        return np.array([_hundredths(row["total"]) for row in self.rows], dtype=np.int64)

    @cached_property
    def level(self) -> Longs:
        number = {key: n for n, key in enumerate(self.keys)}
        return np.array([number[row["grade"]] for row in self.rows], dtype=np.int64)

    @cached_property
    def outcome(self) -> Longs:
        return self._outcome(self.level, self.places(self.total[None], self.level[None])[0])

    @cached_property
    def bounded(self) -> bool:
        quota = self.programme.quota
        bounds = (quota.total, quota.each_district, *quota.each_class.values())
        return any(one is not None for one in bounds)

    def changed(self, level: Longs, place: Longs) -> list[int]:
        """Whose outcome differs from the one there is."""
        found: list[int] = np.flatnonzero(self._outcome(level, place) != self.outcome).tolist()
        return found

    def _outcome(self, level: Longs, place: Longs) -> Longs:
        """A level that is had, or is between equals; nothing beyond the quota, whatever the level."""
        return np.where(place == BEYOND, -1, level * 3 + place)

    def places(self, total: Longs, level: Longs) -> Longs:
        """Who finds room in each of some rankings (w, a)."""
        reached = level < len(self.programme.levels)
        if not self.bounded:
            return np.where(reached, WITHIN, BEYOND)
        by_code = self._by_code
        found = placed(total[:, by_code], reached[:, by_code], *self._quotas)
        back = np.empty_like(found)
        back[:, by_code] = found
        return back

    @cached_property
    def _by_code(self) -> Longs:
        """Equals come in the order of their codes, as in the ranking."""
        return np.array(sorted(range(len(self.rows)), key=lambda n: self.rows[n]["code"]))

    @cached_property
    def _quotas(self) -> tuple[list[Longs], list[list[int]]]:
        """In all, of each class, of each district: the number of each application's, and the places."""
        quota = self.programme.quota
        held = Counter(place for one in self.taken for place in weighing.places(one))
        groups, room = [], []
        for kind in range(3):
            its = [weighing.places(self.rows[n])[kind] for n in self._by_code]
            number = {place: n for n, place in enumerate(dict.fromkeys(its))}
            groups.append(np.array([number[place] for place in its], dtype=np.int64))
            most = {
                place: (quota.total, quota.each_class.get(place[1]), quota.each_district)[kind]
                for place in number
            }
            room.append([
                UNBOUNDED if bound is None else max(bound - held[place], 0)
                for place, bound in most.items()
            ])  # fmt: skip
        return groups, room


def _hundredths(points: str | Decimal) -> int:
    return int(Decimal(points) * 100)


# --- one reviewer fewer ---------------------------------------------------------------------------


def _left_out(ranking: _Ranking, severity: weighing.Severity) -> Iterator[tuple[int, Longs, Longs]]:
    """Every expert in turn with the levels and places there would be without the expert's reviews.

    What the expert alone reviewed stays as it is, for there would be no points without.
    """
    lenient = dict(zip(severity.experts, severity.taken_off(ranking.programme), strict=True))
    reviewed: dict[int, list[int]] = defaultdict(list)
    for n, case in enumerate(ranking.cases):
        for one in case.reviews:
            reviewed[one.expert].append(n)
    experts = iter(severity.experts)
    while some := list(islice(experts, AT_ONCE)):
        total, level = (np.tile(one, (len(some), 1)) for one in (ranking.total, ranking.level))
        for line, expert in enumerate(some):
            for n in reviewed[expert]:
                if found := _without(ranking, ranking.cases[n], expert, lenient):
                    total[line, n], level[line, n] = found
        place = ranking.places(total, level)
        yield from zip(some, level, place, strict=True)


def _without(
    ranking: _Ranking, case: weighing.Case, expert: int, lenient: Mapping[int, float]
) -> tuple[int, int] | None:
    """Total and level of an application by its other reviewers."""
    others = [one for one in case.reviews if one.expert != expert]
    if not others:
        return None
    programme = ranking.programme
    points = weighing.points_of(programme, case, others)
    mean = sum(one.share for one in others) / len(others)
    corrected = mean - sum(lenient[one.expert] for one in others) / len(others)
    total = sum(points.values(), scoring.NOTHING) + weighing.shift(case, mean, corrected)
    grade = scoring.grade(programme, total, points, case.klass, case.asked)
    return _hundredths(total), ranking.keys.index(grade)


# --- other weights --------------------------------------------------------------------------------


def _reweighed(ranking: _Ranking) -> Iterator[tuple[Longs, Longs]]:
    """Levels and places by other weights of the criteria of one class after the other."""
    classes: dict[str, list[int]] = defaultdict(list)
    for n, case in enumerate(ranking.cases):
        classes[case.klass].append(n)
    for klass, members in classes.items():
        criteria = ranking.programme.criteria(klass)
        if not criteria:
            continue
        groups = _moved(criteria, MOST_PLACED if ranking.bounded else MOST_MOVED)
        corners = product((1 - SPREAD, 1 + SPREAD), repeat=len(groups))
        where = np.array(members)
        while some := list(islice(corners, AT_ONCE)):
            total, level = (np.tile(one, (len(some), 1)) for one in (ranking.total, ranking.level))
            total[:, where] = _totals(ranking, groups, members, np.array(some))
            level[:, where] = _levels(ranking, members, total[:, where])
            yield from zip(level, ranking.places(total, level), strict=True)


def _moved(criteria: Sequence[Criterion], most: int) -> list[list[Criterion]]:
    """Criteria that move alone, the heaviest first, and the rest of them as one."""
    heaviest = sorted(criteria, key=lambda one: (-one.points, one.key))
    alone, rest = heaviest[: most - 1], heaviest[most - 1 :]
    return [[one] for one in alone] + ([rest] if rest else [])


def _totals(
    ranking: _Ranking,
    groups: Sequence[Sequence[Criterion]],
    members: Sequence[int],
    corners: NDArray[np.float64],
) -> Longs:
    """Hundredths (w, m) by other weights; the most that can be had stays the same.

    What leniency took off moves with the criteria that people judge.
    """
    weights = np.array([sum(one.points for one in group) for group in groups])
    judged = np.array([sum(one.points for one in group if not one.measure) for group in groups])
    factor = corners * weights.sum() / (corners @ weights)[:, None]
    rows = [ranking.rows[n] for n in members]
    points = np.array([
        [float(sum(Decimal(row["points"].get(one.key, 0)) for one in group)) for group in groups]
        for row in rows
    ])  # fmt: skip
    off = np.array([float(Decimal(row["total"]) - Decimal(row["raw"])) for row in rows])
    spread = judged / judged.sum() if judged.sum() else np.zeros(len(groups))
    value = factor @ (points + off[:, None] * spread).T
    return np.floor(value * 100 + 0.5 + 1e-6).astype(np.int64)


def _levels(ranking: _Ranking, members: Sequence[int], total: Longs) -> Longs:
    """Number of the level that each total (w, m) reaches, as `scoring.grade` tells it."""
    programme = ranking.programme
    first = np.array([_first(ranking, n) for n in members])
    level = np.full(total.shape, len(programme.levels))
    for n, one in reversed(list(enumerate(programme.levels))):
        level[(total >= float(scoring.exact(one.cut) * 100)) & (first <= n)] = n
    return level


def _first(ranking: _Ranking, n: int) -> int:
    """The highest level an application may be given: as asked for; none where it missed a must."""
    row, case = ranking.rows[n], ranking.cases[n]
    if row["grade"] and not ranking.programme.level_asked:
        return 0
    points = {key: Decimal(one) for key, one in row["points"].items()}
    highest = Decimal(UNBOUNDED)
    return ranking.keys.index(
        scoring.grade(ranking.programme, highest, points, case.klass, case.asked)
    )
