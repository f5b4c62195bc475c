"""Meetings of the panel: who leads one, who sits there, when a vote may be opened and counted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from kepu.appraisal import queries
from kepu.appraisal.meeting_states import (
    IN_HAND,
    MEETING,
    MEETING_ITEM,
    MeetingItemState,
    MeetingKind,
    MeetingState,
)
from kepu.appraisal.models import Application, Call, Meeting, MeetingItem, MeetingMember
from kepu.appraisal.programme.counting import LEAST_SECRET
from kepu.appraisal.programme.schema import Panel, Programme
from kepu.appraisal.queries.meetings import Standing
from kepu.appraisal.standards_states import Choice
from kepu.appraisal.states import ApplicationCallState, ApplicationState
from kepu.kernel.accounts.models import User

MOST_MEMBERS = 60


# --- the secretary --------------------------------------------------------------------------------


def why_not_plan(call: Call, programme: Programme) -> str | None:
    """A call under way, whose programme has a panel."""
    if programme.panel is None:
        return _("this programme has no panel")
    if call.state != ApplicationCallState.OPEN:
        return _("this call is not open")
    return None


def why_not_be_of(klass: str, programme: Programme) -> str | None:
    """A panel of one class is of one that the programme has."""
    if not klass or queries.meetings.class_of(klass, programme):
        return None
    return _("this programme has no such class")


def why_not_begin_plan(call: Call, programme: Programme) -> str | None:
    """As `why_not_plan`, with something to put before the panel."""
    if refusal := why_not_plan(call, programme):
        return refusal
    return None if queries.meetings.waiting(call) else _("no application waits for a panel")


def why_not_hold(starts_at: datetime, now: datetime) -> str | None:
    """A meeting begins in time to come."""
    return _("a meeting begins after now") if starts_at <= now else None


def why_not_invite(meeting: Meeting, experts: Collection[int], able: Collection[int]) -> str | None:
    """Experts at work who hold no office over the call and fit its class, while the meeting lasts."""
    if meeting.state not in (MeetingState.PLANNED, MeetingState.OPEN):
        return _("this meeting is over")
    if meeting.items.filter(state=MeetingItemState.VOTING).exists():
        return _("a vote is open; whoever comes is invited after it")
    if not experts:
        return _("choose a member at least")
    if set(experts) - set(able):
        return _("one of these experts cannot sit on this panel")
    if meeting.members.count() + len(experts) > MOST_MEMBERS:
        return _("a panel has %(most)s members at most") % {"most": MOST_MEMBERS}
    return None


def why_not_put_before(
    meeting: Meeting, wanted: Collection[int], waiting: list[Application]
) -> str | None:
    """What was reviewed and waits for a panel, before the order is drawn."""
    if meeting.state != MeetingState.PLANNED or meeting.seed is not None:
        return _("the agenda stands; what is missing goes to another meeting")
    if not wanted:
        return _("choose an application at least")
    if set(wanted) - {one.pk for one in waiting}:
        return _("one of these applications does not wait for a panel")
    return None


def why_not_take_off(item: MeetingItem) -> str | None:
    """Nothing is taken off once it was in hand, so that nobody takes off what would fail."""
    moved_on = item.application.state != ApplicationState.REVIEWED
    if item.state != MeetingItemState.WAITING or (item.put_off and not moved_on):
        return _("this application was in hand already; let the panel decide it")
    return why_not_lead(item.meeting)


def why_not_lead(meeting: Meeting) -> str | None:
    """While it is planned or under way."""
    if meeting.state in (MeetingState.PLANNED, MeetingState.OPEN):
        return None
    return _("this meeting is over")


def why_not_draw(meeting: Meeting) -> str | None:
    """The order is drawn once, of an agenda that has something on it."""
    if meeting.seed is not None:
        return _("the order is drawn already; nobody draws until he likes it")
    if not meeting.items.exists():
        return _("nothing is on the agenda yet")
    return why_not_lead(meeting)


def why_not_open(meeting: Meeting) -> str | None:
    """With members and an order of the applications."""
    if refusal := MEETING.why_not(meeting.state, "open"):
        return refusal
    if meeting.seed is None:
        return _("draw the order first")
    return None if meeting.members.exists() else _("nobody is invited yet")


def why_not_close(meeting: Meeting) -> str | None:
    """Every application on the agenda is decided, one at least."""
    if refusal := MEETING.why_not(meeting.state, "close"):
        return refusal
    states = set(meeting.items.values_list("state", flat=True))
    if states != {MeetingItemState.DECIDED}:
        return _("decide every application, or take off the agenda what was not reached")
    return None


def why_not_cancel(meeting: Meeting) -> str | None:
    """Nothing that was decided is made undone by calling the meeting off."""
    if refusal := MEETING.why_not(meeting.state, "cancel"):
        return refusal
    if meeting.items.filter(state=MeetingItemState.DECIDED).exists():
        return _("something is decided; a meeting that decided is closed, not called off")
    return None


def why_not_be_moved(meeting: Meeting) -> str | None:
    """Another day is for a meeting that has not begun."""
    if meeting.state == MeetingState.PLANNED:
        return None
    return _("this meeting has begun or is over; only a planned one is moved")


def why_not_move(
    meeting: Meeting, starts_at: datetime, place: str, seen: int, now: datetime
) -> str | None:
    """As it was looked at, to a time to come, and not to where it is already."""
    if refusal := why_not_be_moved(meeting) or why_not_hold(starts_at, now):
        return refusal
    if seen != meeting.version:
        return _("somebody changed this in the meantime; please look again")
    if not place.strip():
        return _("please say where the meeting is held")
    if (starts_at, place.strip()) == (meeting.starts_at, meeting.place):
        return _("the meeting is held there and then already")
    return None


def why_not_call_up(item: MeetingItem) -> str | None:
    """One application at a time, while the meeting is under way."""
    if refusal := _why_not_under_way(item.meeting):
        return refusal
    if item.meeting.items.filter(state__in=IN_HAND).exclude(pk=item.pk).exists():
        return _("another application is in hand")
    if item.application.state != ApplicationState.REVIEWED:
        return _("this application has moved on; take it off the agenda")
    return MEETING_ITEM.why_not(item.state, "call_up")


def why_not_let_vote(item: MeetingItem, standing: Standing, panel: Panel) -> str | None:
    """With the quorum of those who may vote on it; a secret vote among three at least."""
    if refusal := _why_not_under_way(item.meeting):
        return refusal
    if refusal := MEETING_ITEM.why_not(item.state, "let_vote"):
        return refusal
    if not standing.quorate:
        return _("no quorum: %(present)s of %(entitled)s are here, %(least)s are needed") % {
            "present": standing.present, "entitled": standing.entitled, "least": standing.least,
        }  # fmt: skip
    if panel.secret and standing.present < LEAST_SECRET:
        return _("a secret vote needs three who vote; of fewer, each would know the other's vote")
    return None


def why_not_put_off(item: MeetingItem) -> str | None:
    return _why_not_under_way(item.meeting) or MEETING_ITEM.why_not(item.state, "put_off")


def why_not_count(item: MeetingItem, standing: Standing, missing: int, panel: Panel) -> str | None:
    """When everybody there has voted, and enough for the quorum."""
    if refusal := _why_not_under_way(item.meeting):
        return refusal
    if refusal := MEETING_ITEM.why_not(item.state, "count"):
        return refusal
    if missing:
        return _("not everybody here has voted; who went away is marked as gone")
    least = max(standing.least, LEAST_SECRET if panel.secret else 1)
    if standing.voted < least:
        return _("only %(voted)s voted, %(least)s are needed; put the application off") % {
            "voted": standing.voted, "least": least,
        }  # fmt: skip
    return None


def why_not_mark_gone(member: MeetingMember) -> str | None:
    """Whoever is there may have gone."""
    if member.joined_at is None or member.left_at is not None:
        return _("this member is not here")
    return _why_not_under_way(member.meeting)


def _why_not_under_way(meeting: Meeting) -> str | None:
    if meeting.state == MeetingState.OPEN:
        return None
    if meeting.state == MeetingState.PLANNED:
        return _("this meeting has not begun")
    return _("this meeting is over")


# --- the member -----------------------------------------------------------------------------------


def why_not_as(by: User, member: MeetingMember) -> str | None:
    """Nobody sits in another's place."""
    return None if by.pk == member.expert.person_id else _("only the member may do this")


