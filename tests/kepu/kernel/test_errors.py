from __future__ import annotations

import pytest

from kepu.kernel.errors import (
    BadInput,
    NotAllowed,
    Outside,
    Refusal,
    RuleBroken,
    authorize,
    require,
)


@pytest.mark.parametrize(
    ("guard", "kind", "status"), [(authorize, NotAllowed, 403), (require, RuleBroken, 409)]
)
def test_a_guard_raises_its_own_refusal_with_the_reason(guard, kind, status):
    with pytest.raises(kind, match="not today") as refusal:
        guard("not today")

    assert refusal.value.status == status


@pytest.mark.parametrize("guard", [authorize, require])
def test_no_reason_lets_pass(guard):
    assert guard(None) is None


@pytest.mark.parametrize("guard", [authorize, require])
def test_even_an_empty_reason_is_a_refusal(guard):
    with pytest.raises(Refusal):
        guard("")


def test_codes_are_stable_and_tell_refusals_apart():
    codes = {kind: kind.code for kind in (NotAllowed, RuleBroken, BadInput, Outside)}

    assert codes == {
        NotAllowed: "not_allowed",
        RuleBroken: "rule_broken",
        BadInput: "bad_input",
        Outside: "not_found",
    }
