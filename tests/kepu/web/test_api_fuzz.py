"""Whatever the document allows is sent, and a good deal it does not: never a failure of ours.

Ids in addresses and bodies are of things that exist, so that what is sent comes past the first door.
A few requests for each operation stand in the suite; `make strain` sends a hundred.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

import pytest
import schemathesis
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kepu.config.wsgi import application
from kepu.kernel.crosswalk import actions as crosswalk
from kepu.people.actions import hours
from kepu.web.api import api
from kepu.web.api_document import operations
from tests import factories
from tests.architecture.world import World as Doors
from tests.architecture.world import build
from tests.journeys.registers import CHANGE
from tests.kepu.web.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("at_noon")]

CHECKS = (
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
EXAMPLES = 100 if os.environ.get("KEPU_STRAIN") == "full" else 3
# Where nothing of this person's is found, so that 404 is all that comes.
NOT_FOUND = {
    ("/api/self-tests/{key}", "get"),  # whose address is its secret
    ("/api/self-tests/{key}/answers", "post"),
    ("/api/titles/{number}", "get"),  # titles have numbers that nobody guesses
    ("/api/certificates/{code}/revoke", "post"),
    (
        "/api/appraisal/applications/{application_id}/files/{file_id}/take-back",
        "post",
    ),  # none shown
    ("/api/appraisal/calls/{call_id}/public-vote", "get"),  # of no vote
    ("/api/appraisal/inspections/{inspection_id}", "get"),  # of none, and an inspector's alone
    ("/api/appraisal/inspections/{inspection_id}/steps", "post"),
    ("/api/appraisal/nominations/{key}", "get"),  # whose address is its secret
    ("/api/appraisal/nominations/{key}/agree", "post"),
    ("/api/appraisal/nominations/{key}/decline", "post"),
    ("/api/me/item-reviews/{review_id}", "post"),  # another expert's
    ("/api/nominations/{nomination_id}/objections", "post"),  # not on public notice
    ("/api/interviews/stuck/{event_id}/take", "post"),  # a device's, of no fieldwork
    ("/api/fieldworks/{fieldwork_id}/assignments", "post"),  # to interviewers, by their numbers
    ("/api/return-rounds/{round_id}/capacity", "get"),  # not yet locked
    ("/api/ledger/{entry_id}/correct", "post"),  # nobody corrects a line of the own
}


# One name for two things: by the address, what is meant there.
ELSEWHERE = {
    "/api/hours/": ("service_id", "hours_id"),  # time that somebody gave
    "/api/venue-changes/": ("change_id", "venue_change_id"),
    "/api/appraisal/calls/": ("call_id", "appraisal_call_id"),
    "/api/appraisal/objections/": ("objection_id", "raised_id"),
}


@pytest.fixture(autouse=True)
def much(settings):
    settings.API_PER_MINUTE = settings.API_PER_MINUTE_UNKNOWN = 1_000_000
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture(autouse=True)
def one_connection():
    """A WSGI server closes the database after each request; here the test's transaction lives on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@cache
def document():
    return schemathesis.openapi.from_wsgi("/api/openapi.json", application)


@dataclass
class World:
    """A key, and what exists by the names the document uses."""

    headers: dict
    path: dict
    body: dict


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Somebody who may do nearly everything, and one order in that hand: what is sent is undone."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(factories.NOW, tick=False),
        transaction.atomic(),
    ):
        yield made()
        transaction.set_rollback(True)


def made() -> World:
    there = build()
    loop, leader = there.loop, there.loop.leader
    factories.grant(leader, "community_worker", loop.community.path)
    factories.grant(leader, "department_officer", loop.department)
    for role in ("district_officer", "item_officer", "survey_officer", "field_supervisor"):
        factories.grant(leader, role, "50.103.")
    for role in ("city_officer", "item_officer", "survey_officer", "security_administrator"):
        factories.grant(leader, role, "50.")
    department, place = loop.department.pk, loop.community.path
    path = there.values | _also(there) | {"organisation_id": department}
    del path["key"], path["code"]  # words of many meanings: the document's own are better
    return World(
        headers={**caller(leader).headers, "Accept-Language": "en"},
        path=path,
        body={
            **{name: value for name, value in path.items() if name.endswith("_id")},
            "topic": "health", "skills": ["health"], "topics": ["health"], "areas": [place],
            "community": place, "place": place, "home": place, "path": place, "paths": [place],
            "person": loop.resident.pseudonym, "buyer_id": department, "seller_id": department,
            "into_id": loop.order("scheduled").pk,
        },
    )  # fmt: skip


def _also(there: Doors) -> dict:
    """Hours on their way and in the ledger, and a change of divisions, which the doors do without."""
    now, loop = factories.NOW, there.loop
    waits, served = (
        hours.propose_service(
            person=loop.leader, source="event", source_id=number, place=loop.community,
            began_at=now - timedelta(hours=3 * number), team=loop.team,
            ended_at=now - timedelta(hours=3 * number - 2),
            receiver=loop.resident, organisation=loop.department, title="院坝会科普", by=loop.leader,
            now=now,
        )
        for number in (1, 2)
    )  # fmt: skip
    hours.certify(served.pk, by=loop.officer, now=now)
    hours.confirm(served.pk, by=loop.resident, now=now)
    factories.division("50.103.009.")
    change = crosswalk.apply(CHANGE, by=there.people["city"], now=now)
    return {
        "hours_id": waits.pk, "entry_id": served.entries.get().pk, "change_id": change.pk,
        "venue_change_id": there.values["change_id"],
    }  # fmt: skip


def made_real(case, world):
    """Numbers of things that exist, in every part of the request that is not meant to be wrong."""
    for begin, (name, other) in ELSEWHERE.items():
        if case.path.startswith(begin):
            world = replace(world, path=world.path | {name: world.path[other]})
    for part, given_there, real in (
        (ParameterLocation.PATH, case.path_parameters, world.path),
        (ParameterLocation.BODY, case.body, world.body),
    ):
        found = case.meta.components.get(part)
        if found and found.mode is GenerationMode.POSITIVE and isinstance(given_there, dict):
            given_there.update({name: real[name] for name in given_there.keys() & real.keys()})


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(
    ("path", "method"),
    [(path, method) for path, method, _one in operations(api.get_openapi_schema())],
)
def test_nothing_that_is_sent_makes_us_fail_or_answer_out_of_shape(world, path, method, mode):
    statuses = set[int]()

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def send(case):
        made_real(case, world)
        with transaction.atomic():
            answer = case.call(headers=world.headers)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS)
        statuses.add(answer.status_code)

    strategy = document()[path][method].as_strategy(generation_mode=GenerationMode(mode))
    try:
        given(case=strategy)(send)()
    except Unsatisfiable:
        pytest.skip("nothing about this address can be wrong")
    if mode == "positive" and "{" in path:
        assert statuses != {404} or (path, method) in NOT_FOUND
