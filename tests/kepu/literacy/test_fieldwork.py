"""Fieldwork: planned from a sample, doors handed out, followed, closed; who sees what."""

from __future__ import annotations

import io
from collections import Counter
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, Outside, RuleBroken
from kepu.literacy import addresses, door_tables, field_shown
from kepu.literacy.actions import addresses as taking
from kepu.literacy.actions import assigning
from kepu.literacy.actions import fieldwork as actions
from kepu.literacy.models import BackCheck, Case, Fieldwork, Sample
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.rules import fieldwork as rules
from tests.factories import NOW, officer, user
from tests.kepu.literacy import field_factories as field

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HERE, THERE = field.DISTRICTS
FIRST = field.COMMUNITIES[0]


def browser(person) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(person)
    return made


# --- planning -------------------------------------------------------------------------------------


def test_everybody_approached_becomes_a_door_with_a_booklet_by_lot():
    of = field.fieldwork("planned")

    cases = list(of.cases.order_by("community", "number"))

    assert (of.state, of.path, of.key is not None) == ("planned", "50.", True)
    assert len(cases) == 4 * field.DOORS
    assert [one.number for one in cases[: field.DOORS]] == list(range(1, field.DOORS + 1))
    for community in of.sample.communities.all():
        given = Counter(one.booklet for one in cases if one.community_id == community.pk)
        assert given == {1: 3, 2: 3}


def test_the_same_seed_gives_the_same_booklets_and_another_others():
    sample, booklets = field.sample(), field.booklets()
    found = []
    for seed in (7, 7, 8):
        of = field.fieldwork("dropped", sample=sample, booklets=booklets, seed=seed)
        found.append(list(of.cases.order_by("pk").values_list("booklet", flat=True)))

    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda plan: Sample.objects.update(state="proposed", adopted_by=None, adopted_at=None),
         "sample is not adopted"),
        (lambda plan: setattr(plan.booklets, "state", "proposed"), "booklets are not adopted"),
        (lambda plan: object.__setattr__(plan, "closes_on", plan.opens_on - field.DAY), "before the first"),
        (lambda plan: plan.sample.communities.all().delete(), "no communities"),
        (lambda plan: actions.plan_fieldwork(plan, by=field.surveyor(), now=NOW), "in the field already"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_says_why(spoil, reason):
    plan, by = field.plan(), field.surveyor()
    spoil(plan)
    before = Fieldwork.objects.count()

    with pytest.raises(RuleBroken, match=reason):
        actions.plan_fieldwork(plan, by=by, now=NOW)

    assert Fieldwork.objects.count() == before


def test_only_survey_officers_plan_begin_close_and_drop():
    plan = field.plan()
    for person in (user(), field.supervisor(), field.interviewer()):
        with pytest.raises(NotAllowed):
            actions.plan_fieldwork(plan, by=person, now=NOW)
    of = actions.plan_fieldwork(plan, by=field.surveyor(), now=NOW)
    for act in (actions.begin_fieldwork, actions.close_fieldwork, actions.drop_fieldwork):
        with pytest.raises(NotAllowed):
            act(of.pk, by=field.supervisor(), now=NOW)


def test_a_fieldwork_goes_its_way_and_every_move_is_kept():
    of, by = field.fieldwork("planned"), field.surveyor()

    with pytest.raises(RuleBroken):
        actions.close_fieldwork(of.pk, by=by, now=NOW)
    actions.begin_fieldwork(of.pk, by=by, now=NOW)
    with pytest.raises(RuleBroken):
        actions.drop_fieldwork(of.pk, by=by, now=NOW)
    closed = actions.close_fieldwork(of.pk, by=by, now=NOW)

    assert (closed.state, closed.closed_at) == ("closed", NOW)
    verbs = Entry.objects.filter(object_type="literacy.fieldwork").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "fieldwork.plan", "fieldwork.begin", "fieldwork.close",
    ]  # fmt: skip


def test_what_is_over_by_the_calendar_is_not_begun():
    of, by = field.fieldwork("planned"), field.surveyor()

    with pytest.raises(RuleBroken, match="last day is over"):
        actions.begin_fieldwork(of.pk, by=by, now=NOW + timedelta(days=30))


# --- addresses ------------------------------------------------------------------------------------


def table(*rows: str) -> io.BytesIO:
    heads = ",".join(str(one.header) for one in door_tables.COLUMNS)
    return io.BytesIO("\n".join([heads, *rows]).encode())


