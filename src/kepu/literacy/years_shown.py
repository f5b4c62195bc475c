"""Years side by side: published runs, what was published before them, breaks, and the targets.

Targets are those that the place stated; where it stated none, the one in the latest run's plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any

from django.utils.translation import gettext as _

from kepu.kernel.divisions import english
from kepu.kernel.divisions.states import Level
from kepu.literacy import targets_shown as aims
from kepu.literacy.bridge import targets as bridge
from kepu.literacy.models import Run, Target
from kepu.literacy.queries import runs as queries
from kepu.literacy.queries import targets
from kepu.literacy.results_shown import Row, cell_words, group_words, percent, probability
from kepu.ui.charts import MOST_LINES, Lines, Series

LEVEL = queries.SERIES  # of the runs in a line
SEGMENTS = 4  # parts of a broken series that a chart holds beside the target


@dataclass(frozen=True)
class Point:
    """The city's share of a year, and what it was measured with: another kind breaks the series."""

    year: int
    estimate: float | None
    low: float | None
    high: float | None
    kind: tuple[str, str, str]


def points(runs: Sequence[Run]) -> list[Point]:
    """Every year: the run that stands for it, else what the latest run's plan says of it.

    A later plan that links its own year to one before says on which scale that stands.
    """
    latest = {run.year: run for run in queries.by_year(runs)}
    found = {year: _of_row(row) for year, run in latest.items() if (row := queries.own_year(run))}
    told = [run for run in latest.values() if run.record.get("trend")]
    for row in queries.years_of(told[-1]) if told else []:
        one = _of_row(row)
        known = found.setdefault(one.year, one)
        if queries.linked(told[-1]):
            found[one.year] = replace(known, kind=one.kind)
    return [found[year] for year in sorted(found)]


def in_one_line(runs: Sequence[Run]) -> list[Run]:
    """Runs that can stand in one line: of the level that targets are of, of real people if there are any,
    and of the widest place of them.
    """
    of_level = [run for run in runs if run.level == LEVEL] or list(runs)
    of_kind = [run for run in of_level if not run.synthetic] or of_level
    widest = min((run.path for run in of_kind), key=lambda path: (len(path), path), default="")
    return [run for run in of_kind if run.path == widest]


def in_order(runs: Sequence[Run]) -> list[tuple[Run, str]]:
    """The latest year first and in it the run that stands for it; what each has to do with the picture.

    Nothing is said of a run that is alone in its year and stands in the line.
    """
    line = in_one_line(runs)
    found = []
    for _year, group in groupby(queries.by_year(runs)[::-1], key=lambda one: one.year):
        held = sorted(group, key=lambda one: one not in line)
        of_year = [one for one in held if one in line]
        found += [(one, _place(one, of_year) or _apart(one, line)) for one in held]
    return found


def _apart(run: Run, line: Sequence[Run]) -> str:
    """Why a run stands in no line with the others."""
    if run.level != line[0].level:
        return _(
            "Of another test: its figure is never in one line with the share of literate citizens."
        )
    if run.synthetic != line[0].synthetic:
        return _("Of invented people: never in one line with surveys of real ones.")
    if run.path != line[0].path:
        said = {"place": english.title(run.division_at.name)}
        return _("Of %(place)s alone: not in one line with surveys of another place.") % said
    return ""


def _place(run: Run, of_year: Sequence[Run]) -> str:
    if run not in of_year or len(of_year) == 1:
        return ""
    said, first = {"year": run.year}, of_year[0]
    if run is first:
        return _("This one stands for %(year)s in the picture and beside the targets.") % said
    if first.record.get("trend") and not run.record.get("trend"):
        return _(
            "Not in the picture: another survey, by questions of its own that its plan does not link to "
            "the years before. The two figures cannot be compared."
        )
    return _("Not in the picture: another survey of %(year)s was published later.") % said


def _of_row(row: dict[str, Any]) -> Point:
    kind = (row["framework"], row["modes"], row["scale"])
    return Point(row["year"], row["estimate"], row["low"], row["high"], kind)


def trend(runs: Sequence[Run]) -> Lines | None:
    """The city's share year by year, a line for each unbroken part; none for a single year."""
    found = points(runs)
    if len(found) < 2:
        return None
    aim = _aim(runs)
    years = sorted({one.year for one in found} | set(aim))
    parts = [list(part) for _kind, part in groupby(found, key=lambda one: one.kind)][-SEGMENTS:]
    here = _here(runs[0])
    lines = [_line(part, years, here if part is parts[-1] else "") for part in parts]
    if aim:
        steps = [_in_force(aim, year) for year in years]
        lines.append(Series(_("Target"), steps))
    return Lines(
        title=_("Share of literate citizens, year by year"),
        source=_("published runs of the survey"),
        uncertainty=_("The band is the interval of each year"),
        labels=[str(year) for year in years],
        series=lines,
        unit="%",
    )


def _here(run: Run) -> str:
    """The place of a series."""
    of = run.division_at
    return _("City") if of.level in (Level.PROVINCE, Level.PREFECTURE) else english.title(of.name)


def _line(part: Sequence[Point], years: Sequence[int], now: str) -> Series:
    held = {one.year: one for one in part}

    def column(name: str) -> list[float | None]:
        values = (getattr(held.get(year), name, None) for year in years)
        return [None if value is None else value * 100 for value in values]

    name = now or _("to %(year)s") % {"year": part[-1].year}
    return Series(name, column("estimate"), column("low"), column("high"), joins=True)


