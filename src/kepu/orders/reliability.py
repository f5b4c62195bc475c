"""How reliable a team is: the share of its visits that it came late to, or did not come to at all.

What counts is the visit. An order that nobody came to is reopened, served by another team and closed;
the visit that was missed stays in the steps of the order, and with the team that missed it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from kepu.kernel.ready import Slot, ready
from kepu.orders.models import CheckIn, Step
from kepu.orders.schemas import Claims
from kepu.orders.states import ENDS_OF_A_VISIT

if TYPE_CHECKING:
    from kepu.people.models import Team

LAST = 30  # visits that say how reliable a team is

End = tuple[
    str, datetime | None, datetime | None
]  # how it ended, when it was set for, who was first
_END = ("verb", "set_for", "first_at")


def late_share(team: Team, rules: Claims) -> float:
    """Share of the team's last 30 visits to which nobody came, or the first one late; 0 when it had
    fewer than the rulebook asks for.
    """
    return _share_of_late(_last_ends(team=team.pk), rules)


def late_shares(teams: list[int], rules: Claims) -> dict[int, float]:
    """The same for many teams. One query."""
    turn = Window(RowNumber(), partition_by=F("team"), order_by=F("pk").desc())
    rows = _ended(Step.objects.filter(team__in=teams)).annotate(turn=turn).filter(turn__lte=LAST)
    ends: dict[int, list[End]] = {}
    for team, *end in rows.values_list("team", *_END):
        ends.setdefault(team, []).append((end[0], end[1], end[2]))
    return {team: _share_of_late(some, rules) for team, some in ends.items()}


def _share_of_late(ends: list[End], rules: Claims) -> float:
    if len(ends) < rules.late_min_orders:
        return 0.0
    tolerance = timedelta(minutes=rules.late_after_minutes)
    late = [
        verb == "report_no_show" or bool(begin and first and first > begin + tolerance)
        for verb, begin, first in ends
    ]
    return sum(late) / len(late)


def _ended(steps: QuerySet[Step]) -> QuerySet[Step]:
    """Visits that took place or should have, each with when the first of the team checked in."""
    came = CheckIn.objects.filter(order=OuterRef("order"), visit=OuterRef("visit"))
    first = came.order_by("arrived_at").values("arrived_at")[:1]
    return steps.filter(verb__in=ENDS_OF_A_VISIT).annotate(first_at=Subquery(first))


@ready
def _last_ends(team: Slot) -> QuerySet[Step, End]:
    last = _ended(Step.objects.filter(team=team)).order_by("-pk")
    return last.values_list(*_END)[:LAST]
