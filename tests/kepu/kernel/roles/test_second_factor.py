"""Which roles ask for a second factor."""

from __future__ import annotations

import pytest

from kepu.kernel.roles.verbs import ROLES, Verb

# Figures name nobody. Everything else shows personal data, is read by the public, counts in official
# figures, or administers.
READING = {Verb.FIGURES_READ}


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_who_does_more_by_a_role_than_read_figures_needs_a_second_factor(role):
    assert role.second_factor == bool(role.verbs - READING)