def why_not_join(member: MeetingMember, code: str) -> str | None:
    """Who sends the code of the room is in it."""
    if queries.meetings.plain(code) != member.meeting.code:
        return _("this is not the code of the meeting")
    return _why_not_under_way(member.meeting)


def why_not_pledge(member: MeetingMember, *, confidential: bool) -> str | None:
    """In the room, and in words that bind."""
    if refusal := _why_not_in_the_room(member):
        return refusal
    if not confidential:
        return _("please pledge to keep confidential what you hear and how anybody votes")
    return None


def why_not_step_aside(item: MeetingItem, member: MeetingMember, *, voted: bool) -> str | None:
    """Before the member has voted, and before the count."""
    if refusal := _why_not_in_the_room(member):
        return refusal
    if item.state == MeetingItemState.DECIDED:
        return _("this application is decided")
    return _("you have voted already; a vote stands") if voted else None


def why_not_read(item: MeetingItem, member: MeetingMember) -> str | None:
    """A dossier is for who is in the room, has pledged and is not aside; never for who went away."""
    if refusal := _why_not_in_the_room(member):
        return refusal
    if member.pledged_at is None:
        return _("please pledge first")
    if item.recusals.filter(member=member).exists():
        return _("you stepped aside here")
    return None


def why_not_vote(
    item: MeetingItem, member: MeetingMember, mark: str, *, most: int, voted: bool
) -> str | None:
    """Who may read it; once, while the vote is open, with a mark that there is."""
    if refusal := why_not_read(item, member):
        return refusal
    if item.state != MeetingItemState.VOTING:
        return _("no vote is open on this application")
    if voted:
        return _("you have voted already; a vote stands")
    return _why_not_mark(item, mark, most)


