from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import get_type_hints

import pytest

from kepu.kernel.facts import catalogue
from kepu.kernel.facts.catalogue import FACTS, Fact, from_data, to_data
from tests.factories import NOW

EXAMPLES = {int: 7, str: "claim", datetime: NOW, bool: True}


def example(kind: type[Fact]) -> Fact:
    hints = get_type_hints(kind)
    return kind(**{field.name: EXAMPLES[hints[field.name]] for field in fields(kind)})


@pytest.mark.parametrize("kind", FACTS.values(), ids=FACTS)
def test_a_fact_is_frozen_and_survives_being_kept(kind):
    fact = example(kind)

    assert is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    assert from_data(kind.__name__, to_data(fact)) == fact


def test_every_fact_that_is_written_down_is_in_the_catalogue():
    written = {
        name
        for name, thing in vars(catalogue).items()
        if isinstance(thing, type) and issubclass(thing, Fact) and thing is not Fact
    }

    assert written == set(FACTS)
