"""Statements of contributions: counted from the records, signed by somebody else, verified by anybody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kepu.appraisal.actions import contributions as actions
from kepu.appraisal.contribution_paper import statement_pdf
from kepu.appraisal.models import ContributionStatement
from kepu.appraisal.queries import contributions as queries
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.notices.models import Notice
from kepu.people.actions import hours
from kepu.people.models import Service
from kepu.people.queries.certificates import grouped
from kepu.venues import actions as venues
from tests.factories import NOW, division, grant, officer, organisation, sector, user, volunteer
from tests.kepu.appraisal import review_world as reviews
from tests.kepu.appraisal import titles_world as titles
from tests.kepu.people.factories import served
from tests.kepu.venues.factories import HERE, manager, unit, venue

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 4)  # NOW is the fifth
PAPER = "示例科协〔2026〕5号"


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def person():
    who = user("王示例")
    volunteer(who)
    served(who, 90)
    return who


def ask(by, of=None, since=FIRST, until=LAST, purpose="科技奖项申报", place=HERE):
    where = division(place) if place else None
    return actions.ask(
        unit=of, place=where, since=since, until=until, purpose=purpose, by=by, now=NOW
    )


def signed(one, by=None, reference=PAPER):
    seen = ContributionStatement.objects.get(pk=one.pk).version
    by = by or officer("district_officer", HERE)
    return actions.sign(one.pk, seen=seen, reference=reference, by=by, now=NOW)


def told(one) -> dict[str, object]:
    return {figure["key"]: figure["value"] for figure in one.told}


def correction(who, minutes):
    """A correction of the ledger, by an officer of the place."""
    entry = Service.objects.get(person=who).entries.get(corrects=None)
    by = officer("district_officer", HERE)
    hours.correct(entry.pk, minutes=minutes, reason="重复计时示例", by=by, now=NOW)


# --- what is counted ------------------------------------------------------------------------------


def test_a_person_s_services_of_the_period_are_counted_and_no_others(person):
    served(person, 45, days_ago=90)  # last year
    served(user("别人示例"), 600)

    one = ask(person)

    assert told(one) == {"hours": 1.5, "services": 1, "orders": 1}
    assert one.figures == []
    assert b"hours" not in bytes(one.sealed_figures)


@pytest.mark.parametrize(("days_ago", "counts"), [(1, True), (2, False)])
def test_both_days_of_the_period_belong_to_it(days_ago, counts):
    who = user("边界示例")
    served(who, 60, days_ago=days_ago)
    served(who, 30, days_ago=3, source="people.shift")
    day = NOW.date() - timedelta(days=1)

    found = told(ask(who, since=day, until=day)) if counts else None

    assert not counts or found["hours"] == 1.0
    if not counts:
        with pytest.raises(RuleBroken, match="nothing of this period"):
            ask(who, since=day, until=day)


def test_expert_work_counts_by_how_much_was_handed_in_and_tells_no_application():
    expert = reviews.expert("评审示例")
    reviews.done(reviews.checked(reviews.call(), "甲馆示例"), expert)
    until = NOW.date()

    one = ask(expert.person, until=until)

    assert told(one)["reviews"] == 1
    assert "甲馆" not in str(one.told)


def test_a_unit_s_open_days_visits_services_staff_and_titles_are_counted():
    house = venue(**titles.BASE_VENUE)
    by, of = manager(house.organisation), house.organisation
    for day, visits in ((1, 120), (2, 80)):
        venues.count(house.pk, day=date(2026, 3, day), visits=visits, by=by, now=NOW)
    served(user("讲解员示例"), 120, organisation=of)
    _state_staff(of, by)
    named = titles.title(titles.application(venue=house))

    one = ask(by, of, until=NOW.date())

    found = told(one)
    assert {key: found[key] for key in ("days", "visits", "hours", "people", "full", "part")} == {
        "days": 2, "visits": 200, "hours": 2.0, "people": 1, "full": 3, "part": 4,
    }  # fmt: skip
    assert found["title"] == named.number
    assert one.holder_name == of.name


def _state_staff(of, by):
    from kepu.people.actions import staff

    staff.state_staffing(
        of, year=2026, sector=sector(), counts={"full": 3, "part": 4}, by=by, now=NOW
    )


# --- asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"since": LAST, "until": FIRST}, "ends before it begins"),
        ({"until": date(2026, 3, 6)}, "has to be over"),
        ({"since": date(2015, 1, 1)}, "10 years at most"),
        ({"purpose": " "}, "what it is for"),
        ({"place": None}, "where you live or work"),
        ({"until": date(2026, 1, 2)}, "nothing of this period"),
    ],
)
def test_asking_is_refused_with_a_reason(person, said, reason):
    with pytest.raises(RuleBroken, match=reason):
        ask(person, **said)

    assert not ContributionStatement.objects.exists()


def test_one_is_asked_for_at_a_time_and_may_be_withdrawn(person):
    one = ask(person)

    with pytest.raises(RuleBroken, match="asked for already"):
        ask(person)
    with pytest.raises(NotAllowed):
        actions.withdraw(one.pk, by=user(), now=NOW)
    actions.withdraw(one.pk, by=person, now=NOW)

    assert ask(person).state == "asked"


def test_the_database_keeps_one_asking_at_a_time_too(person):
    one = ask(person)
    one.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        one.save()


def test_only_who_speaks_for_a_unit_asks_for_it(person):
    with pytest.raises(NotAllowed, match="applies for this unit"):
        ask(person, unit())


# --- signing --------------------------------------------------------------------------------------


def test_it_is_signed_under_a_number_that_nobody_guesses_and_the_holder_is_told(person):
    by = officer("district_officer", HERE)

    one = signed(ask(person), by)

    assert (one.state, one.signed_by, one.reference) == ("signed", by, PAPER)
    assert len(one.code) == 16
    assert Entry.objects.filter(verb="appraisal.sign_contribution", actor=by.pseudonym).exists()
    assert Notice.objects.filter(person=person, template="appraisal.contribution_signed").exists()


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (lambda _person: officer("city_officer", "50."), True),
        (lambda _person: officer("district_officer", "50.104."), False),
        (lambda _person: officer("appraisal_secretary", HERE), False),
        (lambda person: grant(person, "district_officer", HERE).person, False),
        (lambda _person: user(), False),
    ],
    ids=["city", "another district", "secretary", "oneself in office", "stranger"],
)
def test_who_signs(person, who, may):
    division("50."), division("50.104.")
    one = ask(person)

    if may:
        assert signed(one, who(person)).state == "signed"
    else:
        with pytest.raises(NotAllowed):
            signed(one, who(person))


def test_nobody_signs_for_a_unit_of_his_own():
    house = venue()
    by = manager(house.organisation)
    venues.count(house.pk, day=date(2026, 3, 1), visits=9, by=by, now=NOW)
    one = ask(by, house.organisation)
    other = officer("district_officer", HERE)
    grant(other, "venue_manager", house.organisation)

    with pytest.raises(NotAllowed, match="unit of his own"):
        signed(one, other)


def test_what_changed_since_it_was_counted_is_counted_anew_before_it_is_signed(person):
    one = ask(person)
    correction(person, -30)

    with pytest.raises(RuleBroken, match="count it anew"):
        signed(one)
    actions.recount(one.pk, by=officer("district_officer", HERE), now=NOW)

    assert told(signed(one))["hours"] == 1.0


@pytest.mark.parametrize(
    ("said", "reason"), [({"seen": 99}, "in the meantime"), ({"reference": " "}, "number of the")]
)
def test_signing_is_refused_with_a_reason(person, said, reason):
    one = ask(person)
    whole = {"seen": one.version, "reference": PAPER} | said

    with pytest.raises(RuleBroken, match=reason):
        actions.sign(one.pk, by=officer("district_officer", HERE), now=NOW, **whole)


def test_it_is_refused_with_a_reason_that_the_holder_reads(person):
    by = officer("district_officer", HERE)
    one = ask(person)

    with pytest.raises(RuleBroken, match="give a reason"):
        actions.refuse(one.pk, reason=" ", by=by, now=NOW)
    after = actions.refuse(one.pk, reason="期间有误示例", by=by, now=NOW)

    assert (after.state, after.reason, after.code) == ("refused", "期间有误示例", None)


# --- afterwards -----------------------------------------------------------------------------------


def test_a_correction_signs_a_new_one_and_revokes_the_old(person):
    by = officer("district_officer", HERE)
    old = signed(ask(person), by)
    with pytest.raises(RuleBroken, match="still say the same"):
        actions.correct(old.pk, reference=PAPER, reason="更正", by=by, now=NOW)
    correction(person, -30)

    new = actions.correct(old.pk, reference="示例6号", reason="重复计时示例", by=by, now=NOW)

    old.refresh_from_db()
    assert (old.state, old.reason, new.state, new.replaces) == (
        "revoked", "重复计时示例", "signed", old,
    )  # fmt: skip
    assert told(new)["hours"] == 1.0
    assert new.code != old.code


def test_an_erased_person_leaves_no_figures_and_nothing_is_signed(person):
    one = ask(person)
    accounts.erase(person, by=person, now=NOW)
    one = ContributionStatement.objects.get(pk=one.pk)
    by = officer("district_officer", HERE)

    assert one.told == []
    assert list(queries.to_sign(by, NOW)) == []
    with pytest.raises(RuleBroken, match="erased"):
        signed(one, by)


def test_the_paper_is_the_same_each_time_and_in_chinese(person):
    one = queries.by_code(signed(ask(person)).code)

    first = statement_pdf(one, verify_url="https://kepu.example/x/")

    assert first.startswith(b"%PDF")
    assert first == statement_pdf(one, verify_url="https://kepu.example/x/")


# --- pages ----------------------------------------------------------------------------------------


def browser(who=None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if who:
        made.force_login(who)
    return made


def test_anybody_verifies_by_number_and_reads_no_more_than_the_paper_shows(person):
    one = signed(ask(person))
    typed = grouped(one.code).lower()

    page = browser().get(reverse("contribution-verified", args=[typed])).content.decode()

    assert "This statement is valid" in page
    assert "1.5" in page
    assert "王**" in page
    assert "王示例" not in page


def test_who_verifies_hears_of_corrections_and_revocations(person):
    one = signed(ask(person))
    address = reverse("contribution-verified", args=[one.code])
    correction(person, -30)
    changed = browser().get(address).content.decode()
    actions.revoke(one.pk, reason="查实有误示例", by=officer("district_officer", HERE), now=NOW)
    revoked = browser().get(address).content.decode()

    assert "the records were corrected since" in changed
    assert "This statement was revoked" in revoked
    assert "1.5" not in revoked


def test_there_is_no_statement_of_another_number(person):
    address = reverse("contribution-verified", args=["A" * 16])

    assert browser().get(address).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (lambda person: person, 200),
        (lambda _person: officer("district_officer", HERE), 200),
        (lambda _person: officer("district_officer", "50.104."), 404),
        (lambda _person: user(), 404),
    ],
    ids=["holder", "officer", "officer elsewhere", "stranger"],
)
def test_who_sees_a_statement_and_takes_the_paper(person, who, status):
    division("50.104.")
    one = signed(ask(person))
    reader = browser(who(person))

    assert reader.get(reverse("contribution", args=[one.pk])).status_code == status
    assert reader.get(reverse("contribution-pdf", args=[one.pk])).status_code == status


def test_from_asking_to_the_paper_by_pages_alone(person):
    by = officer("district_officer", HERE)
    division(HERE)
    form = {"place": "示例区", "since": "2026-01-01", "until": "2026-03-04", "purpose": "评奖"}
    form["place"] = division(HERE).name

    asked = browser(person).post(reverse("contribution-new"), form)
    one = ContributionStatement.objects.get()
    waiting = browser(by).get(reverse("contributions")).content.decode()
    sign = browser(by).post(
        reverse("contribution-decide", args=[one.pk, "sign"]),
        {"reference": PAPER, "seen": one.version},
    )
    paper = browser(person).get(reverse("contribution-pdf", args=[one.pk]))

    assert asked.status_code == 302, asked.content.decode()
    assert reverse("contribution", args=[one.pk]) in waiting
    assert sign.status_code == 302
    assert paper["Content-Type"] == "application/pdf"


def test_a_unit_of_another_name_stands_on_the_paper_as_it_was(person):
    of = organisation("旧名示例馆")
    by = user()
    grant(by, "venue_manager", of)
    served(user("讲解员示例"), 60, organisation=of)
    one = ask(by, of)
    of.name = "新名示例馆"
    of.save()

    assert queries.full_name(queries.by_code(signed(one).code)) == "旧名示例馆"
