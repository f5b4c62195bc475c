"""Fees: worked out, signed by a second officer, taxed by the month, paid once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from kepu.appraisal.actions import fees
from kepu.appraisal.actions.meetings import close
from kepu.appraisal.models import FeeLine, FeeList, FeeShare, MeetingMember
from kepu.appraisal.queries import attendance
from kepu.appraisal.queries import fees as queries
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.people.actions import experts_records
from tests.factories import NOW, grant, officer
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import inspection_world as inspections
from tests.kepu.appraisal import meeting_world as meetings
from tests.kepu.appraisal import review_world as world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MONTH, NEXT = date(2026, 3, 1), date(2026, 4, 1)
NUMBER = "11010519491231002X"


@pytest.fixture
def judges():
    return [world.expert("专家一"), world.expert("专家二")]


@pytest.fixture
def call(judges):
    """Both experts reviewed one application."""
    of = world.call()
    row = world.checked(of, "甲馆示例")
    for who in judges:
        world.done(row, who)
    return of


@pytest.fixture
def secretary():
    return factories.secretary()


@pytest.fixture
def payer():
    return factories.decider()


def build(call, month=MONTH, by=None):
    return fees.build(call.pk, month, by=by or factories.secretary(), now=NOW)


def sign(one, by, now=NOW, **more):
    said = {"seen": seen(one), "reference": "示例财〔2026〕1号", **more}
    return fees.sign(one.pk, by=by, now=now, **said)


def seen(one) -> int:
    return FeeList.objects.get(pk=one.pk).version


def correct(one, who, fen, about="补差示例", by=None):
    return fees.add_line(
        one.pk, expert_id=who.pk, kind="correction", fen=fen, about=about, seen=seen(one),
        by=by or factories.secretary(), now=NOW,
    )  # fmt: skip


def shares(one) -> list[tuple[int, int]]:
    rows = FeeShare.objects.filter(list=one).order_by("expert")
    return list(rows.values_list("gross", "tax"))


def account(who):
    experts_records.keep_fee_account(
        who.pk, holder=who.person.name, id_number=NUMBER, bank="示例银行", account="62220202000123",
        by=who.person, now=NOW,
    )  # fmt: skip


def title(who, level="senior", since=date(2010, 1, 1)):
    experts_records.state_title(
        who.pk, name=f"{level}示例", track="research", level=level, since=since, body="示例",
        by=who.person, now=NOW,
    )  # fmt: skip


# --- a list ---------------------------------------------------------------------------------------


def test_reviews_are_paid_by_the_highest_level_and_once(call, judges, secretary, payer):
    title(judges[0])
    title(judges[0], "middle", date(2020, 1, 1))

    one = build(call)

    assert shares(one) == [(40000, 0), (20000, 0)]
    sign(one, payer)
    with pytest.raises(RuleBroken, match="stands on a list already"):
        build(call)
    (entry,) = Entry.objects.filter(verb="appraisal.build_fees")
    assert entry.detail["gross"] == 60000


def test_a_draft_is_worked_out_anew_with_what_came_since_and_keeps_what_was_added_by_hand(
    call, judges
):
    one = build(call)
    correct(one, judges[0], 12345)
    world.done(world.checked(call, "乙馆示例"), judges[0])

    again = build(call)

    assert (again.pk, again.number) == (one.pk, 1)
    assert shares(one) == [(20000 + 20000 + 12345, 0), (20000, 0)]


def test_the_database_pays_a_review_once(call, judges, secretary):
    one = build(call)
    line = one.lines.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        FeeLine.objects.create(
            list=one, expert=line.expert, kind="review", review=line.review, fen=1,
            added_by=secretary, added_at=NOW,
        )  # fmt: skip


def test_a_draft_that_is_put_away_frees_what_stood_on_it(call, secretary):
    one = build(call)

    fees.drop(one.pk, by=secretary, now=NOW)

    assert queries.unpaid(call).count() == 2
    assert build(call).number == 2


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"kind": "review", "fen": 1}, "by themselves"),
        ({"fen": 0}, "an amount"),
        ({"fen": 10_000_001}, "an amount"),
        ({"about": " "}, "what it is for"),
        ({"fen": -20001}, "more would be taken back"),
    ],
)
def test_what_is_added_by_hand_makes_sense(call, judges, said, reason):
    one = build(call)
    whole = {"kind": "correction", "fen": 100, "about": "示例", "seen": seen(one), **said}

    with pytest.raises(RuleBroken, match=reason):
        fees.add_line(one.pk, expert_id=judges[0].pk, by=factories.secretary(), now=NOW, **whole)
    assert shares(one) == [(20000, 0), (20000, 0)]


def test_half_a_day_is_paid_by_the_rulebook_and_taken_off_again(call, judges, secretary):
    title(judges[1])
    one = build(call)

    line = fees.add_line(
        one.pk,
        expert_id=judges[1].pk,
        kind="half_day",
        fen=1,
        about="现场考察",
        seen=one.version,
        by=secretary,
        now=NOW,
    )
    assert shares(one)[1] == (40000 + 90000, 10000)
    fees.remove_line(line.pk, by=secretary, now=NOW)

    assert shares(one)[1] == (40000, 0)
    with pytest.raises(RuleBroken, match="by hand"):
        fees.remove_line(one.lines.first().pk, by=secretary, now=NOW)


def test_half_days_attended_come_by_themselves_and_once(call, judges, monkeypatch, payer):
    sat = attendance.HalfDay(judges[0].pk, date(2026, 3, 4), "meeting 1 am", "评审会")
    monkeypatch.setattr(attendance, "half_days", lambda _call: [sat])

    one = build(call)
    sign(one, payer)

    assert shares(one)[0] == (20000 + 50000, 0)
    with pytest.raises(RuleBroken, match="stands on a list already"):
        build(call)


def test_only_the_secretary_writes_and_in_time(call, judges, payer):
    with pytest.raises(NotAllowed):
        fees.build(call.pk, MONTH, by=payer, now=NOW)
    for month in (date(2026, 2, 1), date(2026, 7, 1)):
        with pytest.raises(RuleBroken, match="this month"):
            build(call, month)
    one = build(call)
    for act in (
        lambda: correct(one, judges[0], 1, by=payer),
        lambda: fees.remove_line(one.lines.first().pk, by=payer, now=NOW),
        lambda: fees.drop(one.pk, by=payer, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_what_is_sent_twice_from_one_page_is_added_once(call, judges, secretary):
    one = build(call)
    page = {
        "expert_id": judges[0].pk, "kind": "correction", "fen": 100, "about": "补差示例",
        "seen": one.version, "by": secretary, "now": NOW,
    }  # fmt: skip
    fees.add_line(one.pk, **page)

    with pytest.raises(RuleBroken, match="in the meantime"):
        fees.add_line(one.pk, **page)

    assert one.lines.filter(by_hand=True).count() == 1


# --- the second officer ---------------------------------------------------------------------------


def test_nobody_signs_a_list_that_he_wrote_or_is_paid_by(call, judges, secretary):
    grant(secretary, "city_officer", factories.CITY)
    grant(judges[0].person, "city_officer", factories.CITY)
    one = build(call, by=secretary)

    with pytest.raises(NotAllowed, match="you wrote this list"):
        sign(one, secretary)
    with pytest.raises(NotAllowed, match="paid by this list"):
        sign(one, judges[0].person)
    with pytest.raises(NotAllowed, match="pays experts"):
        sign(one, officer("appraisal_secretary", factories.CITY, "另一秘书示例"))
    with pytest.raises(IntegrityError), transaction.atomic():
        FeeList.objects.filter(pk=one.pk).update(state="signed", signed_by=secretary, signed_at=NOW)


@pytest.mark.parametrize(
    ("said", "reason"), [({"seen": 99}, "in the meantime"), ({"reference": " "}, "number of the paper")]
)  # fmt: skip
def test_what_is_signed_is_what_was_looked_at(call, payer, said, reason):
    one = build(call)

    with pytest.raises(RuleBroken, match=reason):
        sign(one, payer, **said)


def test_a_signed_list_does_not_change_and_is_taken_back_with_a_reason(call, judges, payer):
    one = build(call)
    sign(one, payer)

    with pytest.raises(RuleBroken, match="stands on the next one"):
        correct(one, judges[0], 1)
    with pytest.raises(RuleBroken, match="reason"):
        fees.take_back(one.pk, reason=" ", by=payer, now=NOW)
    back = fees.take_back(one.pk, reason="账户有误", by=payer, now=NOW)

    assert (back.state, back.signed_by, back.reason) == ("draft", None, "账户有误")


def waits(person) -> int:
    return sum("请核对后签批" in text for text in world.told(person))


def test_who_may_sign_hears_of_a_new_list_and_of_one_that_was_mended_after_it_was_taken_back(
    call, judges, secretary, payer
):
    grant(judges[0].person, "city_officer", factories.CITY)
    one = build(call, by=secretary)
    build(call, by=secretary)

    assert [waits(who) for who in (payer, judges[0].person, secretary)] == [1, 0, 0]
    sign(one, payer)
    fees.take_back(one.pk, reason="账户有误", by=payer, now=NOW)
    assert any("账户有误" in text for text in world.told(secretary))
    build(call, by=secretary)
    assert waits(payer) == 2


# --- the month ------------------------------------------------------------------------------------


def test_a_month_counts_as_one_payment(call, judges, payer):
    """200 first, no tax; then 4,200 in all: 4,200 less a fifth, at a fifth, are 672."""
    sign(build(call), payer)
    other = world.call()
    world.done(world.checked(other, "丙馆示例"), judges[0])
    second = build(other)
    correct(second, judges[0], 380000)

    share = FeeShare.objects.get(list=second)
    assert (share.gross, share.tax, share.before_gross) == (400000, 67200, 20000)
    sign(second, payer)
    assert Entry.objects.filter(verb="appraisal.sign_fees").count() == 2


def test_another_month_is_another_payment(call, judges, payer):
    sign(build(call), payer)
    world.done(world.checked(call, "乙馆示例"), judges[0])
    second = build(call, NEXT)
    correct(second, judges[0], 380000)

    assert shares(second) == [(400000, 64000)]


def test_of_two_drafts_of_a_month_the_second_is_worked_out_anew_before_it_is_signed(
    call, judges, payer
):
    other = world.call()
    world.done(world.checked(other, "丙馆示例"), judges[0])
    first, second = build(call), build(other)
    correct(first, judges[0], 100000)
    correct(second, judges[0], 100000)
    sign(first, payer)

    with pytest.raises(RuleBroken, match="work this one out anew"):
        sign(second, payer)
    build(other)
    sign(second, payer)

    # 2,400 in all are taxed 320, of which 80 were withheld for the first 1,200.
    assert (shares(first)[0], shares(second)) == ((120000, 8000), [(120000, 24000)])
    with pytest.raises(RuleBroken, match="take that one back first"):
        fees.take_back(first.pk, reason="有误", by=payer, now=NOW + timedelta(hours=1))
    fees.take_back(second.pk, reason="有误", by=payer, now=NOW)
    fees.take_back(first.pk, reason="有误", by=payer, now=NOW)


def test_nothing_was_paid_before_it_was_signed(call, judges, payer):
    one = build(call)
    sign(one, payer)

    with pytest.raises(RuleBroken, match="signed on 2026-03-05"):
        fees.pay(one.pk, on=date(2026, 3, 4), by=payer, now=NOW)
    fees.pay(one.pk, on=date(2026, 3, 5), by=payer, now=NOW)


def test_it_is_paid_in_its_month_and_the_experts_hear_of_it(call, judges, payer):
    one = build(call)
    with pytest.raises(RuleBroken):
        fees.pay(one.pk, on=NOW.date(), by=payer, now=NOW)
    sign(one, payer)

    for on, reason in ((date(2026, 3, 6), "not come yet"), (date(2026, 2, 27), "month of payment")):
        with pytest.raises(RuleBroken, match=reason):
            fees.pay(one.pk, on=on, by=payer, now=NOW)
    fees.pay(one.pk, on=NOW.date(), by=payer, now=NOW)

    assert any("2026-03-05发放" in text for text in world.told(judges[0].person))
    with pytest.raises(RuleBroken):
        fees.take_back(one.pk, reason="晚了", by=payer, now=NOW)


# --- identity and bank data -----------------------------------------------------------------------


def test_every_account_that_is_taken_away_is_an_entry_and_before_signing_there_is_none(
    call, judges, payer, secretary
):
    account(judges[0])
    one = build(call)
    with pytest.raises(RuleBroken, match="not signed"):
        fees.take_away(one.pk, by=payer, now=NOW)
    sign(one, payer)
    with pytest.raises(NotAllowed):
        fees.take_away(one.pk, by=secretary, now=NOW)
    assert not Entry.objects.filter(verb="expert.read_fee_account").exists()

    rows = fees.take_away(one.pk, by=payer, now=NOW)

    assert [line.id_number if line else None for _share, line in rows] == [NUMBER, None]
    read = Entry.objects.filter(verb="expert.read_fee_account")
    assert {one.for_whom for one in read} == {each.person.pseudonym for each in judges}
    assert Entry.objects.filter(verb="appraisal.take_fees").count() == 1
    assert NUMBER not in str(list(Entry.objects.values_list("detail", flat=True)))


def test_experts_without_an_account_are_asked_once(call, judges):
    account(judges[0])

    build(call)
    build(call)

    asked = [sum("收款账户" in text for text in world.told(one.person)) for one in judges]
    assert asked == [0, 1]


def test_erasing_an_expert_keeps_sums_and_drops_who_it_was(call, judges, payer):
    account(judges[0])
    one = build(call)
    correct(one, judges[0], 5000, about="补专家一的差额")
    sign(one, payer)
    person = judges[0].person

    accounts.erase(person, by=person, now=NOW + timedelta(days=1))

    assert shares(one)[0] == (25000, 0)
    (share, line), *_rest = fees.take_away(one.pk, by=payer, now=NOW + timedelta(days=1))
    assert line is None
    assert "专家一" not in share.expert.person.name


def test_an_expert_reads_the_own_fees_once_they_are_signed(call, judges, payer):
    one = build(call)
    assert not queries.own(judges[0].person).exists()

    sign(one, payer)

    (share,) = queries.own(judges[0].person)
    assert share.expert_id == judges[0].pk


# --- half days, and who can be paid for them ------------------------------------------------------


def sat(who, minutes):
    """A meeting that is closed; one left early, one never came."""
    of = meetings.call()
    held = meetings.opened(meetings.planned(of, [meetings.reviewed(of)], who))
    for one in who[:-1]:
        meetings.comes(held, one)
    item = meetings.voting(held)
    for one in who[:-1]:
        meetings.votes(item, one)
    meetings.counted(item)
    MeetingMember.objects.filter(meeting=held, expert=who[0]).update(left_at=meetings.DURING)
    end = meetings.DURING + timedelta(minutes=minutes)
    return of, close(held.pk, by=factories.secretary(), now=end)


@pytest.mark.parametrize(("minutes", "halves"), [(240, 1), (241, 2)])
def test_of_a_closed_meeting_come_the_half_days_of_those_who_sat_in_it(minutes, halves):
    who = meetings.judges(4)
    of, held = sat(who, minutes)

    one = build(of)

    assert shares(one) == [(50000, 0)] + [(50000 * halves, 4000 if halves == 2 else 0)] * 2
    assert {line.source for line in one.lines.filter(expert=who[1])} == {
        f"meeting-{held.pk}-{n}" for n in range(1, halves + 1)
    }
    assert not attendance.unpaid(of)
    assert shares(build(of)) == shares(one)


def test_a_meeting_that_goes_on_pays_nobody():
    who = meetings.judges(3)
    of = meetings.call()
    meetings.under_way(of, [meetings.reviewed(of)], who)

    assert attendance.half_days(of) == []


def test_who_only_sat_or_inspected_can_be_added_to_a_list(call, judges):
    who = meetings.judges(3)
    of = meetings.call("seated")
    meetings.planned(of, [meetings.reviewed(of, "丁馆示例")], who)
    visit = inspections.ordered()

    assert queries.worked_for(call) == {one.pk for one in judges}
    assert queries.worked_for(of) == {one.pk for one in who}
    went = {one.person.expert.pk for one in visit.inspectors.all()}
    assert queries.worked_for(visit.application.call) == went


# --- who had a hand in it, and what was looked at -------------------------------------------------


def test_who_took_a_line_off_does_not_sign(call, judges, payer):
    grant(payer, "appraisal_secretary", factories.CITY)
    one = build(call)
    line = correct(one, judges[0], 100)
    fees.remove_line(line.pk, by=payer, now=NOW)

    with pytest.raises(NotAllowed, match="you wrote this list"):
        sign(one, payer)


def test_what_was_paid_before_is_as_it_was_looked_at_even_where_no_tax_changes(call, judges, payer):
    other = world.call()
    world.done(world.checked(other, "丙馆示例"), judges[0])
    first, second = build(call), build(other)
    sign(first, payer)

    with pytest.raises(RuleBroken, match="work this one out anew"):
        sign(second, payer)
    build(other)
    sign(second, payer)

    assert FeeShare.objects.get(list=second).before_gross == 20000
