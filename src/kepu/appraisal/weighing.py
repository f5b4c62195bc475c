"""From scores to a ranking: what each application is worth, how sure that is, and what it hangs on.

All of it follows from `inputs` alone, plain data that is kept beside the result: who has both works
the same result out again. Points are Decimals as text, to a hundredth.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kepu.appraisal.programme import scoring
from kepu.appraisal.programme.schema import Criterion, Programme

if TYPE_CHECKING:
    from kepu_engines.judging.severity import Calibrated

METHOD = 3  # another number where the same inputs would give another result
Row = dict[str, Any]
Place = tuple[str, str]  # of a quota: "all", "class" or "district", and which


def weigh(programme: Programme, inputs: Mapping[str, Any]) -> Row:
    """The ranking that `inputs` come to under a programme.

    Parameters
    ----------
    programme : Programme
        The version that the call was opened under.
    inputs : mapping
        `applications`: rows with `id`, `code`, `klass`, `district`, `measured` (points by criterion),
        `asked` (the answer about the level wanted) and `reviews`, each with `expert` and `points`
        (hundredths by criterion), and `before` where a discussion changed them. `taken`: class and
        district of those that have a place already.

    Returns
    -------
    dict
        `applications` and `reviewers` as rows, `agreement` (see `agreeing`),
        `between` and `within` (standard deviations of leniency and of what is left, in shares of the
        judged points), `method`. Where points were changed in a discussion, the row of the application
        says in `before` which level it had by the points before, and nothing otherwise. `without` of a
        row tells what it would be without which expert, `by_weights` whether other weights change it.
    """
    from kepu_engines.core.threads import one_thread  # web start-up does without the engines

    with one_thread():  # the same last digits on every machine; for small matrices quicker, too
        result = _weighed(programme, inputs)
        _tell_changed(programme, inputs, result)
    return result


def _weighed(programme: Programme, inputs: Mapping[str, Any]) -> Row:
    from kepu.appraisal import agreeing, what_if  # they ask for the engines

    cases = [_case(programme, one) for one in inputs["applications"]]
    scores = [(n, given) for n, case in enumerate(cases) for given in case.reviews]
    severity = _severity(cases)
    rows = [_row(programme, case, n, severity) for n, case in enumerate(cases)]
    _rank(programme, rows, inputs.get("taken", ()))
    what_if.mark(programme, cases, rows, severity, inputs.get("taken", ()))
    return {
        "method": METHOD,
        "applications": rows,
        "reviewers": _reviewers(severity, scores),
        "agreement": agreeing.agreement(programme, cases),
        "between": _short(severity.fit.between) if severity.fit else None,
        "within": _short(severity.fit.within) if severity.fit else None,
    }


def _tell_changed(programme: Programme, inputs: Mapping[str, Any], result: Row) -> None:
    """What the levels were before discussions, all of them taken back at once."""
    changed = {
        one["id"]
        for one in inputs["applications"]
        if any("before" in review for review in one["reviews"])
    }
    if not changed:
        return
    earlier = [
        {**one, "reviews": [{**each, "points": each.get("before", each["points"])}
                            for each in one["reviews"]]}
        for one in inputs["applications"]
    ]  # fmt: skip
    found = _weighed(programme, {**inputs, "applications": earlier})["applications"]
    grades = {row["id"]: row["grade"] for row in found}
    for row in result["applications"]:
        if row["id"] in changed:
            row["before"] = grades[row["id"]]


@dataclass(frozen=True)
class Given:
    """One review: who gave it, the points by criterion in hundredths, and their share of all judged."""

    expert: int
    points: Mapping[str, int]
    share: float


@dataclass(frozen=True)
class Case:
    """One application as it is weighed."""

    id: int
    code: str
    klass: str
    district: str
    measured: dict[str, Decimal]
    reviews: list[Given]
    judged: list[Criterion]
    asked: dict[str, str]  # the answer that says which level is wanted, where the form asks

    @cached_property
    def most(self) -> Decimal:
        """Points that people can give."""
        return sum((scoring.exact(one.points) for one in self.judged), scoring.NOTHING)


@dataclass(frozen=True)
class Severity:
    """The calibration, and the number of each expert in it; None where there was nothing to calibrate."""

    fit: Calibrated | None
    experts: list[int] = field(default_factory=list)

    @cached_property
    def margins(self) -> list[float]:
        """Half the interval of each application, in shares of the judged points."""
        return [] if self.fit is None else self.fit.margin().tolist()

    def taken_off(self, programme: Programme) -> list[float]:
        """The leniency that is taken off each expert's scores; 0 where the programme takes none off."""
        if self.fit is None or not _corrects(programme):
            return [0.0] * len(self.experts)
        return [float(one) for one in self.fit.leniency]


def _case(programme: Programme, told: Mapping[str, Any]) -> Case:
    judged = [one for one in programme.criteria(told["klass"]) if not one.measure]
    most = 100 * sum(one.points for one in judged)
    reviews = [
        Given(
            one["expert"], one["points"],
            sum(one["points"].get(each.key, 0) for each in judged) / most if most else 0.0,
        )
        for one in told["reviews"]
    ]  # fmt: skip
    measured = {key: Decimal(points) for key, points in told["measured"].items()}
    return Case(
        told["id"], told["code"], told["klass"], told["district"], measured, reviews, judged,
        told.get("asked", {}),
    )  # fmt: skip