def of_groups(runs: Sequence[Run]) -> list[Lines]:
    """The same for groups whose past is known: a picture for each, a line for each category.

    Only years that can be compared with the last one.
    """
    if not runs:
        return []
    last = queries.by_year(runs)[-1]
    told: dict[str, dict[str, list[Row]]] = {}
    for row in (last.record.get("trend") or {}).get("groups", []):
        if not row["breaks"]:
            told.setdefault(row["table"], {}).setdefault(row["cell"], []).append(row)
    pictures = []
    for table, cells in told.items():
        several = {cell: rows for cell, rows in cells.items() if len(rows) > 1}
        years = sorted({row["year"] for rows in several.values() for row in rows})
        lines = [_of_cell(cell, rows, years) for cell, rows in several.items()][:MOST_LINES]
        if lines:
            pictures.append(_picture(table, years, lines))
    return pictures


def _of_cell(cell: str, rows: Sequence[Row], years: Sequence[int]) -> Series:
    held = {row["year"]: row for row in rows}

    def column(name: str) -> list[float | None]:
        values = (held.get(year, {}).get(name) for year in years)
        return [None if value is None else value * 100 for value in values]

    return Series(cell_words(cell), column("estimate"), column("low"), column("high"), joins=True)


def _picture(table: str, years: Sequence[int], lines: Sequence[Series]) -> Lines:
    return Lines(
        title=group_words(table),
        source=_("published runs of the survey"),
        uncertainty=_("The band is the interval of each year"),
        labels=[str(year) for year in years],
        series=lines,
        unit="%",
    )


def stated(runs: Sequence[Run]) -> list[Target]:
    """What the place of the latest run stated, by year."""
    return targets.stated(queries.by_year(runs)[-1].path) if runs else []


def _aim(runs: Sequence[Run]) -> dict[int, tuple[int, float]]:
    """By the year of each target: from which year on it is aimed at, and the share in per cent."""
    if known := stated(runs):
        return {one.year: (one.base_year, float(one.share)) for one in known}
    told = [run.record["trend"] for run in queries.by_year(runs) if run.record.get("trend")]
    aims_of_plans = [one["target"] for one in told if one["target"]]
    return {one["year"]: (0, one["share"] * 100) for one in aims_of_plans[-1:]}


def _in_force(aim: dict[int, tuple[int, float]], year: int) -> float | None:
    """The next target of a year, once it is aimed at."""
    due = next((one for one in sorted(aim) if one >= year), None)
    return aim[due][1] if due is not None and year >= aim[due][0] else None


def remarks(runs: Sequence[Run]) -> list[str]:
    """Where the series breaks, and how probable the target is."""
    found = points(runs)
    said = []
    for one, other in pairwise(found):
        if one.kind != other.kind:
            said.append(
                _(
                    "Between %(one)s and %(other)s the series breaks: %(why)s. "
                    "The difference is not people's alone."
                )
                % {"one": one.year, "other": other.year, "why": _why(one, other)}
            )
    return [*said, *_moved(runs), *_chance(runs)]


def _moved(runs: Sequence[Run]) -> list[str]:
    """What a linked year would be by its own questions: that figure stands on the page of its run."""
    latest = {run.year: run for run in queries.by_year(runs)}
    rows = [queries.own_year(run) for run in latest.values()]
    words = _(
        "By the questions of %(year)s itself the share is %(raw)s, by those of the years before "
        "%(share)s; the picture has the latter."
    )
    return [
        words
        % {"year": row["year"], "raw": percent(row["raw"], 2), "share": percent(row["estimate"], 2)}
        for row in rows
        if row.get("raw") is not None
    ]


def _why(one: Point, other: Point) -> str:
    if one.kind[0] != other.kind[0]:
        return _("what a score is made of was changed")
    if one.kind[1] != other.kind[1]:
        return _("the way of asking was changed")
    return _("no questions that were asked in both years link them (not linked)")


def _chance(runs: Sequence[Run]) -> list[str]:
    known = stated(runs)
    if not known:
        return _chance_of_plan(runs)
    now = queries.by_year(runs)[-1].year
    ahead = [one for one in known if one.year >= now]
    words = _("%(target)s. Probability of reaching it: %(chance)s (%(why)s).")
    return [
        words
        % {"target": aims.title(of.target), "chance": aims.chance(of), "why": aims.why_chance(of)}
        for of in (bridge.standing(one, runs, now) for one in ahead)
    ]


def _chance_of_plan(runs: Sequence[Run]) -> list[str]:
    told = [run for run in queries.by_year(runs) if run.record.get("trend")]
    if not told or not told[-1].record["trend"]["target"]:
        return []
    last = told[-1].record["trend"]
    aim = {"year": last["target"]["year"], "share": percent(last["target"]["share"])}
    if last["probability"] is None and not queries.linked(told[-1]):
        return [
            _(
                "Whether %(share)s is reached by %(year)s is not told: the last year is not linked to "
                "those before by questions they have in common."
            )
            % aim
        ]
    if last["probability"] is None:
        return [
            _("Too few comparable years to say whether %(share)s is reached by %(year)s.") % aim
        ]
    words = aim | {
        "chance": probability(last["probability"]),
        "expected": percent(last["expected"]),
    }
    return [
        _(
            "%(share)s in %(year)s is reached with a probability of %(chance)s, "
            "if the odds go on growing as they did (expected: %(expected)s)."
        )
        % words
    ]
