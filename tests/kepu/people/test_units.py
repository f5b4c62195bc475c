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


def test_the_map_and_its_table_say_what_they_count():
    factories.division("50.103.", name="示例区")
    browser = Client(headers={"accept-language": "zh-CN"})
    browser.force_login(factories.officer("district_officer", "50.103."))

    page = browser.get(reverse("stations")).content.decode()

    cells = re.findall(r'<tr[^>]*><th scope="row">.*?</th><td class="number">(.*?)</td>', page)
    assert [cell for cell in cells if not cell.endswith(" 个")] == []


def test_the_verdict_on_the_chain_says_what_it_counts():
    browser = Client(headers={"accept-language": "zh-CN"})
    browser.force_login(factories.officer("audit_administrator", "50."))

    page = browser.post(reverse("audit-verify")).content.decode()

    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page))
    assert facts["已封存"].endswith(" 条")
    assert facts["签名检查点"].endswith(" 个")