def _severity(cases: Sequence[Case]) -> Severity:
    """Reviewers of the whole call on one scale, in shares of the judged points of each class."""
    from kepu_engines.core.errors import EngineError
    from kepu_engines.judging.severity import calibrate

    experts = sorted({one.expert for case in cases for one in case.reviews})
    number = {expert: n for n, expert in enumerate(experts)}
    rows = [
        (n, number[one.expert], one.share) for n, case in enumerate(cases) for one in case.reviews
    ]
    if not rows:
        return Severity(None)
    try:
        return Severity(calibrate(*zip(*rows, strict=True)), experts)
    except EngineError:  # one review each, or all of them equal: nobody can be compared
        return Severity(None, experts)


def _row(programme: Programme, case: Case, n: int, severity: Severity) -> Row:
    points = points_of(programme, case, case.reviews)
    raw = sum(points.values(), scoring.NOTHING)
    total, margin = _calibrated(programme, case, n, raw, severity)
    return {
        "id": case.id, "code": case.code, "klass": case.klass, "district": case.district,
        "points": {key: str(one) for key, one in points.items()},
        "reviews": len(case.reviews), "raw": str(raw), "total": str(total), "margin": margin,
        "raw_grade": scoring.grade(programme, raw, points, case.klass, case.asked),
        "grade": scoring.grade(programme, total, points, case.klass, case.asked),
        "gaps": scoring.gaps(programme, case.klass, points),
    }  # fmt: skip


def points_of(programme: Programme, case: Case, reviews: Sequence[Given]) -> dict[str, Decimal]:
    """Points by criterion, measured and judged by these reviews."""
    given: dict[str, list[int]] = defaultdict(list)
    for one in reviews:
        for key, hundredths in one.points.items():
            given[key].append(hundredths)
    return case.measured | scoring.points_judged(programme, case.klass, given)


def _calibrated(
    programme: Programme, case: Case, n: int, raw: Decimal, severity: Severity
) -> tuple[Decimal, str | None]:
    """Points after leniency is taken off, and half of their 95 % interval; the mean where it is not."""
    fit = severity.fit
    if fit is None or n >= len(fit.score) or not case.reviews:
        return raw, None
    margin = str(_hundredth(severity.margins[n] * float(case.most)))
    if not _corrects(programme):
        return raw, margin
    return raw + shift(case, float(fit.raw[n]), float(fit.score[n])), margin


def shift(case: Case, mean: float, corrected: float) -> Decimal:
    """Points that the correction of a share adds, never beyond what people can give."""
    return _hundredth((min(max(corrected, 0.0), 1.0) - mean) * float(case.most))


def _corrects(programme: Programme) -> bool:
    return programme.reviewing is not None and programme.reviewing.calibrated


def _hundredth(points: float) -> Decimal:
    return scoring.rounded(Decimal(f"{points:.6f}"))


def _short(number: float) -> str:
    return f"{number + 0.0:.4f}".replace("-0.0000", "0.0000")


# --- ranks and quotas -----------------------------------------------------------------------------


def _rank(programme: Programme, rows: list[Row], taken: Sequence[Mapping[str, str]]) -> None:
    """The rank of each in its class, and whether the quotas reach it; ties are told and not broken."""
    best = sorted(rows, key=lambda row: (-Decimal(row["total"]), row["code"]))
    seen: Counter[str] = Counter()
    last: dict[str, tuple[str, int]] = {}
    for row in best:
        seen[row["klass"]] += 1
        total, rank = last.get(row["klass"], ("", 0))
        row["rank"] = rank if row["total"] == total else seen[row["klass"]]
        last[row["klass"]] = (row["total"], row["rank"])
    _fill_quotas(programme, [row for row in best if row["grade"]], taken)
    for row in rows:
        row.setdefault("within", False)
        row.setdefault("tied", False)


def _fill_quotas(
    programme: Programme, best: Sequence[Row], before: Sequence[Mapping[str, str]]
) -> None:
    """The best first, while there is room in all, in the class and in the district.

    Who ties with the last that found room, and found none, is told with it: people decide between them.
    """
    quota = programme.quota
    taken: Counter[Place] = Counter()
    for one in before:
        taken.update(places(one))
    inside: dict[tuple[str, Place], list[Row]] = defaultdict(list)  # by total and place
    for row in best:
        wanted = places(row)
        room = [quota.total, quota.each_class.get(row["klass"]), quota.each_district]
        full = [
            place
            for place, most in zip(wanted, room, strict=True)
            if most is not None and taken[place] >= most
        ]
        row["within"] = not full
        if row["within"]:
            taken.update(wanted)
            for place in wanted:
                inside[row["total"], place].append(row)
        else:
            _tell_ties(row, inside[row["total"], full[0]])


def places(row: Mapping[str, str]) -> list[Place]:
    """Where one counts: in all, in its class, in its district."""
    return [("all", ""), ("class", row["klass"]), ("district", row["district"])]


def _tell_ties(row: Row, equals: Sequence[Row]) -> None:
    """Who found room where this one did not, with as many points."""
    for other in equals:
        row["tied"] = other["tied"] = True


# --- the reviewers --------------------------------------------------------------------------------


def _reviewers(severity: Severity, scores: Iterable[tuple[int, Given]]) -> list[Row]:
    """Each reviewer: how many reviews, how much more they give than others would, and how surely."""
    count = Counter(given.expert for _n, given in scores)
    fit = severity.fit
    if fit is None:
        return [{"expert": one, "reviews": count[one]} for one in severity.experts]
    strange = fit.strange()
    return [
        {
            "expert": one,
            "reviews": count[one],
            "leniency": _short(float(fit.leniency[n])),
            "error": _short(float(fit.leniency_error[n])),
            "outlier": bool(strange[n]),
        }
        for n, one in enumerate(severity.experts)
    ]
