"""Migrations that make a class of the model that is new or changes, and leave every other as it is.

While migrations run, Django keeps classes of all models as they are at that point. A model that comes or
changes lets it make anew whatever is related to it, however far away, and here nearly everything is: two
hundred and fifty models had it make twenty-two thousand classes, nine tenths of the time of a first start.

What a table is made from is its own model alone: others are asked for nothing but the name of their table
and of their key. So only the model itself is made anew, and the others go on knowing it as it was. Two
things need more, and get all that Django does: code of a migration, which follows relations (it is given
classes made for it, as Django does after every change that it delays), and a migration that renames or
alters a key, which reaches the tables of others.

Source
------
Django 5.2, `django.db.migrations.state`: `ProjectState.reload_model`, `is_delayed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations import Migration
from django.db.migrations.operations import (
    AlterField,
    AlterModelTable,
    RenameField,
    RenameModel,
    SeparateDatabaseAndState,
)
from django.db.migrations.state import ModelState, ProjectState

RENAMING = (AlterModelTable, RenameField, RenameModel)


@contextmanager
def only_what_is_new() -> Iterator[None]:
    """Inside, a model that a migration makes or changes is the only one of which a class is made."""
    adding, reloading, applying = ProjectState.add_model, ProjectState.reload_model, Migration.apply

    def add_model(self: ProjectState, model_state: ModelState) -> None:
        apps = self.__dict__.get("apps")  # made on first use; there is nothing to do before
        if apps is None or model_state.name_lower in apps.all_models[model_state.app_label]:
            adding(self, model_state)
            return
        del self.__dict__["apps"]
        adding(self, model_state)
        self.__dict__["apps"] = apps
        apps.render_multiple([model_state])

    def reload_model(
        self: ProjectState, app_label: str, model_name: str, delay: bool = False
    ) -> None:
        apps = self.__dict__.get("apps")
        if apps is None:
            return
        self.is_delayed = True
        with apps.bulk_update():
            apps.unregister_model(app_label, model_name)
        apps.render_multiple([self.models[app_label, model_name]])

    def apply(
        self: Migration, project_state: ProjectState, schema_editor: Any, collect_sql: bool = False
    ) -> ProjectState:
        if not reaches_others(self.operations):
            return applying(self, project_state, schema_editor, collect_sql)
        project_state.clear_delayed_apps_cache()
        ProjectState.reload_model = reloading  # type: ignore[method-assign]
        try:
            return applying(self, project_state, schema_editor, collect_sql)
        finally:
            ProjectState.reload_model = reload_model  # type: ignore[method-assign]

    ProjectState.add_model = add_model  # type: ignore[method-assign]
    ProjectState.reload_model = reload_model  # type: ignore[method-assign]
    Migration.apply = apply  # type: ignore[method-assign]
    try:
        yield
    finally:
        ProjectState.add_model = adding  # type: ignore[method-assign]
        ProjectState.reload_model = reloading  # type: ignore[method-assign]
        Migration.apply = applying  # type: ignore[method-assign]


def reaches_others(operations: Iterable[Any]) -> bool:
    """Whether tables of other models may have to follow: a name changes, or what others can refer to."""
    for operation in operations:
        if isinstance(operation, SeparateDatabaseAndState):
            inner = [*operation.database_operations, *operation.state_operations]
            if reaches_others(inner):
                return True
        if isinstance(operation, RENAMING):
            return True
        if isinstance(operation, AlterField) and operation.field.unique:
            return True
    return False
