"""Half days that experts sat in meetings of a call, as the list of fees counts them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kepu.appraisal.meeting_states import MeetingState
from kepu.appraisal.models import Call, MeetingMember
from kepu.appraisal.queries import fees
from kepu.kernel import clock

HALF = timedelta(hours=4)  # longer is a whole day


@dataclass(frozen=True)
class HalfDay:
    """Half a day of one expert; `source` names it, so that it is paid once."""

    expert_id: int
    on: date
    source: str
    called: str


def half_days(call: Call) -> list[HalfDay]:
    """Half days of those who pledged in a meeting that was closed. One query."""
    seats = MeetingMember.objects.filter(
        meeting__call=call, meeting__state=MeetingState.CLOSED, pledged_at__isnull=False
    )
    return [half for seat in seats.select_related("meeting") for half in _of(seat)]


def unpaid(call: Call) -> list[HalfDay]:
    """Those that stand on no list yet. Two queries."""
    attended = half_days(call)
    known = fees.on_lists([one.source for one in attended])
    return [one for one in attended if (one.expert_id, one.source) not in known]


def _of(seat: MeetingMember) -> Iterator[HalfDay]:
    """One for up to four hours from the pledge to the end, or to when the member left; else two."""
    meeting = seat.meeting
    left = seat.left_at or meeting.closed_at
    assert seat.pledged_at is not None  # noqa: S101 (only who pledged is asked for)
    assert left is not None  # noqa: S101 (a closed meeting has an end)
    halves = 1 if left - seat.pledged_at <= HALF else 2
    for number in range(1, halves + 1):
        yield HalfDay(
            seat.expert_id,
            clock.day(seat.pledged_at),
            f"meeting-{meeting.pk}-{number}",
            meeting.title,
        )
