"""Migrations make a class of the new model alone, and end with the same models all the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    DeleteModel,
    RemoveField,
    RenameField,
    RenameModel,
    RunPython,
)
from django.db.migrations.state import ProjectState

from kepu.kernel.migrating import only_what_is_new

NAMED = models.CheckConstraint(condition=~models.Q(name=""), name="named")


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


def test_a_model_that_changes_is_made_anew_alone(state):
    made("Door", house=to("House")).state_forwards("town", state)
    before = {name: state.apps.get_model("town", name) for name in ("Street", "House", "Door")}
    AddField("House", "name", models.TextField(default="")).state_forwards("town", state)
    AddConstraint("House", NAMED).state_forwards("town", state)

    after = {name: state.apps.get_model("town", name) for name in before}
    assert {name for name in before if after[name] is not before[name]} == {"House"}
    assert after["House"]._meta.get_field("name")
    assert [one.name for one in after["House"]._meta.constraints] == ["named"]
    assert "name" not in {field.name for field in before["House"]._meta.fields}


def test_code_of_a_migration_follows_relations_to_what_has_changed(state):
    AddField("House", "door", to("Street")).state_forwards("town", state)
    made("Door", house=to("House")).state_forwards("town", state)
    AddField("House", "name", models.TextField(default="")).state_forwards("town", state)
    followed = []

    def follow(apps, _editor):
        door, house = (apps.get_model("town", name) for name in ("Door", "House"))
        followed.append(door._meta.get_field("house").related_model is house)
        followed.append(str(door.objects.filter(house__name="hall").query))

    RunPython(follow).database_forwards("town", connection.schema_editor(), state, state)

    assert followed[0]
    assert "hall" in followed[1]


@pytest.mark.django_db(transaction=True)
def test_tables_are_made_as_django_makes_them():
    with only_what_is_new():
        quickly = tables()

    assert quickly == tables()


def tables() -> dict[str, list[str]]:
    """Columns and constraints of a street, its houses and their doors, after changes of every kind."""
    migration = Migration("0001", "town")
    migration.operations = [
        made("Street", code=models.CharField(max_length=9, unique=True)),
        made("House", street=to("Street")),
        made("Door", house=to("House")),
        AddField("House", "name", models.TextField(default="")),
        AddConstraint("House", NAMED),
        AddField("Street", "first", models.ForeignKey("town.House", models.CASCADE, null=True)),
        AddIndex("House", models.Index(fields=["name"], name="house_by_name")),
        AlterField("Door", "house", models.ForeignKey("town.House", models.CASCADE, null=True)),
        RemoveField("Street", "first"),
        AddField("Door", "street", to("Street")),
        DeleteModel("Door"),
        made("Door", street=to("Street")),
    ]
    renaming = Migration("0002", "town")
    renaming.operations = [
        RenameField("Street", "code", "number"),
        AlterField("Street", "number", models.CharField(max_length=12, unique=True)),
        RenameModel("Street", "Road"),
        AddField("Road", "width", models.IntegerField(default=1)),
    ]
    try:
        with connection.schema_editor() as editor:
            state = migration.apply(ProjectState(), editor)
        with connection.schema_editor() as editor:
            renaming.apply(state, editor)
        with connection.cursor() as cursor:
            names = [
                name for name in connection.introspection.table_names(cursor) if "town_" in name
            ]
            return {name: told(name, cursor) for name in sorted(names)}
    finally:
        end = "" if connection.vendor == "sqlite" else " CASCADE"
        with connection.cursor() as cursor:
            for name in ("door", "house", "road", "street"):
                cursor.execute(f"DROP TABLE IF EXISTS town_{name}{end}")


def told(name: str, cursor: Any) -> list[str]:
    """What the database says of a table."""
    columns = connection.introspection.get_table_description(cursor, name)
    constraints = connection.introspection.get_constraints(cursor, name)
    return [
        *(f"{column.name} {column.type_code} {column.null_ok}" for column in columns),
        *sorted(f"{constraint} {constraints[constraint]}" for constraint in constraints),
    ]


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
