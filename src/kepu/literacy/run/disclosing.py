"""What the public file of persons may tell: no district, by label, weight or order, of who stands out.

Weights of the public file are made of what is released anyway: the mean weight of many people of several
districts, rounded, then moved as little as may be until published totals come out. The rows stand in the
order of what they hold. How many reach the plan's level is published of every district, so hidden people
are counted among those of the same outcome: else the few literate ones would be found by subtraction.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.run.disclosure_rules import RULES
from kepu.literacy.run.estimating import AREA, CITY, Figure, Found
from kepu.literacy.run.reading import Read
from kepu_engines.survey.design import Reals

SEVERAL = (
    5  # districts that a weight is of at least, and where somebody without a district may live
)
ROUNDED = 3  # significant digits of a mean weight: many sets of people have the same one
FARTHEST = 2.0  # times that a weight is moved at most, up or down, for the sake of published totals
NEAR = 1e-9
BLANK = ""
Labels = NDArray[Any]


@dataclass(frozen=True)
class Public:
    """The persons of the public file.

    Attributes
    ----------
    groups : labels of each person by group, blank where they would tell too much
    weight : (n,) float64
        Shared by at least `people` persons of at least `places` districts.
    order : (n,) int
        In which the persons are written.
    apart : float
        The farthest that a published share of the city or a group lies from that by the public file.
    blank : int
        Persons whose district the file leaves out.
    """

    groups: dict[str, Labels]
    weight: Reals
    order: NDArray[np.int64]
    people: int
    places: int
    apart: float
    blank: int

    def record(self) -> dict[str, Any]:
        """What is told of it in the run's record, with the number of the rules that made it."""
        weights = len(set(self.weight.tolist()))
        return {
            "rules": RULES,
            "weights": weights,
            "people": self.people,
            "places": self.places,
            "apart": self.apart,
            "blank": self.blank,
        }


def public(
    read: Read,
    found: Found,
    groups: Mapping[str, Labels],
    variables: Mapping[str, Any],
    exact: Reals,
) -> Public | None:
    """Labels, weights and order that may stand open; None where no file of persons may.

    That is where there are fewer than `SEVERAL` districts (strata, in a plan without districts), or fewer
    people than a weight is shared by, or where a blank district could be told to be one of fewer.
    `groups`, `variables` and the exact weights are of those who answered.
    """
    column = read.plan.areas.column if read.plan.areas else read.plan.answers.strata
    place = np.unique(read.labels(column)[read.said], return_inverse=True)[1]
    least = max(read.plan.publish.rows, read.plan.publish.public_cell)
    if len(set(place.tolist())) < SEVERAL or len(place) < least:
        return None
    outcome = _outcome(variables, read.plan.level)
    shown = _shown(read, groups, found, outcome)
    own = {name: labels for name, labels in shown.items() if name != f"by_{AREA}"}
    blank = 0
    if (area := shown.get(f"by_{AREA}")) is not None:
        blank = int((area == BLANK).sum())
        if left_to(area, groups[f"by_{AREA}"], list(own.values()), outcome) < SEVERAL:
            return None
    literate = next(name for name in variables if name.startswith(f"{read.plan.level}_or_above"))
    keys = [np.asarray(variables[literate]).astype(str), *own.values()]
    kind = alike(keys, place, least)
    weight = smoothed(kind, exact, _published(found, own, variables, read.plan.level))
    return Public(
        shown, weight, in_order([*shown.values(), *variables.values(), weight]),
        int(np.bincount(kind).min()), min(len(set(place[kind == one])) for one in set(kind)),
        _apart(found, own, variables, weight), blank,
    )  # fmt: skip


def in_order(columns: Sequence[Any]) -> NDArray[np.int64]:
    """Rows in the order of all that they hold: who changes places with a like row is not seen."""
    rows = list(zip(*(np.asarray(one).tolist() for one in columns), strict=True))
    return np.array(sorted(range(len(rows)), key=rows.__getitem__), np.int64)


def alike(keys: Sequence[Labels], place: NDArray[Any], least: int) -> NDArray[np.int64]:
    """Number of the kind that each person is of: `least` people of `SEVERAL` districts or more.

    People alike in all keys are a kind if they are enough; those left are if they are alike in all but the
    last key, and so on. Who is left at the end joins the smallest kind.
    """
    found = np.full(len(place), -1, np.int64)
    kinds = 0
    for depth in range(len(keys), -1, -1):
        together: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for row in np.flatnonzero(found < 0).tolist():
            together[tuple(str(key[row]) for key in keys[:depth])].append(row)
        for _words, rows in sorted(together.items()):
            if len(rows) >= least and len(set(place[rows].tolist())) >= SEVERAL:
                found[rows] = kinds
                kinds += 1
    left = found < 0
    found[left] = np.bincount(found[~left]).argmin() if kinds else 0
    return found


