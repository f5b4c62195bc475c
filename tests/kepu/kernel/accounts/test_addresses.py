"""Where a request comes from, as limits count it: a proxy of ours is believed, and nobody else."""

from __future__ import annotations

import pytest

from kepu.kernel.accounts import entrance


def test_behind_our_proxy_only_the_last_hop_is_believed(rf, settings):

    request = rf.get("/", headers={"X-Forwarded-For": "203.0.113.7, 192.0.2.1"})

    assert entrance.address(request) == "127.0.0.1"
    settings.BEHIND_PROXY = True
    assert entrance.address(request) == "192.0.2.1"


@pytest.mark.parametrize(
    ("hop", "caller"),
    [
        ("192.0.2.1:5555", "192.0.2.1"),
        ("[2001:db8::1]:80", "2001:db8::"),
        ("2001:db8::1", "2001:db8::"),
        ("192.0.2.1", "192.0.2.1"),
    ],
)
def test_a_proxy_that_writes_ports_does_not_make_a_caller_of_each(rf, settings, hop, caller):
    settings.BEHIND_PROXY = True

    assert entrance.address(rf.get("/", headers={"X-Forwarded-For": hop})) == caller
