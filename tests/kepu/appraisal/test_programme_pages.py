"""A programme written in a browser without script: begun from a copy, changed, tried, issued."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal import policy
from kepu.appraisal.actions import programmes as actions
from kepu.appraisal.models import ProgrammeDraft
from kepu.appraisal.programme.drafting import SECTIONS
from kepu.appraisal.programme.schema import Programme
from kepu.kernel import clock
from tests.factories import NOW, division, officer, user
from tests.kepu.appraisal.filled import filled

pytestmark = pytest.mark.django_db
CITY = "50."


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(CITY)


def browser(person=None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if person is not None:
        made.force_login(person)
    return made


def begun(copied_from: str = "base", **said) -> ProgrammeDraft:
    by = officer("city_officer", CITY)
    return actions.begin(copied_from, by=by, now=NOW, **said)


def again(draft: ProgrammeDraft) -> ProgrammeDraft:
    return ProgrammeDraft.objects.get(pk=draft.pk)


@pytest.mark.slow
@pytest.mark.parametrize("code", ["science_title", "grant"])
def test_every_page_of_a_copy_opens_and_what_is_kept_unchanged_says_the_same(code):
    draft, office = begun(code), browser(officer("city_officer", CITY))
    places = [
        reverse("programme-section", args=[draft.pk, key])
        for key, section in SECTIONS.items()
        if not section.many
    ] + [
        reverse("programme-row", args=[draft.pk, key, at])
        for key, section in SECTIONS.items()
        for at in range(len(draft.rules.get(key, [])) if section.many else 0)
    ]

    for place in places:
        page = office.get(place).content.decode()
        answer = office.post(place, filled(page))
        assert answer.status_code == 302, (place, answer.content.decode())

    assert said(Programme.model_validate(again(draft).rules)) == said(policy.newest(code).programme)


def said(programme: Programme) -> dict[str, object]:
    """What it says; kinds of file and fields of experts have no order."""
    found = programme.model_dump(mode="json")
    found["reviewing"]["fields"].sort()
    for one in found["evidence"]:
        one["kinds"].sort()
    return found


def test_everybody_reads_a_programme_class_by_class_and_its_writers_go_on_from_there():
    page = reverse("programme", args=["base"])
    guest, office = browser(), browser(officer("city_officer", CITY))

    scenic = guest.get(page, {"klass": "scenic"}).content.decode()

    assert "Grade of the scenic area (A)" in scenic
    assert "Reach of kepu content" not in scenic
    assert "Write the next version" not in scenic
    assert "kind=next&amp;copied_from=base" in office.get(page).content.decode()
    assert 'value="base" selected' in office.get(
        reverse("programme-new"), {"kind": "next", "copied_from": "base"}
    ).content.decode().replace("&#x27;", "'")
    assert guest.get(reverse("programme", args=["nothing"])).status_code == 404


# --- the whole way ---------------------------------------------------------------------------------

TOMORROW = clock.day(NOW) + timedelta(days=1)


def keep(office: Client, place: str, **typed: object):
    """Type into the form of a page and keep it."""
    page = office.get(place).content.decode()
    return office.post(place, filled(page) | typed)


def test_an_officer_writes_a_seventh_programme_from_a_copy_and_issues_it():
    office = browser(officer("city_officer", CITY))
    begin = {
        "copied_from": "grant",
        "kind": "new",
        "title": "青年科普创意资助",
        "code": "youth_grant",
    }

    office.post(reverse("programme-new"), begin)
    draft = ProgrammeDraft.objects.get()
    page = reverse("programme-draft", args=[draft.pk])
    keep(office, reverse("programme-row-new", args=[draft.pk, "form"]),
         title="团队平均年龄", kind="number", most="60", required="on")  # fmt: skip
    question = again(draft).rules["form"][-1]["key"]
    keep(office, reverse("programme-row-new", args=[draft.pk, "eligibility"]),
         text="团队平均年龄不超过35岁", what1=question, how1="at_most", value1="35")  # fmt: skip
    rubric = reverse("programme-row", args=[draft.pk, "rubric", 3])
    keep(office, rubric, bands="300 = 15\n1000 = 16")
    wrong = keep(office, rubric, bands="很多")
    keep(office, rubric, bands="1000 = 15\n300 = 10.5")
    looked = office.get(reverse("programme-preview", args=[draft.pk])).content.decode()
    tried = office.get(reverse("programme-try", args=[draft.pk])).content.decode()
    office.post(
        reverse("programme-issue", args=[draft.pk]),
        {"version": again(draft).version, "effective_from": TOMORROW},
    )

    assert "“很多” is no band" in wrong.content.decode()
    assert "团队平均年龄" in looked
    assert "团队平均年龄不超过35岁" in looked
    assert "示例协会" in tried
    assert "团队平均年龄不超过35岁" in tried
    issued = policy.in_force("youth_grant", NOW + timedelta(days=1))
    assert (issued.version, issued.programme.title) == (1, "青年科普创意资助")
    assert issued.programme.eligibility[-1].needs.at_most == 35
    assert [band.points for band in issued.programme.rubric[3].bands] == [15, 10.5]
    assert "youth_grant" in policy.codes()
    assert again(draft).issued == 1
    assert "issued as version 1" in office.get(page).content.decode()


def test_what_another_row_stands_on_is_not_removed_and_rows_move():
    draft, office = begun(), browser(officer("city_officer", CITY))
    keys = [one["key"] for one in draft.rules["form"]]
    place = lambda at, verb: reverse("programme-row-change", args=[draft.pk, "form", at, verb])  # noqa: E731

    refused = office.post(place(keys.index("open_days"), "remove"), {"version": 1})
    office.post(place(1, "up"), {"version": 1})
    office.post(place(keys.index("summary"), "remove"), {"version": 2})
    stale = office.post(place(1, "up"), {"version": 1})

    assert refused.status_code == 409
    assert (
        "“每年开放天数” is used by: 开放天数, 每年向公众开放不少于250天" in refused.content.decode()
    )
    assert [one["key"] for one in again(draft).rules["form"]][:2] == [keys[1], keys[0]]
    assert "summary" not in [one["key"] for one in again(draft).rules["form"]]
    assert "in the meantime" in stale.content.decode()


def test_what_is_wrong_stands_beside_its_row_and_keeps_the_draft_from_being_issued():
    draft, office = begun(), browser(officer("city_officer", CITY))
    draft.rules["form"][0]["title"] = ""
    draft.rules["rubric"] = []
    draft.save()

    page = office.get(reverse("programme-draft", args=[draft.pk])).content.decode()
    rows = office.get(reverse("programme-section", args=[draft.pk, "form"])).content.decode()
    answer = office.post(
        reverse("programme-issue", args=[draft.pk]), {"version": 1, "effective_from": TOMORROW}
    )

    assert "say at least one criterion that gives points" in page
    assert reverse("programme-row", args=[draft.pk, "form", 0]) in page
    assert "Name: this is needed" in rows
    assert "without a name" in rows
    assert answer.status_code == 409
    assert "pydantic" not in page + rows
    for look in ("programme-preview", "programme-try"):
        assert "First put this right" in office.get(reverse(look, args=[draft.pk])).content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"what1": "open_days", "how1": "yes", "value1": ""}, "choose: is at least"),
        ({"what1": "open_days", "how1": "at_least", "value1": "many"}, "a number is needed"),
        ({"what1": "", "how1": "", "value1": ""}, "choose what is looked at"),
    ],
)
def test_a_condition_that_cannot_be_is_said_beside_its_line(typed, words):
    draft, office = begun(), browser(officer("city_officer", CITY))

    answer = keep(office, reverse("programme-row", args=[draft.pk, "eligibility", 3]), **typed)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_conditions_are_joined_and_a_title_held_is_one():
    draft, office = begun(), browser(officer("city_officer", CITY))

    keep(office, reverse("programme-row", args=[draft.pk, "eligibility", 3]), join="any",
         what1="open_days", how1="at_least", value1="250", what2="title:museum", how2="held")  # fmt: skip

    assert again(draft).rules["eligibility"][3]["needs"] == {
        "any": [{"answer": "open_days", "at_least": 250.0}, {"holds": "museum"}]
    }


def test_a_condition_with_parts_within_parts_stays_until_it_is_chosen_anew():
    draft, office = begun("science_title"), browser(officer("city_officer", CITY))
    place = reverse("programme-row", args=[draft.pk, "eligibility", 0])
    before = draft.rules["eligibility"][0]["needs"]

    page = office.get(place).content.decode()
    keep(office, place, text="新的说法")

    assert "parts within parts" in page
    assert again(draft).rules["eligibility"][0] == {
        "text": "新的说法",
        "classes": [],
        "needs": before,
    }


def test_an_optional_section_is_left_out_and_taken_in_again():
    draft, office = begun(), browser(officer("city_officer", CITY))
    place = reverse("programme-section", args=[draft.pk, "panel"])

    office.post(place, {"version": 1})
    without = again(draft).rules["panel"]
    office.post(place, {"version": 2, "used": "on", "quorum": "0.6666", "majority": "0.5"})

    assert without is None
    assert again(draft).rules["panel"]["quorum"] == 0.6666


def test_the_next_version_is_compared_with_what_is_in_force():
    draft, office = begun(), browser(officer("city_officer", CITY))
    keep(office, reverse("programme-row", args=[draft.pk, "levels", 0]), cut="85")

    tried = office.get(reverse("programme-try", args=[draft.pk])).content.decode()

    assert "5 dossiers" in tried
    assert "shut out 2, reach a level 1," in tried
    assert "as it ships: 1" in tried


def test_only_city_officers_and_secretaries_of_the_city_write_and_only_officers_issue():
    draft = begun()
    secretary = browser(officer("appraisal_secretary", CITY))
    elsewhere = browser(officer("appraisal_secretary", "50.103."))
    places = [reverse("programme-draft", args=[draft.pk]), reverse("programme-new"),
              reverse("programme-section", args=[draft.pk, "form"])]  # fmt: skip

    for place in places:
        assert secretary.get(place).status_code == 200
        assert elsewhere.get(place).status_code == 403
        assert browser(user()).get(place).status_code == 403
        assert browser().get(place).status_code == 302
    assert secretary.get(reverse("programme-issue", args=[draft.pk])).status_code == 403
    assert "base" not in browser().get(reverse("programmes")).content.decode().split("<main")[0]


def test_a_short_name_that_is_taken_or_cannot_stand_in_an_address_is_refused():
    office = browser(officer("city_officer", CITY))
    begin = {"copied_from": "grant", "kind": "new", "title": "新"}

    taken = office.post(reverse("programme-new"), begin | {"code": "base"})
    wrong = office.post(reverse("programme-new"), begin | {"code": "Jugend!"})
    without = office.post(reverse("programme-new"), begin)
    office.post(reverse("programme-new"), {"copied_from": "grant", "kind": "next"})
    twice = office.post(reverse("programme-new"), {"copied_from": "grant", "kind": "next"})

    assert "short name already" in taken.content.decode()
    assert "small letters" in wrong.content.decode()
    assert "a new programme needs it" in without.content.decode()
    assert "a draft of this programme already" in twice.content.decode()


def test_a_draft_is_thrown_away_and_what_was_issued_is_not_changed_any_more():
    draft, office = begun(), browser(officer("city_officer", CITY))
    other = begun("grant")
    actions.issue(
        other.pk, effective_from=TOMORROW, seen=1, by=officer("city_officer", CITY), now=NOW
    )

    office.post(reverse("programme-discard", args=[draft.pk]), {"version": 1})
    late = keep(office, reverse("programme-section", args=[other.pk, "notice"]), workdays="7")

    assert not ProgrammeDraft.objects.filter(pk=draft.pk).exists()
    assert "was issued" in late.content.decode()
    assert again(other).rules["notice"]["workdays"] == 5
