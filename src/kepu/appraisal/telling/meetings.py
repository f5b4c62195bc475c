"""What members of a panel are told: when and where they meet, or that they do not. Nobody is named."""

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
TEXTS = (INVITED, CANCELLED)


def invited(member: MeetingMember, programme: Programme, *, now: datetime) -> None:
    """An expert hears when and where the panel meets."""
    meeting = member.meeting
    said = _said(member) | {"programme": programme.title, "place": meeting.place}
    link = reverse("meeting-seat", args=[meeting.pk])
    notices.notify(member.expert.person, INVITED.key, said, now=now, link=link)


def cancelled(member: MeetingMember, *, now: datetime) -> None:
    """A member hears that there is no meeting."""
    notices.notify(member.expert.person, CANCELLED.key, _said(member), now=now)


def _said(member: MeetingMember) -> dict[str, object]:
    meeting = member.meeting
    when = f"{meeting.starts_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    return {"meeting": meeting.title, "when": when}
