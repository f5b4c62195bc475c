"""Whatever the document allows is sent, and a good deal it does not: never a failure of ours.

Ids in addresses and bodies are of things that exist, so that what is sent comes past the first door.
A few requests for each operation stand in the suite; `make strain` sends a hundred.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
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
from kepu.web.api import api
from kepu.web.api_document import operations
from tests import factories
from tests.architecture.world import build
from tests.kepu.web.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("at_noon")]

CHECKS = (
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
EXAMPLES = 100 if os.environ.get("KEPU_STRAIN") == "full" else 3
# What nobody in one person's place comes past: it is another person's own, or was never made.
NOT_FOUND = {
    "/api/x": "",
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
    path = there.values | {"organisation_id": department}
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


def made_real(case, world):
    """Numbers of things that exist, in every part of the request that is not meant to be wrong."""
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
        assert (statuses == {404}) == (path in NOT_FOUND), statuses
