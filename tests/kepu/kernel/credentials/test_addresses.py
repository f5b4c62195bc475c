"""What is signed names the public address of the city, not the host that somebody asked under."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from kepu.config import environment
from kepu.kernel.credentials import keys, views
from kepu.kernel.errors import RuleBroken

ASKED = {"headers": {"host": "testserver:4443"}}


@pytest.fixture
def request_elsewhere():
    return RequestFactory().get("/", **ASKED)


@pytest.fixture(autouse=True)
def _nowhere(settings):
    settings.PUBLIC_ADDRESS = ""


def test_issuer_and_lists_stand_at_the_public_address(settings, request_elsewhere):
    settings.PUBLIC_ADDRESS = "https://kepu.example.cn"

    assert views.issuer_address(request_elsewhere) == f"https://kepu.example.cn{keys.ADDRESS}"
    assert views.list_address(request_elsewhere, "titles", "revocation", 0) == (
        "https://kepu.example.cn/credentials/status/titles/revocation/0/"
    )


def test_a_demonstration_alone_goes_by_the_request(settings, request_elsewhere):
    settings.SHOW_SIGN_IN_CODES = True

    assert views.issuer_address(request_elsewhere) == f"http://testserver:4443{keys.ADDRESS}"


def test_without_an_address_nothing_is_signed(request_elsewhere):
    with pytest.raises(RuleBroken, match="PUBLIC_ADDRESS"):
        views.issuer_address(request_elsewhere)


@pytest.mark.parametrize(
    ("told", "hosts", "https", "found"),
    [
        ("https://kepu.example.cn:8443/", ["a", "b"], "", "https://kepu.example.cn:8443"),
        ("", ["kepu.example.cn"], "1", "https://kepu.example.cn"),
        ("", ["kepu.example.cn"], "", ""),
        ("", ["kepu.example.cn", "other.example.cn"], "1", ""),
        ("", [".example.cn"], "1", ""),
    ],
)
def test_the_address_is_told_or_the_only_name_of_the_site(monkeypatch, told, hosts, https, found):
    monkeypatch.setenv("PUBLIC_ADDRESS", told)
    monkeypatch.setenv("HTTPS", https)
    monkeypatch.setattr(environment, "HOSTS", hosts)

    assert environment.public_address() == found


def test_half_an_address_is_refused(monkeypatch):
    monkeypatch.setenv("PUBLIC_ADDRESS", "kepu.example.cn")

    with pytest.raises(ValueError, match="whole address"):
        environment.public_address()
