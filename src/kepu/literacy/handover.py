"""What somebody who leaves holds in this room: doors move, desks go with the role, drafts stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.holdings import Goes, Work
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import Case, Fieldwork, Item, Return, Run
from kepu.literacy.queries import fieldwork, interviewing, returns, reviews
from kepu.literacy.rules import fieldwork as rules
from kepu.literacy.states import (
    FILLING,
    FINISHED,
    FieldworkState,
    ItemState,
    ReturnState,
    RoundState,
    RunState,
)

UNDER_WAY = (FieldworkState.PLANNED, FieldworkState.OPEN)


def work(person: User, now: datetime) -> list[Work]:
    """Doors, fieldwork followed, returns to fill and to check, results to publish, drafts, reviews."""
    publishes = roles.reach(person, Verb.SURVEY_PUBLISH, now).limit()
    to_check = returns.in_scope(person, now).filter(state=ReturnState.SUBMITTED)
    drafts = Item.objects.filter(written_by=person, state=ItemState.DRAFT)
    return [
        Work(_("doors of a survey not finished"), _doors(person).count(), Goes.BY_THIS_STEP),
        Work(_("fieldwork to follow"), _followed(person, now).count()),
        Work(
            _("records from devices that need a person"),
            interviewing.needing_a_person(person, now).count(),
        ),
        _returns(person, now),
        Work(_("statistical returns to check"), to_check.count()),
        Work(
            _("survey results to publish"),
            Run.objects.filter(publishes, state=RunState.PROPOSED).count(),
        ),
        Work(_("drafts of items; an officer of the bank sees to them"), drafts.count(), Goes.NOT),
        Work(
            _("reviews of items that were asked for; the officer asks another expert"),
            reviews.waiting_for(person).count(),
            Goes.NOT,
        ),
    ]


def move(giver: User, taker: User, *, by: User, now: datetime) -> int:
    """Give the giver's doors to the taker; where the taker is no interviewer they are taken back.

    What is finished stays with who did it. Raises NotAllowed if a door lies where `by` may not grant roles.
    """
    theirs = _doors(giver)
    ids = theirs.order_by().values_list("fieldwork", flat=True).distinct()
    held = Fieldwork.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk")
    return sum(_pass_on(one, theirs, taker, by=by, now=now) for one in held)


def _pass_on(of: Fieldwork, theirs: QuerySet[Case], taker: User, *, by: User, now: datetime) -> int:
    places = dict(theirs.filter(fieldwork=of).values_list("community", "community__division__path"))
    authorize(rules.why_not_pass_on(by, places.values(), now))
    asks = roles.reach(taker, Verb.SURVEY_ASK, now)
    able = {community for community, path in places.items() if asks.covers(path)}
    moved = 0
    for communities, to in ((able, taker), (places.keys() - able, None)):
        moved += _hand_out(of, theirs, communities, to, by=by, now=now)
    return moved


def _hand_out(
    of: Fieldwork,
    theirs: QuerySet[Case],
    communities: Iterable[int],
    to: User | None,
    *,
    by: User,
    now: datetime,
) -> int:
    chosen = sorted(communities)
    if not chosen:
        return 0
    moved = theirs.filter(fieldwork=of, community__in=chosen).update(interviewer=to)
    audit.record(
        by, "fieldwork.hand_out" if to else "fieldwork.take_back", of, now=now,
        for_whom=to, communities=chosen, doors=moved,
    )  # fmt: skip
    return int(moved)


def _doors(person: User) -> QuerySet[Case]:
    found: QuerySet[Case] = Case.objects.filter(interviewer=person, fieldwork__state__in=UNDER_WAY)
    return found.exclude(outcome__in=FINISHED)


def _followed(person: User, now: datetime) -> QuerySet[Fieldwork]:
    return fieldwork.fieldworks_of(person, now).filter(state__in=UNDER_WAY)


def _returns(person: User, now: datetime) -> Work:
    """Returns hang on the unit: whoever fills them for it next goes on with them."""
    open_ones: QuerySet[Return] = returns.of_units(person, now).filter(
        Q(state__in=FILLING), round__state=RoundState.OPEN
    )
    late = open_ones.filter(round__deadline__lte=now)
    return Work(_("statistical returns to fill"), open_ones.count(), late=late.count())
