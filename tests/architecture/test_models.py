"""What the import contracts cannot see: models, machines and their places in the list of rooms."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import pytest
from django.apps import apps
from django.conf import settings

import kepu
from kepu.kernel.machine import Machine

ORDER = [name.rpartition(".")[2] for name in (*settings.KERNEL, *settings.ROOMS)]
OURS = [model for model in apps.get_models() if model.__module__.startswith("kepu.")]

# Foreign keys that point down the list, each with its reason.
DOWNWARD: dict[str, str] = {}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_model_declares_whether_it_holds_personal_data_and_says_what_it_is(model):
    assert isinstance(vars(model).get("PERSONAL_DATA"), bool)
    assert model.__doc__
    assert not model.__doc__.startswith(f"{model.__name__}(")
    assert any(
        "__str__" in vars(kind) for kind in model.__mro__ if kind.__module__.startswith("kepu")
    )


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_up_the_list(model):
    own = ORDER.index(model._meta.app_label)

    downward = [
        field.name
        for field in model._meta.get_fields()
        if field.concrete
        and field.remote_field
        and field.related_model._meta.app_label in ORDER
        and ORDER.index(field.related_model._meta.app_label) > own
        and f"{model._meta.label}.{field.name}" not in DOWNWARD
    ]

    assert downward == []


def machines() -> dict[str, Machine]:
    found = {}
    for module in walk_packages(kepu.__path__, "kepu."):
        if module.name.endswith(".states"):
            for name, thing in vars(import_module(module.name)).items():
                if isinstance(thing, Machine):
                    found[f"{module.name}.{name}"] = thing
    return found


@pytest.mark.parametrize("machine", machines().values(), ids=machines())
def test_every_state_of_a_machine_can_be_reached(machine):
    assert machine.reachable() == {str(state) for state in type(machine.start)}
