"""What comes from doors: kept whatever it says, taken in once, and what cannot be waits for a person."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import connection, transaction

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, Outside, RuleBroken
from kepu.kernel.roles.models import Grant
from kepu.literacy import addresses
from kepu.literacy.actions import fieldwork
from kepu.literacy.actions import interviewing as actions
from kepu.literacy.bridge import interviewing as bridge
from kepu.literacy.models import Attempt, Case, FieldEvent, Fieldwork, Interview
from kepu.literacy.queries import interviewing as queries
from kepu.literacy.rules import interviewing as rules
from kepu.literacy.states import Disposition
from tests.factories import NOW, user
from tests.kepu.literacy import doors
from tests.kepu.literacy import field_factories as field
from tests.kepu.orders.test_at_once import at_once

D = Disposition


@pytest.fixture
def by():
    return doors.interviewer()


@pytest.fixture
def case(by):
    return doors.case(doors.fieldwork(), by)


def receive(case, kind, data, *, by, **traits):
    return actions.receive(doors.sent(case, kind, data, **traits), by=by, now=NOW)


# --- what stands after several attempts -----------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "stands"),
    [
        ((), ""),
        ((D.NOBODY_HOME,), D.NOBODY_HOME),
        ((D.HOUSEHOLD_REFUSED, D.NOBODY_HOME), D.HOUSEHOLD_REFUSED),
        ((D.NOBODY_HOME, D.AWAY, D.NOBODY_HOME), D.AWAY),
        ((D.PERSON_REFUSED, D.COMPLETE), D.COMPLETE),
        ((D.COMPLETE, D.PERSON_REFUSED), D.COMPLETE),
        ((D.BROKEN_OFF, D.PARTIAL, D.BROKEN_OFF), D.PARTIAL),
        ((D.UNABLE, D.LANGUAGE), D.LANGUAGE),
        ((D.NOT_FOUND, D.NOBODY_HOME), D.NOBODY_HOME),
        ((D.NOBODY_HOME, D.VACANT), D.VACANT),
    ],
)
def test_what_stands_is_the_strongest_outcome_and_of_two_alike_the_later(outcomes, stands):
    assert rules.standing(outcomes) == stands


def test_an_interview_stands_in_whatever_order_attempts_came():
    for order in permutations((D.COMPLETE, D.HOUSEHOLD_REFUSED, D.NOBODY_HOME)):
        assert rules.standing(order) == D.COMPLETE


def test_every_outcome_has_a_rank():
    assert set(rules.RANK) == set(D)


pytestmark = pytest.mark.django_db


# --- attempts -------------------------------------------------------------------------------------


def test_an_attempt_is_written_down_with_what_stands_of_the_address(case, by):
    event = receive(case, "attempt", {"outcome": "2.24"}, by=by)

    case.refresh_from_db()
    assert (event.taking, event.reason) == ("done", "")
    assert (case.outcome, case.attempts_made) == ("2.24", 1)
    assert case.last_attempt_at == Attempt.objects.get().at
    assert Entry.objects.filter(verb="attempt.take", actor=by).count() == 1


def test_attempts_that_come_late_count_at_their_own_time(case, by):
    for minutes, outcome in ((10, "2.111"), (60, "2.112"), (30, "2.24")):
        then = NOW - timedelta(minutes=minutes)
        receive(case, "attempt", {"outcome": outcome}, by=by, device_time=then)

    case.refresh_from_db()
    assert (case.outcome, case.attempts_made) == ("2.111", 3)
    assert case.last_attempt_at == NOW - timedelta(minutes=10)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"outcome": "9.9"}, "not known"),
        ({"outcome": "1.1"}, "with the answers"),
        ({"outcome": "2.25", "adults": 3, "chosen": 4}, "not one of"),
        ({"outcome": "2.25", "adults": 99}, "at most 20"),
        ({"outcome": "2.25", "adults": True}, "adults"),
        ({"outcome": "2.24", "again_at": "soon"}, "again_at"),
    ],
)
def test_an_attempt_that_cannot_be_is_kept_for_a_person(case, by, data, reason):
    event = receive(case, "attempt", data, by=by)

    assert (event.taking, event.data) == ("refused", data)
    assert reason in event.reason
    assert not Attempt.objects.exists()


# --- interviews -----------------------------------------------------------------------------------


def test_an_interview_is_taken_in_with_its_attempt(case, by):
    event = receive(case, "interview", doors.told(case, latitude=29.56123, longitude=106.57), by=by)

    held = Interview.objects.get()
    case.refresh_from_db()
    assert event.taking == "done", event.reason
    assert (held.version, held.complete, held.latitude) == (1, True, 29.561)
    assert held.answers == doors.answers(case)
    assert (case.outcome, case.attempts_made) == ("1.1", 1)
    assert Attempt.objects.get().adults == 3


@pytest.mark.parametrize(("answered", "outcome"), [(2, "1.2"), (1, "2.12"), (0, "2.12")])
def test_an_interview_that_ended_early_is_partial_from_half_of_the_items_on(
    case, by, answered, outcome
):
    some = dict(list(doors.answers(case).items())[:answered])

    receive(case, "interview", doors.told(case, complete=False, answers=some), by=by)

    case.refresh_from_db()
    assert case.outcome == outcome


def test_one_that_was_broken_off_may_be_held_again(case, by):
    receive(case, "interview", doors.told(case, complete=False, answers={}), by=by)

    event = receive(case, "interview", doors.told(case), by=by)

    case.refresh_from_db()
    assert event.taking == "done"
    assert (case.outcome, queries.latest(case).version) == ("1.1", 2)


def after(**delta):
    return (NOW + timedelta(**delta)).isoformat()


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"answers": {"X": "A"}}, "X"),
        ({"complete": True, "answers": {}}, "3 items"),
        ({"background": {"sex": "none"}}, "sex none"),
        ({"background": {}}, "not every question"),
        ({"begun_at": after(minutes=-1), "ended_at": after(minutes=-2)}, "before it begins"),
        ({"ended_at": after(hours=1)}, "ahead of time"),
        ({"begun_at": after(days=-30)}, "before the fieldwork opened"),
        ({"begun_at": None}, "missing"),
        ({"seconds": {"X": 3}}, "seconds"),
        ({"seconds": {"X": "long"}}, "seconds"),
        ({"adults": 3, "chosen": None}, "table of this address"),
        ({"latitude": 91}, "latitude"),
        ({"answers": ["A"]}, "answers"),
    ],
)
def test_an_interview_that_cannot_be_is_kept_for_a_person(case, by, traits, reason):
    event = receive(case, "interview", doors.told(case, **traits), by=by)

    assert event.taking == "refused"
    assert reason in event.reason
    assert not Interview.objects.exists()
    assert Case.objects.get(pk=case.pk).attempts_made == 0


@pytest.mark.parametrize("key", ["seconds", "latitude", "again_at"])
def test_a_number_without_end_holds_nothing_up(case, by, key):
    endless: object = 10**400
    said = {key: {next(iter(doors.answers(case))): endless} if key == "seconds" else endless}
    kind, data = (
        ("attempt", {"outcome": "2.24"}) if key == "again_at" else ("interview", doors.told(case))
    )

    event = receive(case, kind, data | said, by=by)

    assert (event.taking, key in event.reason) == ("refused", True)


def test_two_letters_are_no_answer(case, by):
    event = receive(case, "interview", doors.told(case, answers=doors.answers(case, "AB")), by=by)

    assert "has no option AB" in event.reason


def test_a_letter_that_the_item_does_not_have_is_refused(case, by):
    event = receive(case, "interview", doors.told(case, answers=doors.answers(case, "D")), by=by)

    assert "D" in event.reason


def test_do_not_know_is_an_answer(case, by):
    event = receive(case, "interview", doors.told(case, answers=doors.answers(case, "")), by=by)

    assert event.taking == "done"


def test_somebody_else_than_the_table_names_was_asked(case, by):
    wrong = 1 + bridge.chosen(case, 3) % 3

    event = receive(case, "interview", doors.told(case, chosen=wrong), by=by)

    assert "table of this address" in event.reason


def test_what_is_too_large_is_kept_for_a_person(case, by):
    event = receive(case, "interview", doors.told(case, note="长" * 30_000), by=by)

    assert event.taking == "refused"
    assert len(event.data["note"]) == 30_000


# --- who and when ---------------------------------------------------------------------------------


def test_an_address_of_somebody_else_needs_a_person(case):
    other = doors.interviewer()

    event = receive(case, "interview", doors.told(case), by=other)

    assert "somebody else" in event.reason


def test_a_role_that_ended_needs_a_person(case, by):
    Grant.objects.filter(person=by).update(valid_to=NOW - timedelta(days=1))

    event = receive(case, "attempt", {"outcome": "2.24"}, by=by)

    assert "role of interviewer" in event.reason


def test_an_interviewer_of_another_city_writes_nothing_down(case):
    with pytest.raises(Outside):
        receive(case, "attempt", {"outcome": "2.24"}, by=doors.interviewer("51.101.001.001."))


def test_a_stranger_writes_nothing_down(case):
    with pytest.raises(Outside):
        receive(case, "attempt", {"outcome": "2.24"}, by=user())

    assert not FieldEvent.objects.exists()


@pytest.mark.parametrize("state", ["planned", "closed", "dropped"])
def test_a_fieldwork_that_is_not_under_way_takes_nothing(case, by, state):
    Fieldwork.objects.update(state=state, key=None)

    event = receive(case, "interview", doors.told(case), by=by)

    assert "not under way" in event.reason


def test_after_the_last_day_it_needs_a_person(case, by):
    Fieldwork.objects.update(closes_on=NOW.date() - timedelta(days=1))

    event = receive(case, "attempt", {"outcome": "2.24"}, by=by)

    assert "last day" in event.reason


@pytest.mark.parametrize("traits", [{"schema": 2}, {"kind": "song"}])
def test_another_version_of_the_page_is_kept_for_a_person(case, by, traits):
    kind = traits.pop("kind", "attempt")

    event = receive(case, kind, {"outcome": "2.24"}, by=by, **traits)

    assert (event.taking, event.kind) == ("refused", kind)


# --- again, and by two devices --------------------------------------------------------------------


def test_sent_again_it_is_answered_as_before_and_nothing_is_doubled(case, by):
    sent = doors.sent(case, "interview", doors.told(case))

    first, again = (actions.receive(sent, by=by, now=NOW) for _ in range(2))

    assert first == again
    assert Interview.objects.count() == Attempt.objects.count() == 1


def test_the_uuid_of_another_person_is_refused(case, by):
    sent = doors.sent(case, "attempt", {"outcome": "2.24"})
    actions.receive(sent, by=by, now=NOW)

    with pytest.raises(BadInput):
        actions.receive(sent, by=doors.interviewer(), now=NOW)


def test_a_second_device_with_the_same_interview_needs_a_person(case, by):
    receive(case, "interview", doors.told(case), by=by)

    event = receive(case, "interview", doors.told(case), by=by)

    assert "already" in event.reason
    assert Interview.objects.count() == 1


def test_a_correction_is_a_new_version(case, by):
    receive(case, "interview", doors.told(case), by=by)

    receive(case, "correction", doors.told(case, answers=doors.answers(case, "B"), base=1), by=by)

    assert queries.latest(case).answers == doors.answers(case, "B")
    assert list(Interview.objects.values_list("version", flat=True)) == [1, 2]
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("base", [None, 1, 3])
def test_a_correction_of_a_version_that_does_not_stand_needs_a_person(case, by, base):
    receive(case, "interview", doors.told(case), by=by)
    receive(case, "correction", doors.told(case, base=1), by=by)

    event = receive(case, "correction", doors.told(case, base=base), by=by)

    assert "version 2" in event.reason


def test_a_correction_leaves_a_whole_interview_whole(case, by):
    receive(case, "interview", doors.told(case), by=by)

    event = receive(case, "correction", doors.told(case, base=1, complete=False, answers={}), by=by)

    assert "whole" in event.reason
    assert queries.latest(case).complete


def test_a_correction_that_fills_the_gaps_makes_it_complete(case, by):
    some = dict(list(doors.answers(case).items())[:2])
    receive(case, "interview", doors.told(case, complete=False, answers=some), by=by)

    receive(case, "correction", doors.told(case, base=1), by=by)

    case.refresh_from_db()
    assert (case.outcome, queries.latest(case).complete) == (D.COMPLETE, True)


def test_a_correction_of_no_interview_needs_a_person(case, by):
    event = receive(case, "correction", doors.told(case, base=1), by=by)

    assert event.taking == "refused"


def test_nobody_sends_without_end(case, by, monkeypatch):
    monkeypatch.setattr(rules, "EVENTS_A_DAY", 1)
    sent = doors.sent(case, "attempt", {"outcome": "2.24"})
    actions.receive(sent, by=by, now=NOW)

    with pytest.raises(RuleBroken):
        receive(case, "attempt", {"outcome": "2.24"}, by=by)

    assert actions.receive(sent, by=by, now=NOW).taking == "done"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_exactly_one_wins():
    by = doors.interviewer()
    case = doors.case(doors.fieldwork(), by)
    receive(case, "interview", doors.told(case), by=by)
    both = [
        doors.sent(case, "correction", doors.told(case, answers=doors.answers(case, one), base=1))
        for one in "BC"
    ]

    ends = at_once(
        *(lambda sent=sent: actions.receive(sent, by=by, now=NOW).taking for sent in both)
    )

    assert sorted(ends) == ["done", "refused"]
    assert Interview.objects.count() == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_event_twice_at_once_is_one():
    by = doors.interviewer()
    case = doors.case(doors.fieldwork(), by)
    sent = doors.sent(case, "interview", doors.told(case))

    ends = at_once(*[lambda: actions.receive(sent, by=by, now=NOW).taking] * 4)

    assert ends == ["done"] * 4
    assert Interview.objects.count() == FieldEvent.objects.count() == 1


def meanwhile(work):
    """Begin the work in a thread of its own, and go on once it waits for a lock."""
    ends: list[object] = []
    thread = threading.Thread(target=lambda: ends.extend(at_once(work)))
    thread.start()
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    while thread.is_alive():
        with connection.cursor() as cursor:
            cursor.execute(waits)
            if cursor.fetchone()[0]:
                break
    return thread, ends


on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="locks of rows")


@on_postgresql
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_closing_waits_for_what_is_coming_in_and_sees_that_it_needs_a_person():
    by, officer = doors.interviewer(), field.surveyor()
    case = doors.case(doors.fieldwork(), by)

    with transaction.atomic():
        receive(case, "interview", doors.told(case, chosen=None), by=by)
        thread, ends = meanwhile(
            lambda: fieldwork.close_fieldwork(case.fieldwork_id, by=officer, now=NOW)
        )
    thread.join()

    assert "1 record from a device" in str(ends[0])
    assert addresses.address_of(case) == "示例路 1 号"


@on_postgresql
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_waited_while_a_fieldwork_was_closed_finds_it_closed():
    by, officer = doors.interviewer(), field.surveyor()
    case = doors.case(doors.fieldwork(), by)

    with transaction.atomic():
        fieldwork.close_fieldwork(case.fieldwork_id, by=officer, now=NOW)
        thread, ends = meanwhile(lambda: receive(case, "interview", doors.told(case), by=by).reason)
    thread.join()

    assert "not under way" in str(ends[0])
    assert not Interview.objects.exists()


# --- settling -------------------------------------------------------------------------------------


@pytest.fixture
def stuck(case):
    return receive(case, "interview", doors.told(case), by=doors.interviewer())


def test_a_supervisor_takes_in_what_came_from_another_interviewer(stuck, case):
    chief = doors.supervisor()
    assert list(queries.needing_a_person(chief, NOW)) == [stuck]

    actions.take_anyway(stuck.pk, by=chief, now=NOW)

    stuck.refresh_from_db()
    assert (stuck.taking, stuck.settled_by) == ("settled", chief)
    assert Interview.objects.get().by == stuck.by
    assert not queries.needing_a_person(chief, NOW).exists()
    assert Entry.objects.filter(verb="field_event.take_anyway", actor=chief).exists()


def test_what_was_set_aside_stays_kept_with_the_reason(stuck):
    chief = doors.supervisor()

    actions.set_aside(stuck.pk, reason="打错了门（示例）", by=chief, now=NOW)

    stuck.refresh_from_db()
    assert "打错了门" in stuck.reason
    assert stuck.taking == "settled"
    assert not Interview.objects.exists()
    with pytest.raises(RuleBroken):
        actions.take_anyway(stuck.pk, by=chief, now=NOW)


def test_setting_aside_says_why(stuck):
    with pytest.raises(BadInput):
        actions.set_aside(stuck.pk, reason=" ", by=doors.supervisor(), now=NOW)


def test_answers_that_mean_nothing_are_not_taken_in_by_anybody(case, by):
    event = receive(case, "interview", doors.told(case, answers={"X": "A"}), by=by)

    with pytest.raises(RuleBroken):
        actions.take_anyway(event.pk, by=doors.supervisor(), now=NOW)

    event.refresh_from_db()
    assert event.taking == "refused"


@pytest.mark.parametrize("path", ["50.104.", "50.103.001.002."])
def test_a_supervisor_of_another_place_sees_and_settles_nothing(stuck, path):
    other = doors.supervisor(path)

    assert not queries.needing_a_person(other, NOW).exists()
    with pytest.raises(NotAllowed):
        actions.take_anyway(stuck.pk, by=other, now=NOW)


def test_who_sent_it_does_not_settle_it(case, by):
    from tests.factories import grant

    event = receive(case, "attempt", {"outcome": "9"}, by=by)
    grant(by, "field_supervisor", "50.103.")

    with pytest.raises(NotAllowed):
        actions.set_aside(event.pk, reason="示例", by=by, now=NOW)


# --- who of the household is asked ----------------------------------------------------------------


def test_the_table_of_an_address_is_the_same_whenever_it_is_looked_at(case):
    assert bridge.row_of(case) == bridge.row_of(Case.objects.get(pk=case.pk))
    assert bridge.chosen(case, 9) == bridge.chosen(case, 6)
    assert bridge.chosen(case, 0) is None


def test_in_twelve_addresses_every_table_comes_as_often_as_kish_wanted(case):
    rows = []
    for number in range(1, 13):
        case.number = number
        rows.append(bridge.row_of(case))

    assert sum(row[1] == 1 for row in rows) == 6  # of two adults, each as often
    assert sum(row[2] == 3 for row in rows) == 4  # of three, each in four


def test_another_seed_draws_other_tables(case):
    def rows(seed):
        case.fieldwork.seed = seed
        found = []
        for case.number in range(1, 25):
            found.append(bridge.row_of(case))
        return found

    assert rows(1) != rows(2)


# --- what a device takes along --------------------------------------------------------------------


def test_a_device_takes_along_own_addresses_and_no_right_answer(case, by):
    doors.case(case.fieldwork, doors.interviewer(), number=2)
    receive(case, "interview", doors.told(case), by=by)

    pack = bridge.pack(by, NOW)

    (one,) = pack["cases"]
    assert (one["address"], one["interview"]["version"]) == ("示例路 1 号", 1)
    assert one["row"] == list(bridge.row_of(case))
    (booklet,) = pack["booklets"].values()
    assert set(booklet[0]) == {"code", "said"}
    assert booklet[0]["said"]["en"][1:] == ["one", "two", "three"]


def test_the_number_of_queries_does_not_grow_with_addresses(
    case, by, django_assert_max_num_queries
):
    for number in range(2, 30):
        doors.case(case.fieldwork, by, number=number)

    with django_assert_max_num_queries(9):
        assert len(bridge.pack(by, NOW)["cases"]) == 29


def test_whose_role_ended_takes_no_address_and_no_question_along(case, by):
    Grant.objects.filter(person=by).delete()

    told = bridge.pack(by, NOW)

    assert (told["cases"], told["booklets"]) == ([], {})


def test_a_closed_fieldwork_gives_no_address_away(case, by):
    Fieldwork.objects.update(state="closed", key=None)

    assert bridge.pack(by, NOW)["cases"] == []
    case.fieldwork.refresh_from_db()
    assert addresses.address_of(case) == ""
