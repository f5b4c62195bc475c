"""Tables of a run as files: CSV, one XLSX, Parquet and SDMX. The same run writes the same bytes."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kepu.literacy.run import segments_told, trend_told
from kepu.literacy.run.differing import Differing
from kepu.literacy.run.districts import DISTRICTS, Model
from kepu.literacy.run.estimating import Figure
from kepu.literacy.run.items import Question
from kepu.literacy.run.modes import Mixed
from kepu.literacy.run.plan import Plan
from kepu.literacy.run.results import Results
from kepu.literacy.run.sdmx import SDMX, observations
from kepu.literacy.run.structure import structure
from kepu_engines.core.cells import disarmed

BEGAN = datetime(2000, 1, 1)
FIGURES = [field.name for field in dataclasses.fields(Figure)]
ITEMS = [field.name for field in dataclasses.fields(Question)]
DIF = [field.name for field in dataclasses.fields(Differing)]
MODES = [field.name for field in dataclasses.fields(Mixed)]


@dataclass(frozen=True)
class Sheet:
    """One table: its name, what stands above its columns, and its rows."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]


def sheets(results: Results) -> list[Sheet]:
    """All tables of a run."""
    figures = [list(dataclasses.astuple(one)) for one in results.found.figures]
    steps = [list(dataclasses.astuple(one)) for one in results.weighed.steps]
    items = [list(dataclasses.astuple(one)) for one in results.questions]
    made = [Sheet("figures", FIGURES, figures)]
    if results.model:
        made.append(Sheet("districts", DISTRICTS, list(_districts(results.model))))
    made.append(Sheet("items", ITEMS, items))
    if results.differing:
        made.append(
            Sheet("dif", DIF, [list(dataclasses.astuple(one)) for one in results.differing])
        )
    if results.mixed:
        made.append(Sheet("modes", MODES, [list(dataclasses.astuple(m)) for m in results.mixed]))
    if results.series:
        level = results.plan.publish.level
        lines = list(trend_told.lines(results.series.city, level))
        made.append(Sheet("trend", trend_told.HEADER, lines))
        if results.series.groups:
            lines = list(trend_told.group_lines(results.series, level))
            made.append(Sheet("trend_groups", trend_told.GROUPS, lines))
    if results.segments:
        lines = [list(dataclasses.astuple(one)) for one in results.segments.lines]
        made.append(Sheet("segments", segments_told.HEADER, lines))
        tried = list(segments_told.models(results.segments))
        made.append(Sheet("segment_models", segments_told.MODELS, tried))
    made.append(Sheet("weights", ("step", "rows", "people", "low", "high", "kish"), steps))
    return made


def write(folder: Path, plan: Plan, made: Sequence[Sheet]) -> None:
    """Write every table as CSV, all of them as one XLSX, and the figures as Parquet and as SDMX-CSV with
    the structure that it names.
    """
    for sheet in made:
        _csv(folder / f"{sheet.name}.csv", sheet.header, sheet.rows)
    _xlsx(folder / "tables.xlsx", made)
    _parquet(folder / "figures.parquet", made[0])
    observed = list(observations(plan, made))
    _csv(folder / "figures.sdmx.csv", SDMX, observed)
    (folder / "structure.sdmx.xml").write_text(structure(plan, made, observed), "utf-8")


def _districts(model: Model) -> Iterable[Sequence[Any]]:
    for one in model.districts:
        direct = one.direct
        numbers = (
            (direct.n, direct.estimate, direct.se, direct.low, direct.high, direct.withheld)
            if direct
            else (0, None, None, None, None, "nobody asked")
        )
        area = (one.area.code, one.area.name, one.area.people)
        own = (one.model, one.se, one.low, one.high, one.place, one.place_low, one.place_high)
        yield (*area, *numbers, *own)


def _csv(file: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        written = csv.writer(stream, lineterminator="\n")
        written.writerow(header)
        written.writerows([[_cell(value) for value in row] for row in rows])


def _cell(value: Any) -> Any:
    """A number so that it reads back to itself; nothing for nothing; words that run no formula."""
    return "" if value is None else repr(value) if isinstance(value, float) else disarmed(value)


def _xlsx(file: Path, made: Sequence[Sheet]) -> None:
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": BEGAN})
        bold = book.add_format({"bold": True})
        for one in made:
            sheet = book.add_worksheet(one.name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(one.header) - 1, 16)
            sheet.write_row(0, 0, one.header, bold)
            for number, row in enumerate(one.rows, start=1):
                sheet.write_row(number, 0, row)


def _parquet(file: Path, figures: Sheet) -> None:
    import polars

    columns = list(zip(*figures.rows, strict=True))
    table = dict(zip(figures.header, columns, strict=True))
    numbers = ("estimate", "se", "low", "high", "deff")
    polars.DataFrame(table, schema_overrides=dict.fromkeys(numbers, polars.Float64)).write_parquet(
        file
    )