def _why_not_mark(item: MeetingItem, mark: str, most: int) -> str | None:
    if item.kind == MeetingKind.VOTE:
        return None if mark in Choice.values else _("choose for, against or abstain")
    if not (mark.isascii() and mark.isdigit() and len(mark) < 5 and int(mark) <= most):
        return _("give 0 to %(most)s points") % {"most": most}
    return None


def why_not_sign(member: MeetingMember) -> str | None:
    """Once, in the room, when every application is decided: the signature stands under all of them."""
    if refusal := _why_not_in_the_room(member):
        return refusal
    if member.pledged_at is None:
        return _("please pledge first")
    if member.signed_at is not None:
        return _("you have signed already")
    states = set(member.meeting.items.values_list("state", flat=True))
    if states != {MeetingItemState.DECIDED}:
        return _("the sheet is signed when every application is decided")
    return None


def _why_not_in_the_room(member: MeetingMember) -> str | None:
    if refusal := _why_not_under_way(member.meeting):
        return refusal
    if member.joined_at is None:
        return _("please join with the code that is shown in the room")
    if member.left_at is not None:
        return _("you left; join again with the code that is shown in the room")
    return None


# --- what it binds --------------------------------------------------------------------------------


def why_not_without_panel(application: Application, programme: Programme) -> str | None:
    """Where the programme has a panel, only what a closed meeting was for is proposed."""
    if programme.panel is None:
        return None
    decided = queries.meetings.decision(application)
    if decided is None:
        return _("the panel has not decided about this application yet")
    return None if decided.carried else _("the panel did not carry this application")


def why_not_read_papers(meeting: Meeting) -> str | None:
    """Minutes are drawn from the record, which is kept when the meeting is closed."""
    if meeting.state != MeetingState.CLOSED:
        return _("the papers are there when the meeting is closed")
    return None
