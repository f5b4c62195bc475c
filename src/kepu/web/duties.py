"""What waits for the reader: the one thing to do on the first page of an officer, and a leader's door."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.queries import runs
from kepu.literacy.states import RunState
from kepu.orders import queries as orders
from kepu.orders.states import OrderState
from kepu.people import queries as people
from kepu.ui.cards import Choice
from kepu.web import seats

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from kepu.kernel.accounts.models import User

# Who may do none of these has no use for figures of orders.
FIGURES = frozenset(
    {Verb.ORDER_DISPATCH, Verb.ORDER_ACCEPT, Verb.ORDER_SUPERVISE, Verb.FIGURES_READ}
)


def first(
    person: User, verbs: Collection[Verb], now: datetime, place: str = ""
) -> tuple[str, str] | None:
    """Words and address of what an officer does next: the step that only this office can take.

    Counts what the desk, or the department's board, would show as waiting; within `place` where
    one is chosen, and leads to the page narrowed to it.
    """
    if Verb.ORDER_DISPATCH in verbs:
        waiting = _within(orders.desk(roles.reach(person, Verb.ORDER_DISPATCH, now)), place)
        if waiting:
            return (
                ngettext("Dispatch %(count)s order", "Dispatch %(count)s orders", waiting)
                % {"count": waiting},
                f"{reverse('desk')}{seats.narrowed(place)}",
            )
    if Verb.ORDER_ACCEPT in verbs:
        ours = roles.reach(person, Verb.ORDER_ACCEPT, now).organisations
        waiting = _within(orders.of_department(ours, [OrderState.DISPATCHED]), place)
        if waiting:
            return (
                ngettext("Answer %(count)s order", "Answer %(count)s orders", waiting)
                % {"count": waiting},
                f"{reverse('department')}{seats.narrowed(place)}",
            )
    if Verb.SURVEY_PUBLISH in verbs:
        proposed = runs.runs_of(person, now).filter(state=RunState.PROPOSED)
        waiting = proposed.exclude(proposed_by=person).count()
        if waiting:
            return (
                ngettext(
                    "Publish %(count)s survey result", "Publish %(count)s survey results", waiting
                )
                % {"count": waiting},
                reverse("survey-runs"),
            )
    return None


def _within(waiting: QuerySet[Any], place: str) -> int:
    return (waiting.filter(path__within=place) if place else waiting).count()


def team_doors(person: User, now: datetime) -> list[Choice]:
    """Where a member of a team goes first, and what is there to be claimed or gone to.

    One query for members, some for each team that the person leads.
    """
    places = people.places_in_teams(person)
    if not places:
        return []
    led = [team for team in people.teams_led(person) if places.get(team.pk)]
    open_now = sum(orders.claimable(team, now).count() for team in led)
    words = (
        ngettext("%(count)s order can be claimed", "%(count)s orders can be claimed", open_now)
        % {"count": open_now}
        if open_now
        else _("Visits to come, and your team")
    )
    return [Choice(_("My teams"), reverse("team-board"), "people", words)]