def read(of, *rows):
    places = list(of.sample.communities.select_related("division"))
    return door_tables.read(table(*rows), "doors.csv", of, places)


def test_an_address_is_sealed_and_opens_only_as_that_of_its_door():
    of, by = field.fieldwork(), field.surveyor()
    found, faults = read(of, f"{FIRST},示例社区,1,示例路 1 号", f"{FIRST},,2,示例路 2 号")

    taking.take_addresses(of.pk, found=found, by=by, now=NOW)

    one, other = of.cases.filter(community__division__path=FIRST).order_by("number")[:2]
    assert not faults
    assert addresses.address_of(one) == "示例路 1 号"
    assert "示例路".encode() not in bytes(one.address)
    one.address = other.address
    with pytest.raises(InvalidTag):
        addresses.address_of(one)


def test_every_wrong_row_is_named_and_nothing_is_written():
    of = field.fieldwork()

    found, faults = read(
        of, f"{FIRST},,1,路 1", f"{FIRST},,1,路 1 again", "50.999.,,1,x", f"{FIRST},,99,x", f"{FIRST},,2,",
    )  # fmt: skip

    assert {(one.row, one.column) for one in faults} == {
        (3, ""), (4, "Community code"), (5, "Number of the door"),
    }  # fmt: skip
    assert len(found) == 1  # the last row is not filled in yet
    assert not Case.objects.filter(address__isnull=False).exists()


def test_closing_destroys_the_addresses_and_their_key():
    of, by = field.fieldwork(), field.surveyor()
    taking.take_addresses(of.pk, found={of.cases.first().pk: "示例路"}, by=by, now=NOW)

    actions.close_fieldwork(of.pk, by=by, now=NOW)

    of.refresh_from_db()
    assert of.key is None
    assert not of.cases.filter(address__isnull=False).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Fieldwork.objects.filter(pk=of.pk).update(key=b"again")
    with pytest.raises(RuleBroken, match="over"):
        taking.take_addresses(of.pk, found={of.cases.first().pk: "示例路"}, by=by, now=NOW)


def test_it_is_not_closed_over_what_devices_sent_and_nobody_looked_at():
    of, by = field.fieldwork(), field.surveyor()
    field.event(of.cases.first(), "interview", by, taking="refused", reason="示例")

    with pytest.raises(RuleBroken, match="1 record from a device"):
        actions.close_fieldwork(of.pk, by=by, now=NOW)


def test_addresses_come_in_by_the_page_after_a_dry_run():
    of, by = field.fieldwork(), field.supervisor(HERE)
    page, address = browser(by), reverse("survey-fieldwork-addresses", args=[of.pk])

    def send(do: str, *rows: str):
        file = table(*rows)
        file.name = "doors.csv"
        return page.post(address, {"table": file, "do": do})

    tried = send("try", f"{FIRST},,1,示例路 1 号")
    wrong = send("import", f"{FIRST},,1,示例路 1 号", f"{field.COMMUNITIES[2]},,1,江北区某路")
    assert "1 rows" in tried.content.decode()
    assert not Case.objects.filter(address__isnull=False).exists()
    assert wrong.status_code == 422  # the other district is not theirs
    done = send("import", f"{FIRST},,1,示例路 1 号")

    assert done.status_code == 302
    assert Case.objects.filter(address__isnull=False).count() == 1
    empty = page.get(reverse("survey-fieldwork-doors-file", args=[of.pk])).content.decode()
    assert empty.count("\n") == 1 + 2 * field.DOORS
    assert "示例路" not in empty


def test_a_table_grows_and_one_without_any_address_is_refused_in_words(monkeypatch):
    of, by = field.fieldwork(), field.surveyor()
    page, address = browser(by), reverse("survey-fieldwork-addresses", args=[of.pk])
    blank = table(f"{FIRST},,1,", f"{FIRST},,2,")
    blank.name = "doors.csv"

    refused = page.post(address, {"table": blank, "do": "try"})

    assert refused.status_code == 422
    assert "no row has an address yet" in refused.content.decode()
    assert "District by district" not in page.get(address).content.decode()
    monkeypatch.setattr("kepu.literacy.views.doors.MOST_ROWS", 3)
    file = reverse("survey-fieldwork-doors-file", args=[of.pk])
    assert f"{file}?district={HERE}" in page.get(address).content.decode()
    part = page.get(file, {"district": HERE}).content.decode()
    assert part.count("\n") == 1 + 2 * field.DOORS
    assert THERE not in part


