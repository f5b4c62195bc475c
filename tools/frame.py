"""Make the shipped frame of divisions from its public sources, so that anyone can check it.

    python tools/frame.py SOURCES

SOURCES holds admin_divisions/, boundaries/ and population/ as described in
src/kepu/kernel/divisions/data/README.md. The result is the same byte for byte every time.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "src/kepu/kernel/divisions/data"
PROVINCES = ("50", "51")
LABELS = ("5001", "5002")  # "districts" and "counties" of Chongqing: headings of a list
# Published totals (seventh census); the prefecture is the sum of its twenty districts.
TOTALS = (
    ("50", 32054159, "bulletin"),
    ("51", 83674866, "bulletin"),
    ("5101", 20937757, "bulletin"),
)


def rows(path: Path) -> list[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def names(source: Path, province: str) -> Iterator[tuple[str, str]]:
    """Codes and names of one province, every parent before its children."""
    folder = source / "admin_divisions"
    tables = (
        "provinces.csv",
        "cities.csv",
        "counties.csv",
        "townships.csv",
        f"villages_{province}.csv.gz",
    )
    for table in tables:
        for row in rows(folder / table):
            if row["code"].startswith(province) and row["code"] not in LABELS:
                yield row["code"], row["name"]


def populations(source: Path) -> Iterator[tuple[str, int, str]]:
    """Usual residents at the census of 1 November 2020, where a figure was published."""
    yield from TOTALS
    for row in rows(source / "population" / "county_population.csv"):
        if row["pop_2020_census"]:
            yield row["adcode"], int(row["pop_2020_census"]), row["source_2020"]


def points(source: Path) -> Iterator[tuple[str, str, str]]:
    """A point inside each district."""
    for row in rows(source / "boundaries" / "county_centroids.csv"):
        yield row["adcode"], row["inner_lon"], row["inner_lat"]


def table(head: Iterable[str], body: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(body)
    return text.getvalue().encode()


def shapes(source: Path, province: str) -> bytes:
    """Boundaries with nothing beside them but the code and the name."""
    with (source / "boundaries" / f"counties_{province}.geojson").open(encoding="utf-8") as file:
        found = json.load(file)
    for feature in found["features"]:
        kept = {key: feature["properties"][key] for key in ("adcode", "name")}
        feature["properties"] = kept
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def write(name: str, content: bytes) -> None:
    packed = gzip.compress(content, 9, mtime=0) if name.endswith(".gz") else content
    (TARGET / name).write_bytes(packed)
    print(f"{name}: {len(packed):,} bytes")


def main(source: Path) -> None:
    for province in PROVINCES:
        write(f"divisions_{province}.csv.gz", table(("code", "name"), names(source, province)))
    write("population_2020.csv", table(("code", "population", "source"), populations(source)))
    write("boundary_points.csv", table(("code", "lon", "lat"), points(source)))
    write("boundaries_50.geojson", shapes(source, "50"))
    write("boundaries_51.geojson.gz", shapes(source, "51"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
