"""The published vectors of RFC 4226 (appendix D) and RFC 6238 (appendix B, SHA-1, last six digits)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from kepu.kernel.accounts import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("counter", "code"),
    list(
        enumerate(
            [
                "755224",
                "287082",
                "359152",
                "969429",
                "338314",
                "254676",
                "287922",
                "162583",
                "399871",
                "520489",
            ]
        )
    ),
)
def test_codes_of_rfc_4226(counter, code):
    assert totp.at(SECRET, counter) == code


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_of_rfc_6238(seconds, code):
    now = datetime.fromtimestamp(seconds, UTC)

    assert totp.matching_step(SECRET, code, after=0, now=now) == seconds // 30


@pytest.mark.parametrize(("shift", "good"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_may_differ_by_one_step(shift, good):
    now = datetime.fromtimestamp(1111111109, UTC) + timedelta(seconds=shift)

    assert (totp.matching_step(SECRET, "081804", after=0, now=now) is not None) is good


def test_a_step_that_was_used_is_not_good_again():
    now = datetime.fromtimestamp(59, UTC)

    assert totp.matching_step(SECRET, "287082", after=1, now=now) is None


@pytest.mark.parametrize("junk", ["", "28708", "九八七六五四", "287082x"])
def test_junk_matches_nothing(junk):
    assert totp.matching_step(SECRET, junk, after=0, now=datetime.fromtimestamp(59, UTC)) is None
