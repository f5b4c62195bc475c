"""Whatever the document allows is sent, and a good deal it does not: never a failure of ours.

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
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kepu.config.wsgi import application
from kepu.web.api import api
from kepu.web.api_document import operations
from tests import factories
from tests.kepu.web.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("at_noon")]

CHECKS = (
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
EXAMPLES = 100 if os.environ.get("KEPU_STRAIN") == "full" else 6


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
    loop = factories.loop()
    factories.grant(loop.leader, "community_worker", loop.community.path)
    factories.grant(loop.leader, "department_officer", loop.department)
    for role in ("district_officer", "item_officer", "survey_officer", "field_supervisor"):
        factories.grant(loop.leader, role, "50.103.")
    for role in ("city_officer", "security_administrator"):
        factories.grant(loop.leader, role, "50.")
    return World(
        headers={**caller(loop.leader).headers, "Accept-Language": "en"},
        path={"order_id": loop.order("scheduled").pk, "team_id": loop.team.pk,
              "department_id": loop.department.pk, "path": loop.community.path},
        body={"team_id": loop.team.pk, "department_id": loop.department.pk, "service_id": None,
              "topic": "health", "community": loop.community.path, "areas": [loop.community.path],
              "home": loop.community.path, "into_id": loop.order("scheduled").pk},
    )  # fmt: skip


def made_real(case, world):
    """Numbers of things that exist, so that a well-shaped request comes past the door."""
    for given_parts, real in ((case.path_parameters, world.path), (case.body, world.body)):
        if isinstance(given_parts, dict):
            given_parts.update({name: real[name] for name in given_parts.keys() & real.keys()})


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(
    ("path", "method"),
    [(path, method) for path, method, _one in operations(api.get_openapi_schema())],
)
def test_nothing_that_is_sent_makes_us_fail_or_answer_out_of_shape(world, path, method, mode):
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def send(case):
        if mode == "positive":
            made_real(case, world)
        with transaction.atomic():
            answer = case.call(headers=world.headers)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS)

    strategy = document()[path][method].as_strategy(
        generation_mode=schemathesis.GenerationMode(mode)
    )
    try:
        given(case=strategy)(send)()
    except Unsatisfiable:
        pytest.skip("nothing about this address can be wrong")
