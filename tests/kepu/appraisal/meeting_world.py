"""A call whose programme has a panel, and meetings of it as far as a test needs them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from kepu.appraisal.actions import attending, meetings
from kepu.appraisal.models import Application, Call, Meeting, MeetingItem, MeetingMember
from kepu.appraisal.queries import meetings as queries
from kepu.people.models import Expert
from tests.factories import NOW
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as world

PANEL: dict[str, Any] = {"quorum": 0.6666, "majority": 0.6666}
SOON = NOW + timedelta(days=2)
DURING = SOON + timedelta(minutes=30)


def call(code: str = "trial", levels: list[dict[str, Any]] | None = None, **panel: Any) -> Call:
    """An open call of a reviewed programme with a panel; votes are secret unless said otherwise."""
    said = world.SAID | {"panel": PANEL | panel} | ({"levels": levels} if levels else {})
    return factories.call(code=code, **said)


def reviewed(of: Call, name: str = "秘密馆示例") -> Application:
    """As if its reviewers had handed in."""
    made = world.checked(of, name)
    factories.end_review(made)
    return factories.again(made)


def judges(n: int) -> list[Expert]:
    return [world.expert(f"评委示例{number}") for number in range(n)]


def planned(
    of: Call, applications: Sequence[Application], who: Sequence[Expert], kind: str = "vote"
) -> Meeting:
    return meetings.plan(
        of.pk, title="示例评审会", place="示例楼三层会议室", starts_at=SOON, kind=kind,
        experts=[one.pk for one in who], applications=[one.pk for one in applications],
        by=factories.secretary(), now=NOW,
    )  # fmt: skip


def opened(meeting: Meeting, *, now: datetime = DURING) -> Meeting:
    """Drawn and begun."""
    by = factories.secretary()
    meetings.draw(meeting.pk, by=by, now=now)
    return meetings.open_meeting(meeting.pk, by=by, now=now)


def comes(meeting: Meeting, who: Expert, *, aside: Sequence[int] = ()) -> MeetingMember:
    """In the room, with the pledge."""
    member, code = seat(meeting, who), Meeting.objects.get(pk=meeting.pk).code
    attending.join(member.pk, code=code, by=who.person, now=DURING)
    return attending.pledge(member.pk, confidential=True, aside=aside, by=who.person, now=DURING)


def seat(meeting: Meeting, who: Expert) -> MeetingMember:
    return MeetingMember.objects.get(meeting=meeting, expert=who)


def under_way(
    of: Call, applications: Sequence[Application], who: Sequence[Expert], kind: str = "vote"
) -> Meeting:
    """Begun, with everybody there."""
    meeting = opened(planned(of, applications, who, kind))
    for one in who:
        comes(meeting, one)
    return meeting


def item(meeting: Meeting, position: int = 1) -> MeetingItem:
    return MeetingItem.objects.get(meeting=meeting, position=position)


def voting(meeting: Meeting, position: int = 1) -> MeetingItem:
    """The vote on it is open."""
    one, by = item(meeting, position), factories.secretary()
    meetings.call_up(one.pk, by=by, now=DURING)
    return meetings.let_vote(one.pk, by=by, now=DURING)


def votes(one: MeetingItem, who: Expert, mark: str = "for") -> None:
    attending.vote(one.pk, mark=mark, by=who.person, now=DURING)


def counted(one: MeetingItem) -> MeetingItem:
    return meetings.count(one.pk, by=factories.secretary(), now=DURING)


def closed(meeting: Meeting) -> Meeting:
    return meetings.close(meeting.pk, by=factories.secretary(), now=DURING)


def held(
    of: Call, application: Application, who: Sequence[Expert], marks: Sequence[str],
    kind: str = "vote",
) -> Meeting:  # fmt: skip
    """A meeting about one application, from its plan to its record."""
    meeting = under_way(of, [application], who, kind)
    one = voting(meeting)
    for expert, mark in zip(who, marks, strict=True):
        votes(one, expert, mark)
    counted(one)
    return closed(meeting)


def stamp(meeting: Meeting) -> str:
    """What a page that watches has seen."""
    return queries.stamp(Meeting.objects.get(pk=meeting.pk))
