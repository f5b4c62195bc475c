"""Names behind an application, blanked wherever text has them."""

from __future__ import annotations

import pytest

from kepu.appraisal import blind, queries
from kepu.appraisal.blind import BLANK, Names
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal import samples


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("秘密馆示例临江而建", f"{BLANK}临江而建"),
        ("秘 密 馆\n示例", BLANK),
        ("ＡＢＣ馆与abc馆", f"{BLANK}与{BLANK}"),
        ("开放300天，面积1,200平方米", "开放300天，面积1,200平方米"),
        ("来电13800001111或023-61234567", f"来电{BLANK}或{BLANK}"),
        ("邮箱 a.b@example.org，网址 https://example.org/x。", f"邮箱 {BLANK}，网址 {BLANK}。"),
        ("证号50010119900101123X", f"证号{BLANK}"),
        ("代码91500000MA5U000010", f"代码{BLANK}"),
        ("全角（括号）不动", "全角（括号）不动"),
        ("在秘\u2060密\u00ad馆\u3164示\uffa0例里", f"在{BLANK}里"),
        ("在秘-密_馆、示…例里", f"在{BLANK}里"),
        ("留\u200b下的", "留\u200b下的"),
        ("见kepumuseum.cn和Kepu.Museum.COM/about看。", f"见{BLANK}和{BLANK}看。"),
        ("文件plan.pdf第3.2节", "文件plan.pdf第3.2节"),
        ("电话(023)68123456或02368123456", f"电话{BLANK}或{BLANK}"),
        ("电话（023）6812-3456。", f"电话{BLANK}。"),
        ("手机138.0013.8000或1\u200b3800138000", f"手机{BLANK}或{BLANK}"),
        ("经费1380013.80元，编号0236812345678", "经费1380013.80元，编号0236812345678"),
    ],
)
def test_names_and_what_leads_to_somebody_are_blanked(text, left):
    assert Names(frozenset({"秘密馆示例", "ABC馆"})).blank(text) == left


def test_signs_within_a_name_make_no_difference():
    names = Names(frozenset({"秘密馆（示例）", "--"}))

    assert names.blank("秘密馆示例--临江") == f"{BLANK}--临江"


def test_the_longest_name_goes_first():
    names = Names(frozenset({"渝中", "渝中区秘密馆"}))

    assert names.blank("渝中区秘密馆在渝中") == f"{BLANK}在{BLANK}"


@pytest.mark.django_db
@pytest.mark.slow
def test_unit_venue_person_place_and_short_forms_are_known():
    from kepu.kernel.divisions.models import Division
    from tests.factories import division

    division("50.", "重庆市")
    division("50.103.", "渝中区")
    Division.objects.filter(path="50.103.").update(name="渝中区")
    made = world.application(
        world.call(),
        "重庆市渝中区秘密馆示例",
        leader="馆长秘名",
        about="渝中区秘密馆示例由馆长秘名主持",
    )
    one = queries.reviewing.application_of_id(made.pk)
    programme = queries.calls.programme(one.call)
    answers = queries.applications.answers(one)

    names = blind.names_of(one, programme, answers)
    found = blind.dossier(one, programme, answers)

    for name in ("重庆市渝中区秘密馆示例", "秘密馆示例", "渝中区", "渝中", "示例路1号", "馆长秘名"):
        assert name in names.names
    assert "重庆市" not in names.names
    assert [one.title for one in found.answers] == ["开放天数", "展厅面积", "预算", "特色"]
    assert found.answers[-1].said == f"{BLANK}由{BLANK}主持"
    assert found.applicant == ""


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("blinded", [True, False])
def test_a_blind_dossier_tells_points_of_the_register_and_no_text_of_it(blinded):
    form = [
        *world.FORM,
        {"key": "ramps", "title": "无障碍", "kind": "text", "fact": "accessibility"},
    ]
    bands = [{"least": 1000, "points": 10}, {"least": 100, "points": 7.5}]
    opening = {"key": "opening", "title": "开放", "points": 10, "measure": "open_days"}
    rubric = [*world.SAID["rubric"], opening | {"bands": bands}]
    reviewing = world.REVIEWING | {"blind": blinded}
    said = {"form": form, "rubric": rubric, "reviewing": reviewing}
    programme = samples.programme(**world.SAID | said)
    made = world.application(world.call())
    told = {"open_days": 317, "hall_area": 900, "budget": 1, "ramps": "三号门坡道"}

    found = {one.title: one.said for one in blind.dossier(made, programme, told).answers}

    assert found["开放天数"] == ("7.5 points" if blinded else "317 天")
    assert found["展厅面积"] == "900"
    assert found.get("无障碍") == (None if blinded else "三号门坡道")
    nothing = blind.dossier(made, programme, {}).answers[0].said
    assert nothing == "not answered"