def smoothed(kind: NDArray[np.int64], exact: Reals, published: Sequence[Reals]) -> Reals:
    """The rounded mean weight of each kind, moved least (chi-squared) until totals are the exact ones.

    Totals of the columns of `published` are taken one after the other, each unless a weight would have to
    be moved more than `FARTHEST` for it. The first, the city's people, moves all alike and always can be.
    """
    many = np.bincount(kind)
    mean = np.array([float(f"{one:.{ROUNDED}g}") for one in np.bincount(kind, exact) / many])
    taken: list[int] = []
    sums = np.array([np.bincount(kind, one) for one in published])
    target = np.array([exact @ one for one in published])
    weight = mean
    for place in range(len(published)):
        moved = _moved(mean, many, sums[[*taken, place]], target[[*taken, place]])
        if moved is not None or not taken:
            taken.append(place)
            weight = mean * (target[0] / (mean @ many)) if moved is None else moved
    return np.asarray(weight[kind])


def _moved(
    mean: Reals, many: NDArray[np.int64], sums: NDArray[np.float64], target: Reals
) -> Reals | None:
    """Weights of kinds of `many` persons for which `sums @ weights` is the target; None if too far off."""
    size = np.maximum(np.abs(target), NEAR)
    loose = np.sqrt(mean / many)
    system = sums * loose / size[:, None]
    step = np.linalg.lstsq(system, (target - sums @ mean) / size, rcond=1e-12)[0]
    times = 1 + loose * step / mean
    missed = np.abs(sums @ (mean * times) - target) / size
    near = missed.max() <= NEAR and times.min() >= 1 / FARTHEST and times.max() <= FARTHEST
    return mean * times if near else None


def _published(
    found: Found, groups: Mapping[str, Labels], variables: Mapping[str, Any], level: str
) -> list[Reals]:
    """Columns of which the totals are known to all: the city's people and who of them reached the level,
    the same of each group, and all other figures of the city.
    """
    literate = _column(variables, f"{level} or above")
    members = [
        (labels == one).astype(float)
        for labels in groups.values()
        for one in sorted(set(labels.tolist()))
    ]
    measures = [one.measure for one in found.figures if one.table == CITY and not one.withheld]
    city = [_column(variables, measure) for measure in measures]
    return [np.ones(len(literate)), literate, *members, *(one * literate for one in members), *city]


def _outcome(variables: Mapping[str, Any], level: str) -> Labels:
    """In how many copies of the answers each person reached the level: a district's share tells the sum."""
    return np.asarray(_copies(variables, f"{level} or above").sum(axis=0).astype(int).astype(str))


def _column(variables: Mapping[str, Any], measure: str) -> Reals:
    """What a figure is the mean of; of several copies of the answers the mean of theirs."""
    return np.asarray(_copies(variables, measure).mean(axis=0))


def _copies(variables: Mapping[str, Any], measure: str) -> NDArray[np.float64]:
    name = measure.replace(" ", "_")
    copies = [c for of, c in variables.items() if of == name or of.rpartition(".")[0] == name]
    return np.array(copies, float)


def _apart(
    found: Found, groups: Mapping[str, Labels], variables: Mapping[str, Any], weight: Reals
) -> float:
    """The farthest that a share of the city or of a group that can be told is from the published one."""
    far = [0.0]
    for one in found.figures:
        inside = _inside(one, groups, len(weight))
        if one.estimate is None or one.measure.startswith("points") or not inside.any():
            continue
        share = np.average(_column(variables, one.measure)[inside], weights=weight[inside])
        far.append(abs(float(share) - one.estimate))
    return max(far)


def _inside(one: Figure, groups: Mapping[str, Labels], many: int) -> NDArray[np.bool_]:
    """Who the public file says a figure is of; nobody for a district, or where labels are blank."""
    if one.table == CITY:
        return np.ones(many, np.bool_)
    if (labels := groups.get(f"by_{one.table}")) is not None:
        return np.asarray(labels == one.cell, np.bool_)
    labels = groups.get(f"in_{one.table}_{one.cell}", np.full(many, BLANK))
    return np.asarray(labels == "yes", np.bool_)


