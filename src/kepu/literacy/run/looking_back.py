"""Invented earlier years for the invented survey, and the items that it has in common with the last."""

from __future__ import annotations

from pathlib import Path

from kepu.literacy.run.invented import Curves, form, table
from kepu_engines.core.seeds import generator

# Year, share, standard error where one was published, framework, how people were asked.
YEARS = (
    (2018, "0.0512", "", "cast-2018", "home"),
    (2020, "0.0655", "0.0039", "cast-2018", "home"),
    (2022, "0.0742", "0.0038", "cast-2024", "home"),
    (2024, "0.0838", "0.0041", "cast-2024", "home"),
)
# The same of some groups, in the years that are comparable.
OF_GROUPS = (
    ("residence", "urban", 2022, "0.0941", "0.0056"), ("residence", "urban", 2024, "0.1063", "0.0060"),
    ("residence", "rural", 2022, "0.0372", "0.0040"), ("residence", "rural", 2024, "0.0417", "0.0044"),
    ("key", "farmers", 2024, "0.0286", "0.0052"), ("key", "workers", 2024, "0.0717", "0.0088"),
    ("key", "older", 2024, "0.0308", "0.0061"),
)  # fmt: skip
COMMON, DRIFT = 12, 0.05  # items asked in the last year too, and how far one moved by chance
MIDDLE, SPREAD = -0.23, 1.02  # of people's ability then: its zero and its unit on that year's scale
PLAN = """\
trend:
  file: earlier.csv
  target: {year: 2028, share: 0.10}
  linking:
    file: common.csv
    form: form.csv
    method: stocking-lord
"""


def write(folder: Path, curves: Curves, seed: int) -> None:
    """Write earlier years, common items and the earlier form beside the answers of an invented survey."""
    head = ("year", "estimate", "se", "framework", "modes", "table", "cell")
    groups = ((*one[2:], *YEARS[-1][3:], *one[:2]) for one in OF_GROUPS)
    rows = [*((*year, "", "") for year in YEARS), *groups]
    table(folder / "earlier.csv", head, rows)
    slopes, hard = curves
    moved = hard + generator(seed + 2).normal(0, DRIFT, hard.size)
    asked = [
        (name, of, f"{slopes[place] * SPREAD:.4f}", f"{(moved[place] - MIDDLE) / SPREAD:.4f}")
        for place, (name, of) in enumerate(form())
    ]
    common = [(name, a, b) for name, _of, a, b in asked]
    table(folder / "common.csv", ("item", "a", "b"), common[:: len(common) // COMMON][:COMMON])
    table(folder / "form.csv", ("item", "dimension", "a", "b"), asked)
