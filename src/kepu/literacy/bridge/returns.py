"""From a round added up to what everybody may read: cells that rest on too few units are withheld."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.queries.totals import CENSUS, Row, Whole
from kepu_engines.survey.disclosure import CellRule


@dataclass(frozen=True)
class Givers:
    """On how many units each cell rests; of a census of units there are no degrees of freedom to lose."""

    n: NDArray[np.int64]
    df: NDArray[np.int64]


def public(whole: Whole) -> dict[str, Any]:
    """The table that is published, as it will stay: null where a cell is withheld."""
    return table(whole, _hidden(whole), whole.rules.cells.units)


def table(whole: Whole, hidden: Collection[tuple[str, str]] = (), least: int = 1) -> dict[str, Any]:
    """The same for officers, who see every cell: sums as text, so that no digit is lost.

    Growth and figures of the whole are told of at least so many units.
    """
    keys = [key for key in whole.rules.counted if key in whole.total.sums]
    rows = [
        _row(whole, row, {key for key in keys if (row.path, key) in hidden}, least)
        for row in whole.rows
    ]
    few = _few(whole, least)
    return {
        "cells": whole.rules.cells.version,
        "census": CENSUS,
        "keys": keys,
        "rows": rows,
        "total": _row(whole, whole.total, few, least),
        "withheld": len(few) + sum((row.path, key) in hidden for row in whole.rows for key in keys),
    }


def _hidden(whole: Whole) -> set[tuple[str, str]]:
    """Cells not to be read: too few units gave a figure, or it would give another one away."""
    cells = whole.rules.cells
    rule = CellRule(cells.version, cells.units)
    found = {(path, key) for key in whole.rules.asked for path in _withheld(rule, whole.rows, key)}
    for key, parts in whole.rules.computed.items():
        found |= {
            (row.path, key) for row in whole.rows if any((row.path, p) in found for p in parts)
        }
    return found


def _few(whole: Whole, least: int) -> set[str]:
    """Figures that rest on too few units in the whole, and sums that would give them away."""
    total = whole.total
    found = {
        key
        for key in whole.rules.asked
        if key in total.sums and (total.givers[key] or total.counted) < least
    }
    return found | {key for key, parts in whole.rules.computed.items() if found & set(parts)}


def _withheld(rule: CellRule, rows: Sequence[Row], key: str) -> list[str]:
    """Districts whose figure is withheld. Where nobody gave any it rests on all who reported."""
    there = [row for row in rows if key in row.sums]
    counts = np.array([row.givers[key] or row.counted for row in there], dtype=np.int64)
    reasons = rule.withheld(Givers(counts, counts))
    return [row.path for row, reason in zip(there, reasons, strict=True) if reason is not None]


def _row(whole: Whole, row: Row, hidden: set[str], least: int) -> dict[str, Any]:
    funds, growth = whole.rules.funds, row.growth
    per_head = None if funds.per_head in hidden else row.per_head(whole.rules)
    compared = funds.growth not in hidden and growth.units >= least
    return {
        "path": row.path,
        "name": row.name,
        "asked": row.asked,
        "counted": row.counted,
        "values": {key: None if key in hidden else _text(value) for key, value in row.sums.items()},
        "people": row.people,
        "why_no_people": row.why_no_people.kept() if row.why_no_people else None,
        "per_head": _text(per_head),
        "growth": growth.percent if compared else None,
        "compared": growth.units if compared else 0,
        "revenue": growth.revenue,
        "verdict": growth.verdict if compared else "unknown",
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"
