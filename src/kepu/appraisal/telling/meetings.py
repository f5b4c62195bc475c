"""What members of a panel are told: when and where they meet, also instead, or that they do not. Nobody is
named.
"""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from kepu.appraisal.models import MeetingMember
from kepu.appraisal.programme.schema import Programme
from kepu.kernel.clock import BEIJING
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words

INVITED = Text(
    "appraisal.meeting_invited",
    Words(
        "请您参加评审会",
        "“{programme}”评审会“{meeting}”将于{when}在{place}举行，请您作为评委参加。到场后扫码签到。",
    ),
    Words(
        "You are invited to a panel meeting",
        "{programme}: the panel meets on {when} at {place} ({meeting}). You join by a code in the room.",
    ),
)  # fmt: skip
CANCELLED = Text(
    "appraisal.meeting_cancelled",
    Words("评审会取消", "原定{when}的评审会“{meeting}”已取消。"),
    Words(
        "A panel meeting was called off", "The panel meeting of {when} ({meeting}) is called off."
    ),
)
MOVED = Text(
    "appraisal.meeting_moved",
    Words(
        "评审会改期", "原定{before}的评审会“{meeting}”改为{when}在{place}举行，议程和评议顺序不变。"
    ),
    Words(
        "A panel meeting was moved",
        "The panel meeting of {before} ({meeting}) is held on {when} at {place}. Agenda and order stay.",
    ),
)
TEXTS = (INVITED, CANCELLED, MOVED)


def invited(member: MeetingMember, programme: Programme, *, now: datetime) -> None:
    """An expert hears when and where the panel meets."""
    meeting = member.meeting
    said = _said(member) | {"programme": programme.title, "place": meeting.place}
    link = reverse("meeting-seat", args=[meeting.pk])
    notices.notify(member.expert.person, INVITED.key, said, now=now, link=link)


def moved(member: MeetingMember, before: datetime, *, now: datetime) -> None:
    """A member hears of the new time and place."""
    meeting = member.meeting
    said = _said(member) | {"before": _moment(before), "place": meeting.place}
    link = reverse("meeting-seat", args=[meeting.pk])
    notices.notify(member.expert.person, MOVED.key, said, now=now, link=link)


def cancelled(member: MeetingMember, *, now: datetime) -> None:
    """A member hears that there is no meeting."""
    notices.notify(member.expert.person, CANCELLED.key, _said(member), now=now)


def _said(member: MeetingMember) -> dict[str, object]:
    meeting = member.meeting
    return {"meeting": meeting.title, "when": _moment(meeting.starts_at)}


def _moment(at: datetime) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
