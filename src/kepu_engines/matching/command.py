"""The command `kepu dispatch ORDERS.csv TEAMS.csv --out PLAN.csv`.

The engines of this package touch no files; this module, which stands between them and
the shell, is the one exception.
"""

import argparse
import csv
import io
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from kepu_engines.core.errors import EngineError, told
from kepu_engines.core.progress import Progress, silent
from kepu_engines.matching.fairness import price_of_fairness
from kepu_engines.matching.plan import Plan, plan
from kepu_engines.matching.visits import (
    Orders,
    Rules,
    Teams,
    calendar,
    empty_room,
    pairs,
    problem_of,
)

EPOCH = datetime(1970, 1, 1)
MOST_SKILLS = 62
SPREADS = (1.0, 0.5, 0.3, 0.1)  # P90 - P10 of the utilisation of teams
LONGEST_QUOTE = 40


@dataclass(frozen=True)
class Column:
    """A column of a file: how its text is read, and what it should have been."""

    read: Callable[[str], Any]
    meaning: str


Make = Callable[..., argparse.ArgumentParser]


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read two files, plan, write one; print one JSON object. 2 means the input was refused.

    `make` gives the parser, for a shell that says the words in another language.
    """
    asked = _parser(make).parse_args(arguments)
    try:
        files = asked.orders, asked.teams, asked.out
        summary = dispatch(files, Rules(reach_km=asked.reach_km), progress, asked.fairness)
    except (EngineError, OSError) as error:
        print(f"kepu dispatch: {told(error)}", file=sys.stderr)
        return 2
    print(json.dumps(summary, ensure_ascii=False))
    return 0


def dispatch(
    files: tuple[Path, Path, Path],
    rules: Rules,
    progress: Progress = silent,
    fairness: bool = False,
) -> dict[str, Any]:
    """Plan the orders of one file for the teams of another, and say how good the plan is.

    `files` are orders, teams, and where the plan goes. With `fairness` it is also said what it would
    cost to load the teams evenly; that solves the problem up to a hundred times.

    Raises
    ------
    EngineError
        If a file cannot be understood; the sentence names file, line and column.
    """
    orders_file, teams_file, out = files
    if out.resolve() in (orders_file.resolve(), teams_file.resolve()):
        raise EngineError(f"the plan would overwrite {out.name}, which is to be read")
    if out.is_dir():
        raise EngineError(f"{out} is a folder; the plan needs the name of a file")
    if not out.parent.is_dir():
        raise EngineError(f"there is no folder {out.parent} to write the plan in")
    skills: dict[str, int] = {}
    order_rows = _read(orders_file, ORDER_COLUMNS)
    team_rows = _read(teams_file, TEAM_COLUMNS)
    _refuse_mixed_offsets(orders_file, order_rows)
    orders, teams = _orders(order_rows, skills), _teams(team_rows, skills)
    made = plan(orders, teams, rules, progress)
    ids = [row["order_id"] for row in order_rows], [row["team_id"] for row in team_rows]
    _write(out, made, ids)
    reasons = Counter(reason.value for reason in made.reason if reason)
    summary = {
        "objective": made.objective,
        "bound": made.bound,
        "gap": round(made.gap, 6),
        "served": int((made.team >= 0).sum()),
        "unserved": dict(sorted(reasons.items())),
        "not_proved": int((~made.proved[made.team < 0]).sum()),
    }
    return summary | ({"fairness": _fairness(orders, teams, rules, progress)} if fairness else {})


def _fairness(
    orders: Orders, teams: Teams, rules: Rules, progress: Progress
) -> list[dict[str, float | bool]]:
    """The price of each spread of utilisation, of the plan of half-days; 1.0 asks for nothing.

    A team's seats are those of all its weeks in the plan, so a team is a node round them.
    """
    room = empty_room(teams, calendar(orders, rules))
    found = pairs(orders, teams, rules)
    problem = problem_of(orders, teams, rules, found, room._replace(whole=room.week.sum(axis=1)))
    return [
        {
            "asked": one.asked,
            "reached": one.reached,
            "spread": round(one.spread, 6),
            "price": round(one.price, 6),
        }
        for one in price_of_fairness(problem, SPREADS, progress=progress)
    ]


def _parser(make: Make) -> argparse.ArgumentParser:
    about = "Plan orders to teams from CSV files: the best plan there is, with its proof."
    parser = make(prog="kepu dispatch", description=about)
    parser.add_argument(
        "orders",
        type=Path,
        help="orders: order_id, lon, lat, skills, earliest, latest, minutes, priority",
    )
    parser.add_argument(
        "teams", type=Path, help="teams: team_id, lon, lat, skills, day_capacity, week_capacity"
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        help="the plan to write: which team serves which order and when, or why none does",
    )
    parser.add_argument(
        "--reach-km",
        type=float,
        default=Rules().reach_km,
        help="how far a team goes, in kilometres",
    )
    parser.add_argument(
        "--fairness",
        action="store_true",
        help="also say what it would cost to load teams evenly (takes long)",
    )
    return parser


def _name(text: str) -> str:
    if not text:
        raise ValueError
    return text


def _degrees(limit: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text)
        if not -limit <= value <= limit:
            raise ValueError
        return value

    return read


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError
        return value

    return read


def _skills(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split("|") if part.strip())


LON = Column(_degrees(180), "a longitude in degrees from -180 to 180")
LAT = Column(_degrees(90), "a latitude in degrees from -90 to 90")
SKILLS = Column(_skills, "skills separated by |")
MOMENT = Column(datetime.fromisoformat, "a moment such as 2026-05-01T09:00")
COUNT = Column(_whole(0, 10**6), "a whole number from 0")

ORDER_COLUMNS = {
    "order_id": Column(_name, "a name"),
    "lon": LON,
    "lat": LAT,
    "skills": SKILLS,
    "earliest": MOMENT,
    "latest": MOMENT,
    "minutes": Column(_whole(1, 24 * 60), "a whole number of minutes from 1 to 1440"),
    "priority": Column(_whole(0, 9), "a whole number from 0 to 9"),
}
TEAM_COLUMNS = {
    "team_id": Column(_name, "a name"),
    "lon": LON,
    "lat": LAT,
    "skills": SKILLS,
    "day_capacity": COUNT,
    "week_capacity": COUNT,
}


def _read(path: Path, columns: dict[str, Column]) -> list[dict[str, Any]]:
    """Rows of a CSV file with every cell read; the first column names each row once.

    Each row also says where it stands, as "where".
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EngineError(f"{path.name} is not UTF-8 text") from error
    before, nul, _ = text.partition("\0")
    if nul:
        raise EngineError(f"{path.name}, line {before.count(chr(10)) + 1} holds a NUL character")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        _check_heading(path, reader.fieldnames or [], columns)
        rows = [_row(f"{path.name}, line {reader.line_num}", row, columns) for row in reader]
    except csv.Error as error:
        raise EngineError(f"{path.name}, line {reader.line_num + 1}: {error}") from error
    _refuse_doubles(rows, next(iter(columns)))
    return rows


