"""Every figure in the tiles of a register says what it counts."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from kepu.people.models import PostKind
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_tiles_of_the_three_heads_count_townships():
    head = {"title_zh": "医院院长", "title_en": "Hospital head", "one_of_three_heads": True}
    PostKind.objects.get_or_create(key="hospital-head", defaults=head)
    browser = Client(headers={"accept-language": "zh-CN"})
    browser.force_login(factories.officer("district_officer", "50.103."))

    page = browser.get(reverse("posts")).content.decode()

    tiles = re.findall(r'<dd class="number-big">(.*?)</dd>', page)
    assert len(tiles) > 1
    assert [tile for tile in tiles if not tile.endswith("<small>个</small>")] == []
