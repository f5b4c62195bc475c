"""Reads of objections to candidates on public notice."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.people.models import Nomination, Objection
from kepu.people.queries.campaigns import nomination
from kepu.people.states import NominationState, ObjectionState


def objections(of: Nomination) -> QuerySet[Objection]:
    """What was said against the candidate, the first to object on top."""
    found = Objection.objects.filter(nomination=of).select_related("person", "answered_by")
    return found.order_by("made_at", "pk")


def waiting(of: Nomination) -> QuerySet[Objection]:
    """Objections that nobody has answered yet."""
    return objections(of).filter(state=ObjectionState.OPEN)


def objection(objection_id: int) -> Objection:
    """An objection with its nomination; raises Outside."""
    found: Objection | None = (
        Objection.objects.select_related("nomination__team").filter(pk=objection_id).first()
    )
    if found is None:
        raise Outside(_("there is no such objection"))
    return found


def own(of: Nomination, person: User) -> Objection | None:
    """The person's objection to this candidate."""
    return Objection.objects.filter(nomination=of, person=person).first()


def objected_to(by: User, among: Iterable[Nomination]) -> set[int]:
    """Ids of the nominations that the person objected to. One query."""
    found = Objection.objects.filter(person=by, nomination__in=list(among))
    return set(found.values_list("nomination", flat=True))


def open_to_objection(nomination_id: int, person: User) -> Nomination:
    """A nomination on public notice, or one that this person objected to; raises Outside."""
    found = nomination(nomination_id)
    if found.state != NominationState.NOTICE and own(found, person) is None:
        raise Outside(_("there is no such nomination"))
    return found
