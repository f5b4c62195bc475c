"""Which roles ask for a second factor."""

from __future__ import annotations

import pytest

from kepu.kernel.roles.verbs import ROLES, Verb

# Publishing one's own services, filling the figures of one's own unit and reading figures show nobody's
# name or number.
WITHOUT_PERSONAL_DATA = {Verb.MENU_PUBLISH, Verb.FIGURES_READ, Verb.RETURN_FILE}


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_who_reads_personal_data_by_a_role_or_administers_needs_a_second_factor(role):
    assert role.second_factor == bool(role.verbs - WITHOUT_PERSONAL_DATA)
