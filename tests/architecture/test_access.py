"""Every address of appraisal, venues and experts, tried by seven people while a blind call is reviewed.

The table is ACCESS.txt beside this file: name of the address, method, and the status that applicant,
rival, reviewer, conflicted reviewer, secretary, district officer and the public get. An address without a
row fails with the row to add; look at it first, for it says what happens now and not what should.
"""

from __future__ import annotations

import json
import logging
import re
import zlib
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.test import Client, override_settings
from django.urls import get_resolver, reverse

from kepu.kernel.accounts import exports
from kepu.web.api import api
from tests.architecture import access_world as world
from tests.architecture import test_endpoints as every
from tests.architecture.world import one_frame_each
from tests.factories import NOW
from tests.kepu.appraisal.review_world import told
from tests.worlds import standing

__all__ = ["one_frame_each"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TABLE = Path(__file__).with_name("ACCESS.txt")
WHO = ("applicant", "rival", "reviewer", "conflicted", "secretary", "district", "public")
BLIND = ("reviewer", "conflicted")  # who may learn no applicant's name
ROOMS = ("kepu.appraisal.", "kepu.venues.")
# Pages of other rooms that tell of records of these.
ELSEWHERE = (
    "home", "notices", "people-me", "expert-me", "file", "account", "account-export", "search",
    "api:search",
)  # fmt: skip
VERBS = {
    "meeting-act": "renew-code", "meeting-item-act": "put-off", "expert-act": "refuse",
    "undertaking-answer": "agree", "contribution-decide": "sign", "inspection-close": "cancel",
    "appraisal-panels-act": "ask", "programme-row-change": "up",
}  # fmt: skip


# --- which doors there are --------------------------------------------------------------------------


@cache
def doors() -> tuple[tuple[str, str], ...]:
    """Each address of the rooms, of experts, and of ELSEWHERE, with each method it knows."""
    rooms = _rooms()
    return tuple(door for door in every.doors() if _is_ours(door[0], rooms))


def _is_ours(name: str, rooms: dict[str, str]) -> bool:
    where = rooms.get(name, "")
    return where.startswith(ROOMS) or "expert" in where or name in ELSEWHERE


def _rooms() -> dict[str, str]:
    """Which module answers at each address; the API hides it behind a view of its own."""
    found = {
        f"api:{operation.view_func.__name__}": operation.view_func.__module__
        for _prefix, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
    }
    return dict(_pages(get_resolver().url_patterns, "")) | found


def _pages(patterns: Any, space: str) -> Iterator[tuple[str, str]]:
    for one in patterns:
        if hasattr(one, "url_patterns"):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _pages(one.url_patterns, inner)
        else:
            yield f"{space}{one.name}", getattr(one.callback, "__module__", "")


# --- who knocks -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    data = tmp_path_factory.mktemp("access")
    with override_settings(DATA=data), standing(django_db_blocker, world.build) as found:
        yield found


@pytest.fixture
def town(made, db, settings, one_frame_each) -> Iterator[SimpleNamespace]:
    settings.API_PER_MINUTE = settings.API_PER_MINUTE_UNKNOWN = 100_000
    logging.disable(logging.ERROR)
    with time_machine.travel(NOW, tick=False):
        found = deepcopy(made)
        found.clients = {who: every.signed_in(found.people[who]) for who in WHO}
        yield found
    logging.disable(logging.NOTSET)


def knock(town: SimpleNamespace, who: str, name: str, method: str) -> Any:
    """Try one door; whatever happens behind it is undone."""
    with transaction.atomic():
        answer = _send(town, town.clients[who], name, method)
        content = answer.getvalue() if answer.streaming else answer.content
        head = json.dumps(dict(answer.headers), ensure_ascii=False)
        answer.whole = head + inside(every.unpacked(content))
        transaction.set_rollback(True)
    return answer


def _send(town: SimpleNamespace, client: Client, name: str, method: str) -> Any:
    address = reverse(name, kwargs=_parts(town.values, name))
    if name in every.QUERIES:
        address += f"?{every.QUERIES[name]}"
    if method == "GET":
        return client.get(address)
    if name.startswith("api:"):
        body = every.BODIES.get(name.removeprefix("api:"), {})
        sent = {key: town.values.get(key, said) for key, said in body.items()}
        return client.generic(method, address, json.dumps(sent), content_type="application/json")
    return client.post(address, every.FORM)


def _parts(values: dict[str, Any], name: str) -> dict[str, Any]:
    """A value for each part of an address: the record of this name where there is one."""
    known = values | {
        "verb": VERBS.get(name, every.VERBS.get(name)), "size": "small", "what": "minutes",
        "form": "pdf", "key": "rules", "at": 0, "number": 1, "code": "base", "programme": "base",
        "clause_number": "5.2", "name": "titles",
    }  # fmt: skip
    known |= {"objection_id": values["raised_id"]}
    if name.startswith(("title", "api:title", "api:inspect_title")):
        known["number"] = values["title"]
    if name == "appraisal-fee-remove":
        known["line_id"] = values["fee_line_id"]
    if name == "api:take_application_file_back":
        known["file_id"] = values["evidence_id"]
    if name.startswith("programme"):
        known["key"] = "form"
    known |= every.NAMED.get(name, {})
    return {part: known.get(part, 4711) for part in every.parts_of()[name]}


def inside(content: bytes) -> str:
    """What is in it to read; of a PDF what its streams hold as well, and letters that JSON escapes."""
    text = content.decode("utf-8", "replace")
    if content.startswith(b"%PDF"):
        for packed in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
            try:
                text += zlib.decompress(packed).decode("utf-8", "replace")
            except zlib.error:
                continue
    return text


def forms_of(secret: str) -> tuple[str, ...]:
    """A secret as letters, as JSON escapes them, and as a PDF keeps them."""
    return secret, json.dumps(secret)[1:-1], secret.encode("utf-16-be").decode("latin-1")


# --- what must hold ---------------------------------------------------------------------------------


def table() -> dict[tuple[str, str], list[str]]:
    rows = (line.split() for line in TABLE.read_text().splitlines() if line and line[0] != "#")
    return {(row[0], row[1]): row[2:] for row in rows}


def test_every_address_answers_each_as_its_row_says_and_tells_no_name_while_the_review_is_blind(
    town,
):
    expected, wrong, leaks = table(), [], []
    forms = {secret: forms_of(secret) for secret in town.secrets}
    reviewers = {secret: forms_of(secret) for secret in (world.REVIEWER, world.PEER)}

    for name, method in doors():
        if _speaks_not(expected.get((name, method), [])):
            answer = knock(town, "secretary", name, method)  # which is said before anybody is asked
            assert answer.status_code == 405, f"{name} {method} {answer.status_code}"
            continue
        answers = {who: knock(town, who, name, method) for who in WHO}
        row = [str(answer.status_code) for answer in answers.values()]
        if row != expected.get((name, method)):
            wrong.append(f"{name} {method} {' '.join(row)}")
        # The register of venues and that of experts are open to everybody, whoever applies or reviews.
        public = answers["public"].whole
        for who in BLIND:
            found = _found(forms, answers[who].whole, public)
            leaks += [f"{name} {method} tells the {who}: {one}" for one in found]
        for who in ("applicant", "rival", "public"):
            found = _found(reviewers, answers[who].whole, "" if who == "public" else public)
            leaks += [f"{name} {method} tells the {who} who reviews: {one}" for one in found]
        found = _found({code: (code,) for code in town.codes}, answers["rival"].whole, "")
        leaks += [f"{name} {method} tells the rival of {one}" for one in found]

    assert leaks == []
    assert not wrong, (
        f"these answers differ from {TABLE.name} or have no row in it. Is each right for "
        f"{', '.join(WHO)}? Then put the line into the file:\n" + "\n".join(wrong)
    )


def _speaks_not(row: list[str]) -> bool:
    return set(row[:-1]) == {"405"}


def _found(forms: dict[str, tuple[str, ...]], text: str, known: str) -> list[str]:
    return [
        secret
        for secret, ways in forms.items()
        if any(way in text for way in ways) and not any(way in known for way in ways)
    ]


def test_the_table_has_no_row_for_an_address_that_is_gone_and_none_that_is_a_failure_of_ours():
    assert set(table()) <= set(doors())
    assert not [door for door, row in table().items() if any(status >= "500" for status in row)]


def test_what_a_blind_reviewer_is_sent_and_takes_away_tells_no_name(town):
    for who in BLIND:
        person = town.people[who]
        taken = json.dumps(exports.own_record(person, NOW), ensure_ascii=False, default=str)
        sent = "".join(told(person)) + "".join(f"{one.subject}{one.body}" for one in mail.outbox)
        assert told(person)
        assert [one for one in town.secrets if one in taken + sent] == []


def test_each_secret_is_told_to_somebody_so_that_the_search_means_something(town):
    seen = {
        secret
        for door in ("application", "application-reviewers", "api:application", "account")
        for who in ("applicant", "secretary")
        for secret in (*town.secrets, world.REVIEWER)
        if any(way in knock(town, who, door, "GET").whole for way in forms_of(secret))
    }

    assert {world.UNIT, world.LEADER, world.FILE, world.PHONE, world.REVIEWER} <= seen