def test_before_it_begins_the_page_says_how_many_doors_are_nobodys():
    of, by = field.fieldwork("planned"), field.surveyor()
    page, address = browser(by), reverse("survey-fieldwork", args=[of.pk])

    assert f"{4 * field.DOORS} doors are nobody" in page.get(address).content.decode()
    for path in field.COMMUNITIES:
        field.give(of, path, field.interviewer(path[:7]))
    assert "doors are nobody" not in page.get(address).content.decode()


# --- handing out ----------------------------------------------------------------------------------


def test_doors_are_handed_out_taken_back_and_handed_over():
    of, by = field.fieldwork(), field.supervisor(HERE)
    one, other = field.interviewer(), field.interviewer(name="访问乙")
    place = of.sample.communities.get(division__path=FIRST).pk

    def move(to, **traits):
        said = {"communities": [place], "interviewer": to, "by": by, "now": NOW}
        return assigning.hand_out(of.pk, **said | traits)

    assert move(one) == field.DOORS
    first, second = of.cases.filter(interviewer=one).order_by("number")[:2]
    field.attempt(first, "1.1")
    field.attempt(second, "2.111")
    assert move(other, doors=[second.pk]) == 1  # who refused may be asked by somebody else
    assert move(None) == field.DOORS - 1  # what is finished stays
    first.refresh_from_db()
    assert (first.interviewer, of.cases.exclude(interviewer=None).count()) == (one, 1)


def test_nobody_is_given_doors_whose_role_does_not_cover_them():
    of, by = field.fieldwork(), field.surveyor()
    place = of.sample.communities.get(division__path=FIRST).pk

    for stranger in (field.interviewer(THERE), user("路人示例")):
        with pytest.raises(RuleBroken, match="no interviewer there"):
            assigning.hand_out(of.pk, communities=[place], interviewer=stranger, by=by, now=NOW)


def test_a_supervisor_hands_out_within_the_own_district_only():
    of, by = field.fieldwork(), field.supervisor(HERE)
    away = of.sample.communities.get(division__path=field.COMMUNITIES[2]).pk

    with pytest.raises(Outside):
        assigning.hand_out(
            of.pk, communities=[away], interviewer=field.interviewer(THERE), by=by, now=NOW
        )
    with pytest.raises(NotAllowed):
        assigning.hand_out(
            of.pk, communities=[away], interviewer=None, by=field.interviewer(), now=NOW
        )


def test_the_pages_hand_out_by_community_and_door_by_door():
    of, by, to = field.fieldwork(), field.supervisor(HERE), field.interviewer()
    page = browser(by)
    place = of.sample.communities.get(division__path=FIRST).pk

    unsaid = page.post(
        reverse("survey-fieldwork-doors", args=[of.pk]), {"chosen": [place], "interviewer": ""}
    )
    assert unsaid.status_code == 422  # nothing is taken back by oversight
    sent = page.post(
        reverse("survey-fieldwork-doors", args=[of.pk]), {"chosen": [place], "interviewer": to.pk}
    )
    door = of.cases.filter(interviewer=to).first()
    address = reverse("survey-fieldwork-community", args=[of.pk, place])
    back = page.post(address, {"chosen": [door.pk], "interviewer": 0})

    assert (sent.status_code, back.status_code) == (302, 302)
    assert of.cases.filter(interviewer=to).count() == field.DOORS - 1
    shown = page.get(address).content.decode()
    assert "nobody" in shown
    assert to.name in shown


# --- who sees what --------------------------------------------------------------------------------


PAGES = [
    f"survey-fieldwork{end}"
    for end in ("", "-doors", "-checks", "-back-checks", "-addresses", "-doors-file")
]


@pytest.mark.parametrize("name", PAGES)
def test_fieldwork_elsewhere_does_not_exist(name):
    of = field.fieldwork()
    address = reverse(name, args=[of.pk])

    seen = [
        browser(person).get(address).status_code
        for person in (
            field.surveyor(), field.supervisor(HERE), field.supervisor("50.107."),
            field.interviewer(), officer("survey_officer", "51."), user(),
        )
    ]  # fmt: skip

    # A district that the sample left out has a part of it, with nothing in it.
    assert seen == [200, 200, 200, 404, 404, 404]


