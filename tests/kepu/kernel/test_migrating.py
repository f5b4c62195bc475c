"""Migrations make a class of the new model alone, and end with the same models all the same."""

from __future__ import annotations

import pytest
from django.db import models
from django.db.migrations.operations import AddField, CreateModel, DeleteModel
from django.db.migrations.state import ProjectState

from kepu.kernel.migrating import only_what_is_new


def made(name: str, **fields: models.Field) -> CreateModel:
    return CreateModel(name, [("id", models.BigAutoField(primary_key=True)), *fields.items()])


def to(name: str) -> models.ForeignKey:
    return models.ForeignKey(f"town.{name}", models.CASCADE)


@pytest.fixture
def state():
    """A street and a house in it, of which classes were made already."""
    found = ProjectState()
    for operation in (made("Street"), made("House", street=to("Street"))):
        operation.state_forwards("town", found)
    assert found.apps.get_model("town", "House")
    with only_what_is_new():
        yield found


def test_nothing_else_is_made_anew(state):
    street, house = (state.apps.get_model("town", name) for name in ("Street", "House"))

    made("Door", house=to("House")).state_forwards("town", state)

    assert state.apps.get_model("town", "Street") is street
    assert state.apps.get_model("town", "House") is house


def test_what_is_new_and_what_was_there_know_each_other(state):
    made("Door", house=to("House")).state_forwards("town", state)

    door, house = (state.apps.get_model("town", name) for name in ("Door", "House"))
    assert door._meta.get_field("house").related_model is house
    assert [one.related_model for one in house._meta.related_objects] == [door]


def test_a_model_that_changes_is_made_anew_with_what_leads_to_it(state):
    made("Door", house=to("House")).state_forwards("town", state)
    AddField("House", "name", models.TextField(default="")).state_forwards("town", state)

    house, door = (state.apps.get_model("town", name) for name in ("House", "Door"))
    assert house._meta.get_field("name")
    assert door._meta.get_field("house").related_model is house


def test_a_model_may_come_again_under_the_name_of_one_that_went(state):
    made("Door", house=to("House")).state_forwards("town", state)
    DeleteModel("Door").state_forwards("town", state)
    made("Door", street=to("Street")).state_forwards("town", state)

    door = state.apps.get_model("town", "Door")
    assert [field.name for field in door._meta.fields] == ["id", "street"]


def test_a_state_before_does_not_know_what_comes_after(state):
    before = state.clone()

    made("Door", house=to("House")).state_forwards("town", state)

    with pytest.raises(LookupError):
        before.apps.get_model("town", "Door")