def _check_heading(path: Path, found: Sequence[str], columns: dict[str, Column]) -> None:
    """Every column must be there, once."""
    missing = [name for name in columns if name not in found]
    if missing:
        raise EngineError(f"{path.name}, line 1 lacks the column {', '.join(missing)}")
    twice = [name for name in columns if found.count(name) > 1]
    if twice:
        raise EngineError(f"{path.name}, line 1 has the column {twice[0]} more than once")


def _refuse_doubles(rows: list[dict[str, Any]], key: str) -> None:
    """A name may stand in one row only."""
    first: dict[str, str] = {}
    for row in rows:
        if row[key] in first:
            raise EngineError(
                f"{row['where']}: {key} {_shown(row[key])} is also in {first[row[key]]}"
            )
        first[row[key]] = row["where"]


def _row(where: str, row: dict[str, Any], columns: dict[str, Column]) -> dict[str, Any]:
    """Cells of one row as values."""
    if None in row:
        raise EngineError(f"{where} has more cells than the heading")
    cells: dict[str, Any] = {"where": where}
    for name, column in columns.items():
        text = (row[name] or "").strip()
        try:
            cells[name] = column.read(text)
        except (ValueError, OverflowError) as error:
            sentence = f"{where}, column {name}: {_shown(text)} is not {column.meaning}"
            raise EngineError(sentence) from error
    return cells


def _shown(text: str) -> str:
    """A cell as it is quoted in a sentence, shortened."""
    return repr(text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "...")


def _refuse_mixed_offsets(path: Path, rows: list[dict[str, Any]]) -> None:
    """Times are taken as the clock on the wall shows them, so all must show the same clock."""
    for row in rows:
        for name in ("earliest", "latest"):
            if row[name].utcoffset() != rows[0]["earliest"].utcoffset():
                raise EngineError(
                    f"{row['where']}, column {name}: {path.name} mixes times of different "
                    "offsets from UTC, or some have none"
                )


def _minutes(moment: datetime) -> int:
    return int((moment.replace(tzinfo=None) - EPOCH) / timedelta(minutes=1))


def _bits(names: frozenset[str], known: dict[str, int]) -> int:
    """Skills as bits of one number; a skill not met before gets the next bit."""
    for name in sorted(names):
        known.setdefault(name, len(known))
    if len(known) > MOST_SKILLS:
        raise EngineError(f"the files name more than {MOST_SKILLS} different skills")
    return sum(1 << known[name] for name in names)


def _orders(rows: list[dict[str, Any]], known: dict[str, int]) -> Orders:
    for row in rows:
        if row["latest"] <= row["earliest"]:
            raise EngineError(f"{row['where']}: latest is not after earliest")
    return Orders.of(
        ([row["lon"] for row in rows], [row["lat"] for row in rows]),
        [_bits(row["skills"], known) for row in rows],
        earliest=[_minutes(row["earliest"]) for row in rows],
        latest=[_minutes(row["latest"]) for row in rows],
        minutes=[row["minutes"] for row in rows],
        priority=[row["priority"] for row in rows],
    )


def _teams(rows: list[dict[str, Any]], known: dict[str, int]) -> Teams:
    return Teams.of(
        ([row["lon"] for row in rows], [row["lat"] for row in rows]),
        [_bits(row["skills"], known) for row in rows],
        np.array([row["day_capacity"] for row in rows], dtype=np.int64),
        np.array([row["week_capacity"] for row in rows], dtype=np.int64),
    )


def _write(out: Path, made: Plan, ids: tuple[list[str], list[str]]) -> None:
    """Write the plan beside its name and rename it, so that nobody ever reads half a plan."""
    orders, teams = ids
    handle, unfinished = tempfile.mkstemp(dir=out.parent, prefix=out.name, suffix=".part")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["order_id", "team_id", "start", "travel_minutes", "reason"])
            for index, order in enumerate(orders):
                writer.writerow([order, *_line(made, index, teams)])
        os.replace(unfinished, out)
    except BaseException:
        os.unlink(unfinished)
        raise


def _line(made: Plan, index: int, teams: list[str]) -> list[Any]:
    reason = made.reason[index]
    if reason:
        return ["", "", "", reason.value]
    start = EPOCH + timedelta(minutes=int(made.start[index]))
    team = teams[made.team[index]]
    return [team, start.isoformat(timespec="minutes"), int(made.travel[index]), ""]


if __name__ == "__main__":
    raise SystemExit(main())
