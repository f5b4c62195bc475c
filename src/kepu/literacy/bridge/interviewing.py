"""What a device takes along: addresses, booklets, and the row of Kish's table for each address."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kepu.kernel.divisions import queries as divisions
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy import addresses
from kepu.literacy.heard import BACKGROUND, MEETING, MOST_ADULTS
from kepu.literacy.models import BookletItem, Case, Interview
from kepu.literacy.queries import interviewing as queries

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

MOST_LISTED = 6  # of more adults the tables choose among the first six


def row_of(case: Case) -> tuple[int, ...]:
    """Which adult is asked in a household of 1, 2, ... 6 or more, for this address.

    Kish's proportions hold in each community. Whoever has the seed of the fieldwork finds the same.
    """
    seed = _seed(case.fieldwork.seed, case.community_id)
    sets = -(-case.number // _SET)  # the first addresses keep their tables when others are added
    return _rows(seed, sets)[case.number - 1]


_SET = 12  # addresses in which every table comes as often as Kish wanted


def _seed(seed: int, community: int) -> int:
    said = hashlib.sha256(f"household:{seed}:{community}".encode()).digest()
    return int.from_bytes(said[:7], "big")


@lru_cache(maxsize=512)
def _rows(seed: int, sets: int) -> tuple[tuple[int, ...], ...]:
    from kepu_engines.survey.sampling.households import NUMBERS, kish_tables

    tables = kish_tables(sets * _SET, seed)
    return tuple(tuple(int(one) for one in NUMBERS[table]) for table in tables)


def chosen(case: Case, adults: int | None) -> int | None:
    """Place of the adult to ask, counted from the eldest; None where nobody can be."""
    if not adults or adults > MOST_ADULTS:
        return None
    return row_of(case)[min(adults, MOST_LISTED) - 1]


# --- what a device takes along --------------------------------------------------------------------


def pack(person: User, now: datetime) -> dict[str, Any]:
    """Addresses of a person with all that is asked there. Nothing in it tells a right answer."""
    reach = roles.reach(person, Verb.SURVEY_ASK, now)  # who lost the role only hands in
    cases = list(queries.cases_of(person).filter(reach.limit("community__division__path")))
    names = divisions.full_names({one.community.division.path for one in cases})
    return {
        "at": now.isoformat(),
        "background": [_question(one) for one in BACKGROUND],
        "meeting": [_question(one) for one in MEETING],
        "cases": [_case(one, names) for one in cases],
        "booklets": _booklets(cases),
    }


def _question(one: Any) -> dict[str, Any]:
    options = [[key, str(title)] for key, title in one.options]
    return {"key": one.key, "title": str(one.title), "options": options}


def _case(case: Case, names: dict[str, str]) -> dict[str, Any]:
    held = max(case.interviews.all(), key=lambda one: one.version, default=None)
    return {
        "id": case.pk,
        "fieldwork": case.fieldwork.title,
        "closes_on": case.fieldwork.closes_on.isoformat(),
        "community": names.get(case.community.division.path, case.community.division.name),
        "number": case.number,
        "address": addresses.address_of(case),
        "booklet": _booklet(case),
        "row": list(row_of(case)),
        "meets": case.fieldwork.meets_science,
        "outcome": case.outcome,
        "attempts": [
            {
                "at": one.at.isoformat(),
                "outcome": one.outcome,
                "again_at": one.again_at.isoformat() if one.again_at else None,
                "adults": one.adults,
                "chosen": one.chosen,
            }
            for one in case.attempts.all()
        ],
        "interview": held and _held(held),
    }


def _held(held: Interview) -> dict[str, Any]:
    """The version that stands, so that it can be corrected without a network."""
    return {
        "version": held.version,
        "complete": held.complete,
        "begun_at": held.begun_at.isoformat(),
        "ended_at": held.ended_at.isoformat(),
        "answers": held.answers,
        "background": held.background,
        "seconds": held.seconds,
    }


def _booklet(case: Case) -> str:
    return f"{case.fieldwork_id}.{case.booklet}"


def _booklets(cases: list[Case]) -> dict[str, list[dict[str, Any]]]:
    """Each booklet once, however many addresses have it."""
    numbers: dict[int, set[int]] = defaultdict(set)
    fieldworks = {case.fieldwork_id: case.fieldwork for case in cases}
    for case in cases:
        numbers[case.fieldwork_id].add(case.booklet)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for key, fieldwork in fieldworks.items():
        for line in queries.lines_of(fieldwork, numbers[key]):
            found[f"{key}.{line.number}"].append(_item(line))
    return dict(found)


def _item(line: BookletItem) -> dict[str, Any]:
    """Words without the key."""
    said = {one.language: [one.stem, *one.options] for one in line.item.wordings.all()}
    return {"code": line.item.code, "said": said}
