"""What a page of somebody else can make a browser send: every form without its token is refused."""

from __future__ import annotations

import pytest
from django.apps import apps

from tests.architecture.test_endpoints import doors, knock
from tests.architecture.world import at_noon, one_frame_each, standing_world, world

__all__ = ["at_noon", "one_frame_each", "standing_world", "world"]  # fixtures

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.usefixtures("one_frame_each"),
]


def records() -> dict[str, int]:
    """How many rows every table of ours has."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()
            if model.__module__.startswith("kepu.")}  # fmt: skip


def test_no_form_is_taken_without_its_token_and_nothing_changes(world):
    for client in world.clients.values():
        client.handler.enforce_csrf_checks = True
    before, taken = records(), []

    for name, method in doors():
        if method == "POST":
            statuses = {who: knock(world, who, name, method).status_code for who in world.clients}
            taken += [f"{name} as {who}: {status}" for who, status in statuses.items()
                      if status != 403 and not refused_anyway(name, who, status)]  # fmt: skip

    assert taken == []
    assert records() == before


def refused_anyway(name: str, who: str, status: int) -> bool:
    """The API asks nobody's browser for a token: without a session there is nothing to misuse."""
    return name.startswith("api:") and who == "nobody" and status >= 400
