"""A member of the panel, from the telephone: join, pledge, step aside, vote, sign."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kepu.appraisal import queries, rules
from kepu.appraisal.actions.meetings import bar
from kepu.appraisal.models import Meeting, MeetingItem, MeetingMember, MeetingRecusal, MeetingVote
from kepu.appraisal.programme import panelling
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require


@transaction.atomic
def join(member_id: int, *, code: str, by: User, now: datetime) -> MeetingMember:
    """Take one's seat with the code that is shown in the room; who left and came back too."""
    member = _locked(member_id, by=by)
    require(rules.meetings.why_not_join(member, code))

    member.joined_at, member.left_at = member.joined_at or now, None
    return _keep(member, "join", "joined_at", "left_at", by=by, now=now)


@transaction.atomic
def pledge(
    member_id: int, *, confidential: bool, aside: Collection[int] = (), by: User, now: datetime
) -> MeetingMember:
    """Pledge confidentiality, and step aside from these applications of the agenda (by id of the item)."""
    member = _locked(member_id, by=by)
    require(rules.meetings.why_not_pledge(member, confidential=confidential))

    rows = queries.meetings.items(member.meeting)
    for item in rows:
        if item.pk in set(aside):
            _step_aside(item, member, by=by, now=now)
    bar(rows, [member], queries.calls.programme(member.meeting.call), now=now)
    member.pledged_at = member.pledged_at or now
    return _keep(member, "pledge", "pledged_at", by=by, now=now)


@transaction.atomic
def step_aside(item_id: int, *, by: User, now: datetime) -> MeetingItem:
    """Take no part in this decision; nobody asks why."""
    item, member = _before(item_id, by=by)
    _step_aside(item, member, by=by, now=now)
    return item


@transaction.atomic
def vote(item_id: int, *, mark: str, by: User, now: datetime) -> None:
    """Vote or give points, once and for all.

    Of a secret vote it is kept that `by` voted, and one sum goes up; nothing ties the two together.
    """
    item, member = _before(item_id, by=by)
    programme, panel = queries.meetings.panel_of(member.meeting.call)
    most = panelling.full_marks(programme, item.application.klass)
    voted = queries.meetings.has_voted(item, member)
    require(rules.meetings.why_not_vote(item, member, mark, most=most, voted=voted))

    mark = str(int(mark)) if mark.isdigit() else mark  # 085 and 85 are one mark
    MeetingVote.objects.create(item=item, member=member, mark="" if panel.secret else mark)
    counted = item.tally | {mark: item.tally.get(mark, 0) + 1}
    item.tally = dict(sorted(counted.items()))  # in the order of the marks, not of the votes
    item.save(update_fields=["tally"])
    audit.record(
        by, "appraisal.vote_meeting", member.meeting, now=now, application=item.application_id
    )


@transaction.atomic
def sign(member_id: int, *, opinion: str, by: User, now: datetime) -> MeetingMember:
    """Sign the opinion sheet, with words of one's own where there are any."""
    member = _locked(member_id, by=by)
    require(rules.meetings.why_not_sign(member))

    member.opinion, member.signed_at = opinion.strip(), now
    return _keep(member, "sign", "opinion", "signed_at", by=by, now=now)


def _step_aside(item: MeetingItem, member: MeetingMember, *, by: User, now: datetime) -> None:
    voted = queries.meetings.has_voted(item, member)
    require(rules.meetings.why_not_step_aside(item, member, voted=voted))
    made, new = MeetingRecusal.objects.get_or_create(
        item=item, member=member, defaults={"declared": True}
    )
    if not (new or made.declared):
        made.declared = True
        made.save(update_fields=["declared"])
    audit.record(
        by, "appraisal.step_aside_meeting", member.meeting, now=now,
        application=item.application_id,
    )  # fmt: skip


def _keep(member: MeetingMember, verb: str, *fields: str, by: User, now: datetime) -> MeetingMember:
    member.save(update_fields=[*fields])
    audit.record(by, f"appraisal.{verb}_meeting", member.meeting, now=now, member=member.number)
    return member


def _before(item_id: int, *, by: User) -> tuple[MeetingItem, MeetingMember]:
    """The application and the seat of `by` at it; the meeting is locked, so a second vote waits."""
    found = MeetingItem.objects.get(pk=item_id)
    seat = queries.meetings.seat(found.meeting_id, by)
    member = _locked(seat.pk, by=by)
    item = MeetingItem.objects.select_related("application").get(pk=item_id)
    item.meeting = member.meeting
    return item, member


def _locked(member_id: int, *, by: User) -> MeetingMember:
    found = MeetingMember.objects.get(pk=member_id)
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("call__division_now")
    meeting = rows.get(pk=found.meeting_id)
    member = MeetingMember.objects.select_related("expert__person").get(pk=member_id)
    authorize(rules.meetings.why_not_as(by, member))
    member.meeting = meeting
    return member
