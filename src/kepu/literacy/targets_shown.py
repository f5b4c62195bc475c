"""Targets as lines, tiles, a picture and files: what one aims at, should be at, and is at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from kepu.kernel.divisions import english
from kepu.literacy.bridge.targets import Measured, Standing
from kepu.literacy.models import Target, TargetStep, Task
from kepu.literacy.results_shown import percent, probability
from kepu.ui import formats
from kepu.ui.cards import Happening, NumberTile
from kepu.ui.charts import Lines, Series

PARTS = 4  # of a broken series that a chart holds beside the way to the target


def points(value: Decimal | float) -> str:
    """A share that is kept in per cent, with as many decimals as it has: 15 %, 10.2 %, 10.25 %."""
    places = next(n for n in (0, 1, 2) if n == 2 or round(value, n) == value)
    return formats.share(float(value) / 100, places=places)


def aim(one: Target | TargetStep) -> str:
    """What is aimed at: over 15 %, or at least 15 %."""
    words = _("over %(share)s") if one.above else _("at least %(share)s")
    return words % {"share": points(one.share)}


def base(one: Target | TargetStep) -> str:
    return _("%(share)s in %(year)s") % {"share": points(one.base_share), "year": one.base_year}


def title(one: Target) -> str:
    said = {"place": english.title(one.division_at.name), "year": one.year, "aim": aim(one)}
    return _("%(place)s, %(year)s: %(aim)s") % said


def pace(of: Standing) -> str:
    """Where one should be this year, going straight from the base to the target."""
    return points(round(of.pace(of.on), 1))


def measured(of: Standing) -> str:
    """What was measured last, or that nothing was."""
    if of.passed_over:
        return _("the published surveys were drawn by other districts, and know this one not yet")
    if of.last is None:
        return _("no measurement of this place is published")
    said = {"share": percent(of.last.year.share), "year": of.last.year.year}
    return _("%(share)s in %(year)s") % said


def how_sure(of: Standing) -> str:
    """The interval of what was measured last."""
    if of.last is None:
        return ""
    if of.last.low is None or of.last.high is None:
        return _("no error was published")
    limits = f"{formats.decimal(of.last.low * 100)}–{percent(of.last.high)}"
    return _("interval %(limits)s") % {"limits": limits}


def chance(of: Standing) -> str:
    """How probable it is that the target is reached."""
    if of.reach is not None:
        return probability(of.reach.probability)
    return "–" if of.last is None else _("cannot be told yet")


def why_chance(of: Standing) -> str:
    """What the probability rests on, or why there is none."""
    if of.passed_over:
        return _("It needs a survey whose sample is drawn by today's districts.")
    if of.last is None:
        return _("It is told once a survey of this place is published.")
    if of.reach is None and of.unlinked:
        parted = dict(zip(("before", "now"), of.unlinked, strict=True))
        return _("%(now)s is not linked to %(before)s by questions that both asked.") % parted
    if of.reach is None:
        return _("Two comparable years with a published error are needed.")
    if of.reach.years == (of.target.year,):
        return _("by the figure of that year itself and its error")
    said = {
        "years": _(", ").join(map(str, of.reach.years)), "share": percent(of.reach.share),
        "year": of.target.year,
    }  # fmt: skip
    return _("a straight line of the odds through %(years)s leads to %(share)s in %(year)s") % said


def synthetic(of: Standing) -> bool:
    """Whether what was measured last is of invented people."""
    return of.last is not None and of.last.synthetic


@dataclass(frozen=True)
class Line:
    """A card of the list of targets."""

    target: Target
    aim: str
    facts: list[tuple[str, str]]
    synthetic: bool


def lines(found: Iterable[Standing]) -> list[Line]:
    return [Line(of.target, aim(of.target), list(_facts(of)), synthetic(of)) for of in found]


def _facts(of: Standing) -> Iterator[tuple[str, str]]:
    yield _("Base"), base(of.target)
    yield _("Should be at in %(year)s") % {"year": of.on}, pace(of)
    yield _("Measured last"), " · ".join(said for said in (measured(of), how_sure(of)) if said)
    yield (
        _("Probability of reaching it"),
        chance(of) if of.reach else f"{chance(of)} · {why_chance(of)}",
    )


def tiles(of: Standing) -> list[NumberTile]:
    one = of.target
    return [
        NumberTile(
            _("Target for %(year)s") % {"year": one.year}, aim(one),
            note=_("from %(base)s") % {"base": base(one)},
        ),
        NumberTile(
            _("Should be at in %(year)s") % {"year": of.on}, pace(of),
            note=_("straight from base to target"),
        ),
        NumberTile(_("Measured last"), *_last(of)),
        NumberTile(_("Probability of reaching it"), chance(of), note=why_chance(of)),
    ]  # fmt: skip


def _last(of: Standing) -> tuple[str, str, str]:
    if of.last is None:
        return "–", "", measured(of)
    year = _("in %(year)s") % {"year": of.last.year.year}
    return percent(of.last.year.share), "", f"{year} · {how_sure(of)}"


def picture(of: Standing) -> Lines:
    """The straight way from base to target, and what was measured with its intervals."""
    one = of.target
    since = [m for m in of.measured if m.year.year >= one.base_year]
    known = {m.year.year: m for m in since}
    years = sorted({one.base_year, *known, one.year})

    def column(part: Sequence[Measured], value: Any) -> list[float | None]:
        held = {m.year.year: m for m in part}
        found = (value(held[year]) if year in held else None for year in years)
        return [None if share is None else share * 100 for share in found]

    way = [of.pace(year) for year in years]
    series = [Series(_("Should be"), way)]
    parts = [list(part) for _kind, part in groupby(since, key=lambda m: m.year.kind)][-PARTS:]
    for part in parts:
        name = (
            _("Measured") if part is parts[-1] else _("to %(year)s") % {"year": part[-1].year.year}
        )
        share = column(part, lambda m: m.year.share)
        low, high = column(part, lambda m: m.low), column(part, lambda m: m.high)
        series.append(Series(name, share, low, high, joins=True))
    return Lines(
        title=_("From %(base)s to the target") % {"base": base(one)},
        source=one.source,
        uncertainty=_("The band is the interval of each year"),
        labels=[str(year) for year in years],
        series=series,
        unit="%",
    )


def history(steps: Iterable[TargetStep], *, named: bool) -> list[Happening]:
    """What was stated of the target, the latest first; who stated it, for those who keep it."""
    found = []
    for one in steps:
        said = f"{aim(one)} · {_('from %(base)s') % {'base': base(one)}} · {one.source}"
        found.append(Happening(said, one.at, one.by.name if named else "", note=one.reason))
    return found


def years(tasks: Sequence[Task], today: date) -> list[tuple[int, str, list[tuple[Task, str]]]]:
    """Tasks year by year: how many are done, and the tone of each."""
    found = []
    for year, group in groupby(tasks, key=lambda one: one.due.year):
        held = list(group)
        said = {"n": sum(one.done_at is not None for one in held), "of": len(held)}
        words = _("%(n)s of %(of)s done") % said
        found.append((year, words, [(one, _tone(one, today)) for one in held]))
    return found


def _tone(one: Task, today: date) -> str:
    if one.done_at:
        return "success"
    return "danger" if one.due < today else "plain"


# --- files ----------------------------------------------------------------------------------------


def table(found: Iterable[Standing]) -> tuple[list[str], list[list[Any]]]:
    """Targets with what was measured; shares in per cent."""
    headers = [
        _("Area"), _("Target year"), _("Target (%)"), _("More than it"), _("Base year"),
        _("Base (%)"), _("Document"), _("Should be at now (%)"), _("Measured in"),
        _("Measured (%)"), _("Low (%)"), _("High (%)"), _("Probability of reaching it (%)"),
        _("Invented data"),
    ]  # fmt: skip
    return headers, [_row(of) for of in found]


def _row(of: Standing) -> list[Any]:
    one, last = of.target, of.last
    measured = [last.year.year, last.year.share, last.low, last.high] if last else [None] * 4
    return [
        english.title(one.division_at.name), one.year, float(one.share), _yes(one.above), one.base_year,
        float(one.base_share), one.source, round(of.pace(of.on), 2), measured[0],
        *(None if value is None else round(value * 100, 2) for value in measured[1:]),
        round(of.reach.probability * 100, 1) if of.reach else None, _yes(synthetic(of)),
    ]  # fmt: skip


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def task_table(one: Target, tasks: Iterable[Task]) -> tuple[list[str], list[list[Any]]]:
    """Tasks of a target. No person is named: the file may be given to anybody."""
    headers = [
        _("Area"), _("Target year"), _("Due"), _("Task"), _("Responsible"), _("State of the task"),
        _("Done on"), _("Remark"),
    ]  # fmt: skip
    return headers, [
        [
            english.title(one.division_at.name), one.year, task.due, task.what, task.responsible,
            state(task), task.done_at, task.remark,
        ]
        for task in tasks
    ]  # fmt: skip


def state(task: Task) -> str:
    return _("done") if task.done_at else _("not yet done")
