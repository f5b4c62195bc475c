"""The frame that ships with Kepu: divisions of Chongqing and Sichuan as of 2023-06-30."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from kepu.kernel.divisions.fields import SEPARATOR
from kepu.kernel.divisions.states import Level

PROVINCES = ("50", "51")
AS_OF = date(2023, 6, 30)
CENSUS = date(2020, 11, 1)

_LEVELS = {
    2: Level.PROVINCE,
    4: Level.PREFECTURE,
    6: Level.DISTRICT,
    9: Level.TOWNSHIP,
    12: Level.COMMUNITY,
}
_MUNICIPALITIES = ("50",)


@dataclass(frozen=True)
class Unit:
    """One line of the frame."""

    code: str
    name: str

    @property
    def level(self) -> Level:
        return _LEVELS[len(self.code)]

    @property
    def path(self) -> str:
        return path_of(self.code)

    @property
    def parent_path(self) -> str:
        """The path one level up; empty for a province."""
        segments = self.path.split(SEPARATOR)[:-2]
        return "".join(f"{segment}{SEPARATOR}" for segment in segments)


def path_of(code: str) -> str:
    """Kepu's path of an official code: 500103001 is `50.103.001.`, 510105001 is `51.01.05.001.`.

    A municipality has no prefectures, so its district segment has three digits: 01 and 02 in the
    middle of a code of Chongqing are headings of a list.
    """
    cuts = (2, 6, 9, 12) if code[:2] in _MUNICIPALITIES else (2, 4, 6, 9, 12)
    segments, begin = [], 0
    for end in cuts:
        if end <= len(code):
            segments.append(code[begin:end])
            begin = end
    if code[:2] in _MUNICIPALITIES and len(segments) > 1:
        segments[1] = segments[1][1:]
    return "".join(f"{segment}{SEPARATOR}" for segment in segments)


def units(province: str, districts: Collection[str] | None = None) -> Iterator[Unit]:
    """A province's divisions, parents first; or only what lies in `districts` and above them."""
    for row in read_table(f"divisions_{province}.csv.gz"):
        code = row["code"]
        if districts is None or code[:6] in districts or _above_any(code, districts):
            yield Unit(code, row["name"])


def _above_any(code: str, districts: Collection[str]) -> bool:
    return len(code) < 6 and any(district.startswith(code) for district in districts)


@cache
def populations() -> dict[str, int]:
    """Usual residents at the census of 2020-11-01 by code, where a figure was published."""
    return {row["code"]: int(row["population"]) for row in read_table("population_2020.csv")}


@cache
def points() -> dict[str, tuple[float, float]]:
    """A point (longitude, latitude) inside each district, by code."""
    return {
        row["code"]: (float(row["lon"]), float(row["lat"]))
        for row in read_table("boundary_points.csv")
    }


def read_table(name: str) -> list[dict[str, str]]:
    """One of the package's tables, packed or not."""
    return list(csv.DictReader(io.StringIO(read_text(name))))


def read_text(name: str) -> str:
    content = (resources.files("kepu.kernel.divisions") / "data" / name).read_bytes()
    return (gzip.decompress(content) if name.endswith(".gz") else content).decode()
