"""Choosing a place by links alone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kepu.kernel.divisions.names import sort_key
from tests.factories import division

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places():
    for path, name in (
        ("50.", "重庆市"),
        ("50.103.", "渝中区"),
        ("50.103.001.", "七星岗街道"),
        ("50.103.001.001.", "示例社区"),
    ):
        row = division(path, name=name)
        row.sort_key = sort_key(name)
        row.save()


def page(client, **query) -> str:
    response = client.get(reverse("places"), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("below", "link"),
    [
        ("", "below=50."),
        ("50.", "below=50.103."),
        ("50.103.", "below=50.103.001."),
        ("50.103.001.", "place=50.103.001.001."),
        ("77.", "below=50."),  # a place that does not exist: from the top
        ("'; drop", "below=50."),
    ],
)
def test_each_level_leads_one_deeper_until_the_community_is_chosen(client, below, link):
    assert link in page(client, below=below)


def test_a_search_finds_a_place_by_pinyin_with_its_full_name(client):
    assert "重庆市渝中区七星岗街道" in page(client, q="qixing")


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_the_way_back_never_leads_elsewhere(client, away):
    found = page(client, below="50.103.001.", next=away)

    assert away not in found
    assert 'href="/?place=50.103.001.001.' in found
