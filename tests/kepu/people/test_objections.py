"""An objection to a model on public notice: by any adult, answered by the office, told to both sides."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.accounts import held as accounts
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.notices.queries import letters, of_person
from kepu.people import held
from kepu.people.actions import campaigns
from kepu.people.actions import objections as actions
from kepu.people.models import Nomination, Objection
from tests.factories import NOW, division, officer, user
from tests.kepu.people.factories import register, team, volunteer
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

WHO = ("owner", "officer", "reviewer", "colleague", "stranger", "nobody")
AFTER = NOW + timedelta(days=7)  # when the notice of five working days is over
REASON = {"reason": "事迹与事实不符"}


@pytest.fixture(autouse=True)
def in_english_at_noon(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def cast():
    """A model on notice: `owner` is the candidate, `officer` nominated, `reviewer` published."""
    division("50.104.")
    return {
        "owner": volunteer("王示例"),
        "officer": officer("district_officer", "50.103."),
        "reviewer": officer("district_officer", "50.103."),
        "colleague": officer("district_officer", "50.104."),
        "stranger": user("郑示例"),
        "nobody": None,
    }


@pytest.fixture
def model(cast):
    return on_notice(cast, person=cast["owner"])


def on_notice(cast, **candidate):
    made = campaigns.nominate(
        place=division("50.103."), year=2026, deeds="示例事迹", by=cast["officer"], now=NOW,
        **candidate,
    )  # fmt: skip
    campaigns.pass_nomination(made.pk, by=cast["reviewer"], now=NOW)
    return campaigns.publish_nomination(made.pk, by=cast["reviewer"], now=NOW)


def objected(model, by, now=NOW):
    return actions.object_to_nomination(model.pk, by=by, now=now, **REASON)


def answered(objection, by, *, upheld=False, answer="已核实"):
    return actions.answer_objection(objection.pk, upheld=upheld, answer=answer, by=by, now=NOW)


def told(person) -> list[str]:
    return [letter.title for letter in letters(person, list(of_person(person)))]


def browser(person):
    client = Client(headers={"accept-language": "en"})
    if person is not None:
        client.force_login(person)
    return client


# --- who and when -----------------------------------------------------------------------------------


def test_any_adult_objects_once_and_for_a_reason(cast, model):
    with pytest.raises(RuleBroken, match="state the reason"):
        actions.object_to_nomination(model.pk, reason=" ", by=cast["stranger"], now=NOW)

    made = objected(model, cast["stranger"])

    assert (made.person, made.state) == (cast["stranger"], "open")
    assert Entry.objects.latest("pk").verb == "objection.make"
    with pytest.raises(RuleBroken, match="already"):
        objected(model, cast["stranger"])


@pytest.mark.parametrize(("born", "may"), [("2008-03-06", False), ("2008-03-05", True), ("", True)])
def test_who_is_known_to_be_under_age_does_not_object(cast, model, born, may):
    person = user(born=born) if born else user()

    if may:
        assert objected(model, person).pk
        return
    with pytest.raises(NotAllowed, match="only adults"):
        objected(model, person)


def test_nobody_objects_before_the_notice_or_after_it(cast, model):
    early = campaigns.nominate(
        place=division("50.103."), year=2026, deeds="示例", team=team(), by=cast["officer"], now=NOW
    )
    with pytest.raises(RuleBroken, match="not on public notice"):
        objected(early, cast["stranger"])
    with pytest.raises(RuleBroken, match="until 2026-03-12"):
        objected(model, cast["stranger"], now=AFTER)


def test_the_database_takes_one_objection_of_a_person(cast, model):
    objected(model, cast["stranger"])

    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.create(
            nomination=model, person=cast["stranger"], reason="再次", made_at=NOW
        )


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "upheld"},
        {"answered_at": NOW},
        {"state": "overruled", "answered_at": NOW, "answered_by": "stranger"},
    ],
    ids=("unanswered end", "half an answer", "own answer"),
)
def test_the_database_keeps_an_answer_whole_and_by_another(cast, model, broken):
    made = objected(model, cast["stranger"])
    values = {key: cast.get(value, value) for key, value in broken.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.filter(pk=made.pk).update(**values)


# --- the answer -------------------------------------------------------------------------------------


def test_nobody_is_named_while_an_objection_waits(cast, model):
    made = objected(model, cast["stranger"])
    with pytest.raises(RuleBroken, match="waits for an answer"):
        campaigns.name_model(model.pk, by=cast["reviewer"], now=AFTER)

    answered(made, cast["reviewer"])

    named = campaigns.name_model(model.pk, by=cast["reviewer"], now=AFTER)
    assert named.state == "named"


def test_an_upheld_objection_rejects_the_candidate_and_ends_the_other_objections(cast, model):
    made, other = objected(model, cast["stranger"]), objected(model, user())

    answered(made, cast["reviewer"], upheld=True, answer="情况属实")

    rejected = Nomination.objects.get(pk=model.pk)
    assert (rejected.state, rejected.reason) == ("rejected", "情况属实")
    assert sorted(Objection.objects.values_list("pk", "state")) == sorted(
        [(made.pk, "upheld"), (other.pk, "settled")]
    )
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"objection.uphold", "objection.settle", "nomination.reject"} <= verbs


def test_a_candidate_who_is_not_taken_up_for_another_reason_ends_the_objections_too(cast, model):
    made = objected(model, cast["stranger"])

    campaigns.reject_nomination(model.pk, reason="本人放弃", by=cast["reviewer"], now=NOW)

    made.refresh_from_db()
    assert (made.state, made.answer) == ("settled", "本人放弃")
    assert told(cast["stranger"]) == ["您提出异议的人选未予采纳"]


def test_an_objection_is_answered_once_and_in_words(cast, model):
    made = objected(model, cast["stranger"])
    with pytest.raises(RuleBroken, match="state the reason"):
        answered(made, cast["reviewer"], answer=" ")
    answered(made, cast["reviewer"])

    with pytest.raises(RuleBroken, match="not upheld"):
        answered(made, cast["reviewer"], upheld=True)


@pytest.mark.parametrize("who", ["owner", "officer", "colleague", "stranger"])
def test_only_who_may_review_the_nomination_answers(cast, model, who):
    made = objected(model, cast["stranger"])

    with pytest.raises(NotAllowed):
        answered(made, cast[who], upheld=True)
    assert Nomination.objects.get().state == "notice"


def test_an_officer_does_not_answer_the_own_objection(cast, model):
    made = objected(model, cast["reviewer"])

    with pytest.raises(NotAllowed, match="who objected"):
        answered(made, cast["reviewer"])


# --- who hears of it --------------------------------------------------------------------------------


def test_officers_who_may_answer_hear_of_it_and_nobody_else(cast, model):
    objected(model, cast["stranger"])

    assert told(cast["reviewer"]) == ["公示收到异议"]
    assert not any(told(cast[who]) for who in ("owner", "officer", "colleague", "stranger"))


def test_where_no_officer_of_the_place_may_answer_the_city_hears(cast, model):
    city = officer("city_officer", "50.")
    objected(model, cast["reviewer"])

    assert told(city) == ["公示收到异议"]
    assert told(cast["reviewer"]) == []


@pytest.mark.parametrize(
    ("upheld", "objector", "candidate"),
    [
        (True, "您提出的异议成立", "公示异议成立"),
        (False, "您提出的异议不成立", "公示异议不成立"),
    ],
)
def test_who_objected_hears_the_answer_and_the_candidate_the_outcome_alone(
    cast, model, upheld, objector, candidate
):
    answered(objected(model, cast["stranger"]), cast["reviewer"], upheld=upheld, answer="郑某反映")

    assert told(cast["stranger"]) == [objector]
    owner = cast["owner"]
    (letter,) = letters(owner, list(of_person(owner)))
    assert letter.title == candidate
    assert not any(word in letter.text for word in ("郑", REASON["reason"]))


def test_of_a_team_its_leaders_hear_the_outcome(cast):
    leader = volunteer("赵示例")
    model = on_notice(cast, team=team(leader=leader))

    answered(objected(model, cast["stranger"]), cast["reviewer"])

    assert told(leader) == ["公示异议不成立"]


# --- what is held of people -------------------------------------------------------------------------


def test_who_objected_takes_the_objection_along_and_the_candidate_does_not(cast, model):
    objected(model, cast["stranger"])
    told_of = accounts.part(held.TABLES)

    (own,) = told_of(cast["stranger"], NOW)["objection"]

    assert own["reason"] == REASON["reason"]
    assert told_of(cast["owner"], NOW)["objection"] == []


# --- the pages and the API --------------------------------------------------------------------------

TRUTH = {
    ("GET", "notice-board"): (200, 200, 200, 200, 200, 200),
    ("GET", "objection"): (200, 200, 200, 200, 200, 302),
    ("POST", "objection"): (302, 302, 302, 302, 302, 302),
    ("GET", "nomination"): (404, 200, 200, 404, 404, 302),
    ("POST", "objection-answer"): (404, 403, 302, 404, 404, 302),
    ("POST", "api:object_to_nomination"): (201, 201, 201, 201, 201, 401),
    ("GET", "api:objections"): (404, 403, 200, 404, 404, 401),
    ("POST", "api:answer_objection"): (404, 403, 200, 404, 404, 401),
}
SENT = {
    "objection": REASON,
    "objection-answer": {"verdict": "overrule", "answer": "已核实"},
    "api:object_to_nomination": REASON,
    "api:answer_objection": {"upheld": False, "answer": "已核实"},
}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "name"), TRUTH)
def test_each_door_opens_to_whom_it_concerns(cast, model, method, name, who):
    made = objected(model, user("钱示例"))
    parts = {"objection-answer": [made.pk], "api:answer_objection": [made.pk], "notice-board": []}
    address = reverse(name, args=parts.get(name, [model.pk]))
    client, sent = browser(cast[who]), SENT.get(name, {})
    as_json = {"data": json.dumps(sent), "content_type": "application/json"}

    if method == "GET":
        answer = client.get(address)
    else:
        answer = client.post(address, **(as_json if name.startswith("api:") else {"data": sent}))

    assert answer.status_code == TRUTH[method, name][WHO.index(who)]


def test_a_nomination_that_is_not_on_notice_is_not_known_to_the_public(cast):
    made = campaigns.nominate(
        place=division("50.103."), year=2026, deeds="示例", team=team(), by=cast["officer"], now=NOW
    )

    assert browser(cast["stranger"]).get(reverse("objection", args=[made.pk])).status_code == 404


def test_who_objects_finds_the_button_the_day_and_later_the_answer(cast, model):
    client, page = browser(cast["stranger"]), reverse("objection", args=[model.pk])
    assert page in client.get(reverse("notice-board")).content.decode()

    client.post(page, REASON)
    assert "not yet" in client.get(page).content.decode()
    assert client.post(page, REASON).status_code == 409
    answered(Objection.objects.get(), cast["reviewer"], upheld=True, answer="情况属实")

    said = client.get(page).content.decode()
    assert REASON["reason"] in said
    assert "情况属实" in said


def test_only_who_reviews_reads_who_objected(cast, model):
    objected(model, cast["stranger"])
    page = reverse("nomination", args=[model.pk])

    assert "郑示例" in browser(cast["reviewer"]).get(page).content.decode()
    assert "郑示例" not in browser(cast["officer"]).get(page).content.decode()


def test_a_candidate_who_is_an_officer_of_the_place_does_not_read_who_objected(cast):
    candidate = officer("district_officer", "50.103.")
    register(candidate)
    model = on_notice(cast, person=candidate)
    objected(model, cast["stranger"])

    said = browser(candidate).get(reverse("nomination", args=[model.pk]))
    assert said.status_code == 200
    assert "郑示例" not in said.content.decode()
    assert browser(candidate).get(f"/api/nominations/{model.pk}/objections").status_code == 403


def test_the_api_lists_whoever_is_on_public_notice_to_everybody_signed_in(cast, model):
    for who in ("owner", "colleague", "stranger"):
        (shown,) = caller(cast[who]).get("nominations/notice").json()["items"]
        assert (shown["state"], shown["name"]) == ("notice", cast["owner"].name)
    assert caller(None).get("nominations/notice").status_code == 401
