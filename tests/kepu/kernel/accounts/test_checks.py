"""Published and synthetic examples of both check characters; no number is a person's."""

from __future__ import annotations

import pytest

from kepu.kernel.accounts.checks import valid_credit_code, valid_id_number


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("91110000600037341L", True),
        ("11500107009293065M", True),
        ("11500113009307156W", True),
        ("11500110009300077E", True),
        pytest.param("11500107009293065N", False, id="check character changed"),
        pytest.param("91110000600O37341L", False, id="letter O is not allowed"),
        pytest.param("91110000600037341", False, id="one character short"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_credit_code_is_valid_only_with_its_check_character(code, valid):
    assert valid_credit_code(code) is valid


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("50010319000101001X", True),
        ("500103190001010028", True),
        ("500000199912319997", True),
        pytest.param("11000019000229001X", False, id="29 February 1900 does not exist"),
        pytest.param("500103190001010011", False, id="check digit must be X"),
        pytest.param("50010319000101001x", False, id="a small letter; callers raise it first"),
        pytest.param("not a number", False, id="words"),
    ],
)
def test_an_identity_number_is_valid_only_with_its_check_digit_and_a_real_day(number, valid):
    assert valid_id_number(number) is valid
