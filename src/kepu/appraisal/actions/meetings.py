"""The secretary of a meeting: plan, invite, draw the order, call up, let vote, count, close."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from kepu.appraisal import lots, queries, rules
from kepu.appraisal.bridge import ticket
from kepu.appraisal.meeting_states import MEETING, MEETING_ITEM, MeetingItemState
from kepu.appraisal.models import Call, Meeting, MeetingItem, MeetingMember, MeetingRecusal
from kepu.appraisal.programme import panelling
from kepu.appraisal.programme.schema import Panel, Programme
from kepu.appraisal.queries.judging import digest
from kepu.appraisal.telling import meetings as telling
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.people.queries import experts as people

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read for another
LENGTH = 6


# --- before ---------------------------------------------------------------------------------------


@transaction.atomic
def plan(
    call_id: int, *, title: str, place: str, starts_at: datetime, kind: str,
    experts: Collection[int], applications: Collection[int], by: User, now: datetime, klass: str = "",
) -> Meeting:  # fmt: skip
    """Plan a meeting of the panel: these experts are invited, these applications are before them.

    `klass` makes it the panel of one class or track: of its applications, and of experts who fit it.
    """
    call = Call.objects.select_for_update().get(pk=call_id)
    authorize(rules.calls.why_not_keep(by, call, now))
    programme = queries.calls.programme(call)
    require(rules.meetings.why_not_plan(call, programme))
    require(rules.meetings.why_not_be_of(klass, programme))
    require(rules.meetings.why_not_hold(starts_at, now))

    made = Meeting.objects.create(
        call=call, klass=klass, title=title.strip(), place=place.strip(), starts_at=starts_at,
        code=_free_code(), made_by=by, made_at=now,
    )  # fmt: skip
    lots.seal(made)
    made.save(update_fields=["seed_digest", "sealed_seed"])
    audit.record(by, "appraisal.plan_meeting", made, now=now, call=call.pk, digest=made.seed_digest)
    _put_before(made, applications, kind, by=by, now=now)
    _invite(made, experts, programme, by=by, now=now)
    return made


@transaction.atomic
def invite(
    meeting_id: int, *, experts: Collection[int], by: User, now: datetime
) -> list[MeetingMember]:
    """Invite more experts; they hear of it."""
    meeting = _locked(meeting_id)
    authorize(rules.calls.why_not_keep(by, meeting.call, now))
    return _invite(meeting, experts, queries.calls.programme(meeting.call), by=by, now=now)


def _invite(
    meeting: Meeting, wanted: Collection[int], programme: Programme, *, by: User, now: datetime
) -> list[MeetingMember]:
    able = [one.id for one in able_experts(meeting.call, now, meeting.klass)]
    seated = set(meeting.members.values_list("expert", flat=True))
    new = [one for one in able if one in set(wanted) - seated]
    require(rules.meetings.why_not_invite(meeting, wanted, able))
    first = meeting.members.count() + 1
    made = MeetingMember.objects.bulk_create(
        MeetingMember(meeting=meeting, expert_id=one, number=number, invited_at=now)
        for number, one in enumerate(new, first)
    )
    _touch(meeting)
    audit.record(by, "appraisal.invite_meeting", meeting, now=now, experts=new)
    members = [one for one in queries.meetings.members(meeting) if one.expert_id in new]
    bar(queries.meetings.items(meeting), members, programme, now=now)
    for one in members:
        telling.invited(one, programme, now=now)
    return made


def able_experts(call: Call, now: datetime, klass: str = "") -> list[people.Candidate]:
    """Experts at work who hold no office over the call; of the programme's fields, where it names some,
    and of the fields or with a title of the tracks of a class that says who fits it.
    """
    programme = queries.calls.programme(call)
    fields = programme.reviewing.fields if programme.reviewing else ()
    free = rules.pairing.without_office(people.pool(fields=fields, on=clock.day(now)), call, now)
    of = queries.meetings.class_of(klass, programme)
    if of is None or not of.picky:
        return free
    return [one for one in free if of.fitted_by(one.fields, one.tracks)]


def _put_before(
    meeting: Meeting, wanted: Collection[int], kind: str, *, by: User, now: datetime
) -> None:
    waiting = queries.meetings.waiting(meeting.call, meeting.klass)
    require(rules.meetings.why_not_put_before(meeting, wanted, waiting))
    rows = [one for one in waiting if one.pk in set(wanted)]
    MeetingItem.objects.bulk_create(
        MeetingItem(meeting=meeting, application=one, kind=kind) for one in rows
    )
    audit.record(
        by, "appraisal.put_before_meeting", meeting, now=now, applications=[one.pk for one in rows]
    )


@transaction.atomic
def take_off(item_id: int, *, by: User, now: datetime) -> Meeting:
    """Take an application off the agenda before it was in hand; it goes to another meeting."""
    item, _panel = _led(item_id, by=by, now=now)
    require(rules.meetings.why_not_take_off(item))

    meeting = item.meeting
    audit.record(
        by, "appraisal.take_off_meeting", meeting, now=now, application=item.application_id
    )
    item.delete()
    return _touch(meeting)


@transaction.atomic
def draw(meeting_id: int, *, by: User, now: datetime) -> Meeting:
    """Draw the order by the seed that was sealed with the plan; who has it and the codes finds it again.

    Each application draws the ticket that it would draw with the number of the meeting in a lot of
    reviewers; the lowest is presented first.
    """
    meeting = _locked(meeting_id)
    authorize(rules.calls.why_not_keep(by, meeting.call, now))
    require(rules.meetings.why_not_draw(meeting))

    lots.tell(meeting)
    for position, one in enumerate(in_order(meeting, queries.meetings.items(meeting)), 1):
        one.position = position
        one.save(update_fields=["position"])
    _touch(meeting)
    audit.record(by, "appraisal.draw_meeting", meeting, now=now, seed=meeting.seed)
    return meeting


def in_order(meeting: Meeting, rows: list[MeetingItem]) -> list[MeetingItem]:
    """The applications by their tickets; equal ones by code."""
    seed = meeting.seed or 0

    def drew(one: MeetingItem) -> tuple[int, str]:
        return ticket(seed, one.application.code, meeting.pk), one.application.code

    return sorted(rows, key=drew)


@transaction.atomic
def open_meeting(meeting_id: int, *, by: User, now: datetime) -> Meeting:
    """Begin: from now on members join with the code."""
    meeting = _locked(meeting_id)
    authorize(rules.calls.why_not_keep(by, meeting.call, now))
    require(rules.meetings.why_not_open(meeting))

    meeting.opened_at = now
    return _move(meeting, "open", "opened_at", by=by, now=now)


@transaction.atomic
def cancel(meeting_id: int, *, by: User, now: datetime) -> Meeting:
    """Call the meeting off before anything was decided; its members hear of it."""
    meeting = _locked(meeting_id)
    authorize(rules.calls.why_not_keep(by, meeting.call, now))
    require(rules.meetings.why_not_cancel(meeting))

    _move(meeting, "cancel", by=by, now=now)
    for one in queries.meetings.members(meeting):
        telling.cancelled(one, now=now)
    return meeting


@transaction.atomic
def move(
    meeting_id: int, *, starts_at: datetime, place: str, seen: int, by: User, now: datetime
) -> Meeting:
    """Hold the meeting at another time or place; agenda, order and sealed seed stay, members hear of it."""
    meeting = _locked(meeting_id)
    authorize(rules.calls.why_not_keep(by, meeting.call, now))
    require(rules.meetings.why_not_move(meeting, starts_at, place, seen, now))

    before = meeting.starts_at
    meeting.starts_at, meeting.place = starts_at, place.strip()
    _touch(meeting, "starts_at", "place")
    audit.record(
        by, "appraisal.move_meeting", meeting, now=now, before=before.isoformat(),
        after=starts_at.isoformat(),
    )  # fmt: skip
    for one in queries.meetings.members(meeting):
        one.meeting = meeting
        telling.moved(one, before, now=now)
    return meeting


@transaction.atomic
def renew_code(meeting_id: int, *, by: User, now: datetime) -> Meeting:
    """Another code, should the first have left the room; who has joined stays."""
    meeting = _locked(meeting_id)
    authorize(rules.calls.why_not_keep(by, meeting.call, now))
    require(rules.meetings.why_not_lead(meeting))

    meeting.code = _free_code()
    _touch(meeting, "code")
    audit.record(by, "appraisal.renew_code_meeting", meeting, now=now)
    return meeting


# --- one application after the other --------------------------------------------------------------


@transaction.atomic
def call_up(item_id: int, *, by: User, now: datetime) -> MeetingItem:
    """Take an application in hand. Who may not sit by the record is out from here on."""
    item, _panel = _led(item_id, by=by, now=now)
    require(rules.meetings.why_not_call_up(item))

    _bar_all(item, now=now)
    return _move_item(item, "call_up", by=by, now=now)


@transaction.atomic
def let_vote(item_id: int, *, by: User, now: datetime) -> MeetingItem:
    """Open the vote, with the quorum of those who may vote on it."""
    item, panel = _led(item_id, by=by, now=now)
    _bar_all(item, now=now)
    standing = queries.meetings.standing(item, queries.meetings.members(item.meeting), panel)
    require(rules.meetings.why_not_let_vote(item, standing, panel))

    return _move_item(
        item, "let_vote", by=by, now=now, present=standing.present, entitled=standing.entitled
    )


@transaction.atomic
def put_off(item_id: int, *, by: User, now: datetime) -> MeetingItem:
    """Lay the application back on the agenda. Votes that were cast are void and leave nothing behind."""
    item, _panel = _led(item_id, by=by, now=now)
    require(rules.meetings.why_not_put_off(item))

    item.votes.all().delete()
    item.tally, item.put_off = {}, item.put_off + 1
    return _move_item(item, "put_off", "tally", "put_off", by=by, now=now)


@transaction.atomic
def count(item_id: int, *, by: User, now: datetime) -> MeetingItem:
    """Close the vote and say what it came to."""
    item, panel = _led(item_id, by=by, now=now)
    invited = queries.meetings.members(item.meeting)
    standing = queries.meetings.standing(item, invited, panel)
    missing = len(queries.meetings.missing(item, invited))
    require(rules.meetings.why_not_count(item, standing, missing, panel))

    item.entitled, item.present, item.decided_at = standing.entitled, standing.present, now
    cut = panelling.lowest_cut(queries.calls.programme(item.meeting.call))
    item.carried = panelling.carries(panel, item.kind, item.tally, standing.entitled, cut)
    return _move_item(
        item, "count", "entitled", "present", "decided_at", "carried", by=by, now=now,
        carried=item.carried, voted=standing.voted,
    )  # fmt: skip


@transaction.atomic
def mark_gone(member_id: int, *, by: User, now: datetime) -> MeetingMember:
    """Write down that a member went away; he no longer counts for the quorum."""
    found = MeetingMember.objects.get(pk=member_id)
    meeting = _locked(found.meeting_id)
    authorize(rules.calls.why_not_keep(by, meeting.call, now))
    member = MeetingMember.objects.select_for_update().get(pk=member_id)
    member.meeting = meeting
    require(rules.meetings.why_not_mark_gone(member))

    member.left_at = now
    member.save(update_fields=["left_at"])
    audit.record(by, "appraisal.mark_gone_meeting", meeting, now=now, member=member.number)
    return member


# --- the end --------------------------------------------------------------------------------------


@transaction.atomic
def close(meeting_id: int, *, by: User, now: datetime) -> Meeting:
    """Close the meeting and keep its record: results bind from now on, the minutes can be had."""
    meeting = _locked(meeting_id)
    authorize(rules.calls.why_not_keep(by, meeting.call, now))
    require(rules.meetings.why_not_close(meeting))

    programme, panel = queries.meetings.panel_of(meeting.call)
    meeting.record = queries.meetings.record(meeting, programme, panel)
    meeting.digest = digest(meeting.record)
    meeting.closed_by, meeting.closed_at = by, now
    return _move(
        meeting, "close", "record", "digest", "closed_by", "closed_at", by=by, now=now,
        digest=meeting.digest,
    )  # fmt: skip


# --- common ---------------------------------------------------------------------------------------


def bar(
    items: list[MeetingItem], members: list[MeetingMember], programme: Programme, *, now: datetime
) -> None:
    """Write down who may not sit when these applications are decided, by the register of experts.

    What is decided stays as it was decided, and whoever has voted on one is not put aside after the vote.
    """
    items = [one for one in items if one.state != MeetingItemState.DECIDED]
    if not (items and members):
        return
    rows = queries.applications.joined().filter(pk__in=[one.application_id for one in items])
    why = rules.pairing.why_not_sit_each(
        rows, {one.expert_id for one in members}, programme, clock.day(now)
    )
    known = {one.pk: one for one in rows}
    voted = {(vote.item_id, vote.member_id) for item in items for vote in item.votes.all()}
    MeetingRecusal.objects.bulk_create(
        (
            MeetingRecusal(item=item, member=member, declared=False)
            for item in items
            for member in members
            if (item.pk, member.pk) not in voted
            if why.get((item.application_id, member.expert_id))
            or rules.applications.why_not_own(member.expert.person, known[item.application_id], now)
        ),
        ignore_conflicts=True,
    )


def _bar_all(item: MeetingItem, *, now: datetime) -> None:
    programme = queries.calls.programme(item.meeting.call)
    bar([item], queries.meetings.members(item.meeting), programme, now=now)


def _led(item_id: int, *, by: User, now: datetime) -> tuple[MeetingItem, Panel]:
    """An application of a meeting that `by` leads; the meeting is locked, so votes wait."""
    found = MeetingItem.objects.get(pk=item_id)
    meeting = _locked(found.meeting_id)
    authorize(rules.calls.why_not_keep(by, meeting.call, now))
    item = MeetingItem.objects.select_related("application").get(pk=item_id)
    item.meeting = meeting
    return item, queries.meetings.panel_of(meeting.call)[1]


def _move(
    meeting: Meeting, verb: str, *fields: str, by: User, now: datetime, **told: Any
) -> Meeting:
    meeting.state = MEETING.after(meeting.state, verb)
    _touch(meeting, "state", *fields)
    audit.record(by, f"appraisal.{verb}_meeting", meeting, now=now, **told)
    return meeting


def _move_item(
    item: MeetingItem, verb: str, *fields: str, by: User, now: datetime, **told: Any
) -> MeetingItem:
    item.state = MEETING_ITEM.after(item.state, verb)
    item.save(update_fields=["state", *fields])
    _touch(item.meeting)
    audit.record(
        by, f"appraisal.{verb}_meeting", item.meeting, now=now, application=item.application_id,
        **told,
    )  # fmt: skip
    return item


def _touch(meeting: Meeting, *fields: str) -> Meeting:
    meeting.version += 1
    meeting.save(update_fields=["version", *fields])
    return meeting


def _free_code() -> str:
    while True:
        code = "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))
        if not Meeting.objects.filter(code=code).exists():
            return code


def _locked(meeting_id: int) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("call__division_now")
    meeting: Meeting = rows.get(pk=meeting_id)
    return meeting
