"""Studies of what an activity changed: registered before it, told from measurements, published by two."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.literacy import studies_shown as shown
from kepu.literacy import study_tables
from kepu.literacy.actions import studies
from kepu.literacy.models import Study
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy import factories as bank

pytestmark = pytest.mark.django_db
CITY = "50."
AFTER = NOW + timedelta(days=40)


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def officers():
    return [factories.officer("survey_officer", CITY, name) for name in ("评估甲", "评估乙")]


@pytest.fixture
def study(officers):
    return bank.study("registered", by=officers)


def reader(person=None) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    if person:
        client.force_login(person)
    return client


def sent(text: str) -> io.BytesIO:
    file = io.BytesIO(text.encode())
    file.name = "measured.csv"
    return file


def posted(text: str, do: str = "import") -> dict:
    return {"table": sent(text), "reached": 900, "spent": "45000", "do": do}


def test_a_plan_says_beforehand_how_small_an_effect_it_finds(study, officers):
    assert study.state == "registered"
    assert 3 < study.detectable < 12
    assert Entry.objects.filter(verb="study.register", object_id=str(study.pk)).count() == 1
    page = reader(officers[0]).get(reverse("survey-study", args=[study.pk])).content.decode()
    assert "可检出的最小效应" in page


def test_it_is_registered_before_the_activity_and_by_an_officer_of_the_place(officers):
    with pytest.raises(RuleBroken, match="已经开始"):
        studies.register_study(
            bank.registered(NOW.date()), place=factories.division(CITY), by=officers[0], now=NOW
        )
    with pytest.raises(NotAllowed):
        studies.register_study(
            bank.registered(AFTER.date()), place=factories.division(CITY),
            by=factories.user("路人"), now=NOW,
        )  # fmt: skip
    assert not Study.objects.exists()


def test_the_form_registers_and_refuses_one_school(officers):
    factories.division(CITY)
    client, address = reader(officers[0]), reverse("survey-study-new")
    plan = bank.registered((NOW + timedelta(days=400)).date())
    typed = {**vars(plan), **plan.plan, "lost": 10} | {"begins_on": "2099-05-01"}
    typed.pop("plan"), typed.pop("synthetic")

    wrong = client.post(address, typed | {"attending_clusters": 1})
    assert wrong.status_code == 422
    assert not Study.objects.exists()
    right = client.post(address, typed)
    assert right.status_code == 302
    assert Study.objects.get().plan["lost"] == 0.1


def test_measurements_are_tried_first_and_every_wrong_row_is_named(study, officers):
    Study.objects.update(begins_on="2020-01-01")
    client, address = reader(officers[0]), reverse("survey-study-measure", args=[study.pk])
    head, *rows = bank.measured().splitlines()
    rows[0] = rows[0].replace("A00,", "张三,")
    rows[1] = rows[1].replace("参加", "旁观")
    page = client.post(address, posted("\n".join([head, *rows])))

    text = page.content.decode()
    assert page.status_code == 422
    assert "不能是姓名" in text
    assert "参加、对照" in text
    assert client.post(address, posted(bank.measured(), "try")).status_code == 200
    study.refresh_from_db()
    assert study.result is None
    assert client.post(address, posted(bank.measured())).status_code == 302
    study.refresh_from_db()
    assert study.state == "measured"
    assert study.result["compared"]
    assert "A00" not in str(study.result)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["A,,参加,前测,1,", "A,,参加,前测,2,"], "已出现过"),
        (["A,,参加,前测,1,", "A,,对照,后测,2,"], "同时出现在两组"),
        (["A,,参加,前测,1,", ",,参加,后测,2,"], "要么都填"),
        (["13800138000,,参加,前测,1,"], "不能是姓名"),
        (["138 0013-8000,,参加,前测,1,"], "不能是姓名"),
        (["\U00020bb7示,,参加,前测,1,"], "不能是姓名"),
        (["A,,参加,前测,inf,"], "填数字"),
        (["A,,参加,前测,1,0"], "权重须大于 0"),
    ],
)
def test_what_a_table_may_not_hold(rows, words):
    head = ",".join(str(one.header) for one in study_tables.COLUMNS)
    _found, _digest, faults = study_tables.read(sent("\n".join([head, *rows])), "m.csv")

    assert any(words in fault.sentence for fault in faults)


def test_the_effect_is_told_with_interval_reach_and_cost(officers):
    made = bank.study("measured", by=officers)
    found = shown.found(made)
    effect = made.result["effect"]

    assert 2 < effect["value"] < 8
    assert effect["low"] < 5 < effect["high"]
    assert found.sure
    assert "多提高" in found.verdict
    assert made.result["cost"]["per_person"] == 50
    assert made.result["cost"]["per_point"] == pytest.approx(50 / effect["value"])
    labels = {tile.label: tile for tile in found.tiles}
    assert labels["覆盖率"].value.startswith("75")
    page = reader(officers[0]).get(reverse("survey-study", args=[made.pk]))
    assert page.status_code == 200
    rows = list(csv.DictReader(io.StringIO(study_tables.write(made).decode("utf-8-sig"))))
    line = next(row for row in rows if row["figure"] == "effect")
    assert float(line["estimate"]) == pytest.approx(effect["value"])


def test_the_same_table_again_changes_nothing(officers):
    made = bank.study("measured", by=officers)
    again = studies.measure_study(made.pk, outcome=bank.outcome(), by=officers[1], now=AFTER)

    assert again.measured_by == officers[0]
    assert Entry.objects.filter(verb="study.measure", object_id=str(made.pk)).count() == 1


def test_a_comparison_that_was_promised_must_be_there(study, officers):
    alone = bank.measured(compared=False)
    with pytest.raises(RuleBroken, match="计划有对照组"):
        studies.measure_study(study.pk, outcome=bank.outcome(alone), by=officers[0], now=AFTER)
    with pytest.raises(RuleBroken, match="还没有开始"):
        studies.measure_study(study.pk, outcome=bank.outcome(), by=officers[0], now=NOW)


def test_without_a_comparison_the_page_says_that_nothing_is_proved(officers):
    made = bank.study("measured", by=officers, compared=False)
    page = reader(officers[0]).get(reverse("survey-study", args=[made.pk])).content.decode()

    assert "不能把这一变化归因于活动" in page
    assert "每人每提高一分" not in page


def test_two_officers_publish_and_everybody_reads_it(officers):
    made = bank.study("measured", by=officers)
    address = reverse("survey-study", args=[made.pk])
    assert reader().get(address).status_code == 404
    assert reader().get(reverse("survey-study-file", args=[made.pk])).status_code == 404
    studies.propose_study(made.pk, by=officers[0], now=AFTER)
    with pytest.raises(RuleBroken, match="另一名"):
        studies.publish_study(made.pk, by=officers[0], now=AFTER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Study.objects.filter(pk=made.pk).update(
            state="published", published_by=officers[0], published_at=AFTER
        )
    studies.publish_study(made.pk, by=officers[1], now=AFTER)

    assert reader().get(address).status_code == 200
    assert made.title in reader().get(reverse("survey-results")).content.decode()
    studies.withdraw_study(made.pk, reason="得分录错", by=officers[0], now=AFTER)
    assert "得分录错" in reader().get(address).content.decode()


def test_means_of_few_people_are_not_proposed(study, officers):
    head, *lines = bank.measured().splitlines()
    few = [line for line in lines if int(line[1:3]) % 10 < 2]  # 8 of each group, from 4 schools
    outcome = bank.outcome("\n".join([head, *few]))
    studies.measure_study(study.pk, outcome=outcome, by=officers[0], now=AFTER)

    with pytest.raises(RuleBroken, match="不足 10 人"):
        studies.propose_study(study.pk, by=officers[0], now=AFTER)


def test_what_few_who_were_lost_had_scored_is_not_told(officers):
    made = bank.study("measured", by=officers)  # 2 of 40 were lost in each group
    words = "失访者前测平均与留下的人相差"
    lost = made.result["lost"][0]

    assert lost["away"] is None
    made.result["lost"] = [lost | {"away": 3.5}]  # as results held it that were told before
    assert not any(words in said for said in shown.found(made).remarks)
    made.result["lost"] = [lost | {"away": 3.5, "both": 28}]
    assert any(words in said for said in shown.found(made).remarks)


def test_a_study_is_given_up_with_a_reason(study, officers):
    address = reverse("survey-study-act", args=[study.pk, "drop"])
    assert reader(officers[0]).post(address, {"reason": " "}).status_code == 422
    assert reader(officers[0]).post(address, {"reason": "活动取消"}).status_code == 302
    study.refresh_from_db()
    assert (study.state, study.reason) == ("dropped", "活动取消")


def test_others_find_no_such_pages(study):
    stranger = reader(factories.user("路人"))
    for name, args in (
        ("survey-studies", []), ("survey-study-new", []), ("survey-study-template", []),
        ("survey-study", [study.pk]), ("survey-study-measure", [study.pk]),
        ("survey-study-act", [study.pk, "drop"]),
    ):  # fmt: skip
        assert stranger.get(reverse(name, args=args)).status_code == 404