def _shown(
    read: Read, groups: Mapping[str, Labels], found: Found, outcome: Labels
) -> dict[str, Labels]:
    """The groups as the public file has them: without labels from which a withheld figure could be had.

    A district is left out of who stands out in it; any label where the figure of its people is withheld;
    of a member of a set who belongs to it.
    """
    withheld = {(one.table, one.cell) for one in found.figures if one.withheld}
    secret = {f"in_{table}_{cell}" for table, cell in withheld}
    shown = {}
    for name, labels in groups.items():
        table = name.removeprefix("by_")
        cells = {cell for of, cell in withheld if of == table}
        blank = np.isin(labels, sorted(mixed(cells, labels, read.plan.publish.rows)))
        if table == AREA:
            blank |= _stands_out(read, groups, outcome)
        blank |= name in secret
        shown[name] = np.where(blank, BLANK, labels)
    area = f"by_{AREA}"
    if area in shown:
        own = [labels for name, labels in shown.items() if name != area]
        shown[area] = covered(shown[area], groups[area], own, outcome)
    return shown


def _stands_out(read: Read, groups: Mapping[str, Labels], outcome: Labels) -> NDArray[np.bool_]:
    """Of whom there are too few, himself included, alike in outcome and all groups of the own area."""
    kinds = list(
        zip(outcome.tolist(), *(labels.tolist() for labels in groups.values()), strict=True)
    )
    many = Counter(kinds)
    return np.array([many[kind] < read.plan.publish.public_cell for kind in kinds], np.bool_)


def covered(shown: Labels, area: Labels, own: Sequence[Labels], outcome: Labels) -> Labels:
    """Districts with more of them blank, until nobody's can be told by where else such people are shown.

    Who is blank lives where nobody of that kind and outcome is shown, and somebody of that outcome is
    blank, as published counts less shown people tell: in few districts, if the kind is shown in all others.
    Then it is blank too where it is fewest, until there are `SEVERAL`; and if it is blank everywhere and
    they are fewer still, so is the outcome.
    """
    kinds = list(zip(outcome.tolist(), *(labels.tolist() for labels in own), strict=True))
    found = shown.copy()
    hidden: dict[str, set[str]] = defaultdict(set)
    rows: dict[Any, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    blank = set()
    for row, (kind, label) in enumerate(zip(kinds, found.tolist(), strict=True)):
        if label == BLANK:
            blank.add(kind)
            hidden[kind[0]].add(str(area[row]))
        else:
            rows[kind][label].append(row)
    for kind in sorted(blank):
        for label in sorted(rows[kind], key=lambda label: (len(rows[kind][label]), label)):
            if len(hidden[kind[0]] - rows[kind].keys()) >= SEVERAL:
                break
            found[rows[kind].pop(label)] = BLANK
            hidden[kind[0]].add(label)
    few = [one for one, where in hidden.items() if len(where) < SEVERAL]
    found[np.isin(outcome, few)] = BLANK
    return found


def left_to(shown: Labels, area: Labels, own: Sequence[Labels], outcome: Labels) -> int:
    """In how many districts at least a person may live whose own is blank, after all that can be told.

    `len(area)`, as if in any, where nobody is blank.
    """
    kinds = list(zip(outcome.tolist(), *(labels.tolist() for labels in own), strict=True))
    hidden: dict[str, set[str]] = defaultdict(set)
    seen: dict[Any, set[str]] = defaultdict(set)
    for kind, label, home in zip(kinds, shown.tolist(), area.tolist(), strict=True):
        (hidden[kind[0]] if label == BLANK else seen[kind]).add(home)
    blank = {kind for kind, label in zip(kinds, shown.tolist(), strict=True) if label == BLANK}
    return min((len(hidden[kind[0]] - seen[kind]) for kind in blank), default=len(area))


def mixed(withheld: set[str], labels: Any, rows: int) -> set[str]:
    """The withheld labels, with the next smallest until nobody can tell them apart by being blank.

    One label alone would be all of the blank ones, and few people together are a small cell again.
    """
    many = Counter(map(str, labels))
    found = {label for label in withheld if many[label]}
    left = sorted((label for label in many if label not in found), key=lambda one: many[one])
    while found and left and (len(found) < 2 or sum(many[one] for one in found) < rows):
        found.add(left.pop(0))
    return found
