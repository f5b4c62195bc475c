"""Migrations that make a model without making every other one anew.

While migrations run, Django keeps classes of all models as they are at that point. A new model lets it
make anew whatever is related to it, however far away, and here nearly everything is: a hundred and
fifty new models had it make five thousand classes, four fifths of the time of a first start. A class
that nobody has yet is related to nothing; made beside the others, it is all that is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.migrations.state import ModelState, ProjectState


@contextmanager
def only_what_is_new() -> Iterator[None]:
    """Inside, a model that a migration makes is the only one of which a class is made."""
    everything = ProjectState.add_model

    def add_model(self: ProjectState, model_state: ModelState) -> None:
        apps = self.__dict__.get("apps")  # made on first use; there is nothing to do before
        if apps is None or model_state.name_lower in apps.all_models[model_state.app_label]:
            everything(self, model_state)
            return
        del self.__dict__["apps"]
        everything(self, model_state)
        self.__dict__["apps"] = apps
        apps.render_multiple([model_state])

    ProjectState.add_model = add_model  # type: ignore[method-assign]
    try:
        yield
    finally:
        ProjectState.add_model = everything  # type: ignore[method-assign]
