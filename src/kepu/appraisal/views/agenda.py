"""How an application before the panel is told to the room; by its code alone where judging is blind."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kepu.appraisal.meeting_states import MeetingItemState, MeetingKind, MeetingState
from kepu.appraisal.models import MeetingItem, MeetingMember
from kepu.appraisal.programme import panelling
from kepu.appraisal.programme.schema import Panel, Programme
from kepu.appraisal.queries import meetings
from kepu.appraisal.queries.meetings import Standing
from kepu.appraisal.standards_states import Choice

MEETING_TONES = {
    MeetingState.PLANNED: "information",
    MeetingState.OPEN: "success",
    MeetingState.CANCELLED: "danger",
    MeetingItemState.PRESENTING: "information",
    MeetingItemState.VOTING: "accent",
}


def shown(
    one: MeetingItem, programme: Programme, panel: Panel, standing: Standing
) -> dict[str, Any]:
    """One application of the agenda in words, with what it came to once it is counted."""
    classes = {each.key: str(each) for each in programme.classes}
    decided = one.state == MeetingItemState.DECIDED
    return {
        "item": one,
        "standing": standing,
        "quorum": quorum(standing),
        "code": one.application.code,
        "name": meetings.name_of(one.application, programme),
        "class_name": classes.get(one.application.klass, ""),
        "result": result(one) if decided else "",
        "open_votes": _open_votes(one) if decided and not panel.secret else {},
    }


def quorum(standing: Standing) -> str:
    """Whether enough are here who may vote on it."""
    words = {
        "present": standing.present, "entitled": standing.entitled, "least": standing.least,
    }  # fmt: skip
    if standing.quorate:
        return _("Quorum met: %(present)s of %(entitled)s are here, %(least)s are needed.") % words
    return _("No quorum: %(present)s of %(entitled)s are here, %(least)s are needed.") % words


def result(one: MeetingItem) -> str:
    """The sums of a counted vote, in words."""
    if one.kind == MeetingKind.SCORE:
        return _("mean %(mean)s from %(n)s members") % {
            "mean": f"{float(panelling.mean(one.tally)):.2f}", "n": panelling.cast(one.tally),
        }  # fmt: skip
    return _("%(votes_for)s for, %(against)s against, %(abstained)s abstained") % {
        "votes_for": one.tally.get(Choice.FOR, 0), "against": one.tally.get(Choice.AGAINST, 0),
        "abstained": one.tally.get(Choice.ABSTAIN, 0),
    }  # fmt: skip


def told(
    rows: list[MeetingItem], programme: Programme, panel: Panel, invited: list[MeetingMember]
) -> dict[str, Any] | None:
    """What was counted last."""
    decided = [one for one in rows if one.decided_at is not None]
    if not decided:
        return None
    last = max(decided, key=lambda one: (one.decided_at, one.pk))
    return shown(last, programme, panel, meetings.standing(last, invited, panel))


def _open_votes(one: MeetingItem) -> dict[int, str]:
    """Of an open vote: by member, what was voted, in words."""
    words = dict(Choice.choices)
    return {vote.member_id: str(words.get(vote.mark, vote.mark)) for vote in one.votes.all()}