def test_a_supervisor_sees_doors_of_the_own_district_only():
    of = field.fieldwork()
    field.give(of, field.COMMUNITIES[2], field.interviewer(THERE, "江北访问"))
    page = browser(field.supervisor(HERE))

    shown = page.get(reverse("survey-fieldwork", args=[of.pk])).content.decode()
    away = of.sample.communities.get(division__path=field.COMMUNITIES[2]).pk

    assert "Yuzhong District" in shown
    assert "江北访问" not in shown
    assert f"of {2 * field.DOORS}" in shown
    address = reverse("survey-fieldwork-community", args=[of.pk, away])
    assert page.get(address).status_code == 404


def test_a_supervisor_neither_closes_nor_exports():
    of, page = field.fieldwork(), browser(field.supervisor(HERE))

    assert page.post(reverse("survey-fieldwork-act", args=[of.pk, "close"])).status_code == 404
    assert page.post(reverse("survey-fieldwork-data", args=[of.pk])).status_code == 404


# --- how it goes ----------------------------------------------------------------------------------


def test_the_page_tells_rates_by_district_and_interviewer_and_what_needs_a_hand():
    of, one = field.fieldwork(), field.interviewer()
    doors = field.give(of, FIRST, one)
    for door, code in zip(doors, ("1.1", "1.1", "2.111", "2.24", "4.6"), strict=False):
        field.attempt(door, code)
    field.event(doors[5], "interview", one, taking="refused", reason="示例")

    told = field_shown.Progress.read(of, queries.reach_of(of.made_by, NOW))
    counts = told.whole.counts
    hands = field_shown.hands(told, NOW)
    rows = field_shown.by_district(told)

    assert (counts.complete, counts.refused, counts.not_reached, counts.ineligible) == (2, 1, 1, 1)
    assert counts.unknown == 4 * field.DOORS - 5
    assert told.whole.rates.e == pytest.approx(4 / 5)
    assert told.whole.rates.response[2] == pytest.approx(2 / (4 + 0.8 * 19))
    assert {one.path: (one.part.interviews, one.planned, one.free) for one in rows} == {
        HERE: (2, 8, 6), THERE: (0, 8, 12),
    }  # fmt: skip
    said = " ".join(one.words for one in hands)
    assert "3 communities have doors that nobody was given" in said
    assert "1 record from a device needs a person" in said
    assert f"{one.name}: 1 door without an attempt for 7 days" in said


def test_before_it_is_closed_the_page_says_what_is_left_undone():
    of, one = field.fieldwork(), field.interviewer()
    doors = field.give(of, FIRST, one)
    field.attempt(doors[0], "2.24", again_at=NOW + 2 * field.DAY)
    field.attempt(doors[1], "2.24", again_at=NOW - field.DAY)  # that day is over
    field.attempt(doors[2], "1.1")
    BackCheck.objects.create(case=doors[2], drawn_at=NOW)
    page, address = browser(of.made_by), reverse("survey-fieldwork-act", args=[of.pk, "close"])

    left = rules.left_at_close(of, NOW)
    shown = page.get(address).content.decode()

    assert left == [
        "Its last day is in 20 days.",
        f"{4 * field.DOORS - 3} doors were never knocked at: they count as not reached.",
        "At 1 door somebody promised to come again.",
        "Of 1 back-check nothing is told yet.",
    ]
    assert left[1] in shown
    field.event(doors[5], "interview", one, taking="refused", reason="示例")
    assert "1 record from a device needs a person: until" in page.get(address).content.decode()


def test_the_live_part_comes_alone_and_ends_with_the_fieldwork():
    of, by = field.fieldwork(), field.surveyor()
    page, address = browser(by), reverse("survey-fieldwork", args=[of.pk])
    part = page.get(address, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div id="fieldwork-live"')

    page.post(reverse("survey-fieldwork-act", args=[of.pk, "close"]))

    assert page.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "addresses are gone" in page.get(address).content.decode()


def test_a_fieldwork_is_planned_by_its_page():
    by, plan = field.surveyor(), field.plan()
    page = browser(by)
    typed = {
        "title": "示例现场调查", "sample": plan.sample.pk, "booklets": plan.booklets.pk,
        "opens_on": "2026-03-01", "closes_on": "2026-04-01", "seed": 3,
    }  # fmt: skip

    wrong = page.post(reverse("survey-fieldwork-new"), typed | {"closes_on": "2026-02-01"})
    right = page.post(reverse("survey-fieldwork-new"), typed)

    of = Fieldwork.objects.get()
    assert wrong.status_code == 422
    assert right["Location"] == reverse("survey-fieldwork", args=[of.pk])
    assert (of.seed, of.cases.count()) == (3, 4 * field.DOORS)
