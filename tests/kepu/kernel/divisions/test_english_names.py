"""English names of districts: every one that Chongqing has or had, and of nothing else."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from kepu.kernel.divisions import english
from kepu.kernel.divisions.frame import units
from kepu.kernel.divisions.states import Level
from kepu.literacy.run.vocabulary import Tongue

KINDS = ("District", "County", "Autonomous County", "New Area")


@pytest.fixture(scope="module")
def districts() -> list[str]:
    found = [one.name for one in units("50") if one.level == Level.DISTRICT]
    return [*found, "两江新区"]


def test_every_district_has_a_name_of_its_own_with_its_kind(districts):
    names = [english.title(one, "en") for one in districts]

    assert len(districts) == len(set(names)) == 39
    assert all(name.endswith(KINDS) for name in names)
    assert all(re.fullmatch(r"[A-Z][A-Za-z' ]+", name) for name in names)


@pytest.mark.parametrize(
    ("name", "said", "brief"),
    [
        ("渝中区", "Yuzhong District", "Yuzhong"),
        ("南岸区", "Nan'an District", "Nan'an"),
        ("忠县", "Zhongxian County", "Zhongxian"),
        (
            "彭水苗族土家族自治县",
            "Pengshui Miao and Tujia Autonomous County",
            "Pengshui",
        ),
        ("示例街道", "示例街道", "示例街道"),
    ],
)
def test_a_name_is_that_of_the_reader_s_language(name, said, brief):
    with translation.override("en"):
        assert english.title(name) == said
        assert english.title(name, brief=True) == brief
    with translation.override("zh-hans"):
        assert english.title(name) == name
    assert Tongue("en").place(name) == said
    assert Tongue("zh").place(name, brief=True) == name


def test_names_sound_as_the_chinese_ones_are_read(districts):
    """The name in brief is the pinyin of what stands before the kind, but for tone and gaps."""
    from kepu.kernel.divisions.names import sort_key

    for name in districts:
        brief = english.title(name, "en", brief=True).replace("'", "").lower()
        read = sort_key(name).replace(" ", "").replace("ü", "v")
        assert read.startswith(brief), (name, read, brief)
