"""Figures of a run as observations of SDMX-CSV 2.0: of whom, what, by which method, and how sure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kepu.literacy.run import trend_told
from kepu.literacy.run.districts import DISTRICTS
from kepu.literacy.run.estimating import AREA, CITY, Figure
from kepu.literacy.run.modes import EFFECT, HOME, Mixed
from kepu.literacy.run.plan import Plan

if TYPE_CHECKING:
    from kepu.literacy.run.writing import Sheet

SDMX = (
    "STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "REF_AREA", "BREAKDOWN", "CATEGORY", "MEASURE",
    "METHOD", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "STD_ERR", "LOWER", "UPPER", "OBS_COUNT",
)  # fmt: skip
FLOW = "KEPU:LITERACY(1.0)"
TOTAL = "_T"


def code_of(word: str) -> str:
    """A word as SDMX takes it for the id of a code; what it does not allow by its number in Unicode."""
    return re.sub(r"[^A-Za-z0-9_@$-]", lambda met: f"_{ord(met[0]):X}", word) or "_U"


def code_of_measure(measure: str) -> str:
    return code_of(measure.upper().replace(" ", "_"))


def code_of_method(method: str) -> str:
    """Of a figure by homes, volunteers or both."""
    return f"MODES_{method}".upper().replace(" ", "_").replace("-", "_")


def observations(plan: Plan, made: Sequence[Sheet]) -> Iterable[Sequence[Any]]:
    """Rows under `SDMX`: direct figures, then those of the model; a withheld one has the status Q."""
    kinds = {"figures": _direct, "districts": _modelled, "modes": _mode, "trend": _published,
             "trend_groups": _published_of_groups}  # fmt: skip
    for sheet in made:
        if told := kinds.get(sheet.name):
            yield from (line for row in sheet.rows for line in told(plan, row))


def _direct(plan: Plan, row: Sequence[Any]) -> Iterable[Sequence[Any]]:
    one = Figure(*row)
    area = one.cell if one.table == AREA else TOTAL
    kind = (TOTAL, TOTAL) if one.table in (CITY, AREA) else (one.table, one.cell)
    status = "Q" if one.withheld else "A"
    numbers = (one.estimate, status, one.se, one.low, one.high, one.n)
    yield _observation(plan, area, kind, one.measure, "DIRECT", numbers)


def _modelled(plan: Plan, row: Sequence[Any]) -> Iterable[Sequence[Any]]:
    line = dict(zip(DISTRICTS, row, strict=True))
    numbers = (
        line["model"], "E", line["model_se"], line["model_low"], line["model_high"], line["n"],
    )  # fmt: skip
    measure = f"{plan.level} or above"
    yield _observation(plan, line["code"], (TOTAL, TOTAL), measure, "MODEL", numbers)


def _mode(plan: Plan, row: Sequence[Any]) -> Iterable[Sequence[Any]]:
    one = Mixed(*row)
    if one.method == EFFECT:  # on the log odds: no figure of anybody
        return
    area = one.cell if one.table == AREA else TOTAL
    kind = (TOTAL, TOTAL) if one.table in (CITY, AREA) else (one.table, one.cell)
    status = "Q" if one.withheld else "A" if one.method == HOME else "E"
    numbers = (one.estimate, status, one.se, one.low, one.high, one.n)
    yield _observation(plan, area, kind, one.measure, code_of_method(one.method), numbers)


def _published(plan: Plan, row: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """An earlier year as it was published; B where the series is broken after it."""
    yield from _published_of_groups(plan, (TOTAL, TOTAL, *row))


def _published_of_groups(plan: Plan, row: Sequence[Any]) -> Iterable[Sequence[Any]]:
    line = dict(zip(trend_told.GROUPS, row, strict=True))
    if line["year"] == plan.year:
        return
    numbers = (
        line["estimate"], "B" if line["breaks"] else "A", line["se"], line["low"], line["high"], "",
    )  # fmt: skip
    measure = f"{plan.level} or above"
    made = _observation(plan, TOTAL, (line["table"], line["cell"]), measure, "PUBLISHED", numbers)
    place = SDMX.index("TIME_PERIOD")
    yield (*made[:place], line["year"], *made[place + 1 :])


def _observation(
    plan: Plan, area: str, kind: tuple[str, str], measure: str, method: str, numbers: Sequence[Any]
) -> Sequence[Any]:
    of_whom = map(code_of, (area, *kind))
    what = code_of_measure(measure)
    return ("DATAFLOW", FLOW, "R", "A", *of_whom, what, method, plan.year, *numbers)
