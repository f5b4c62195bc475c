"""Calls: which are open, and which a secretary keeps."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal import policy
from kepu.appraisal.models import Call
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.states import ApplicationCallState, ApplicationState
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

PUBLIC = (ApplicationCallState.OPEN, ApplicationCallState.CLOSED)
KEEPERS = (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE)


def public() -> QuerySet[Call]:
    """Calls that everybody may read about, the newest first."""
    return Call.objects.filter(state__in=PUBLIC).select_related("division_now")


def taking(now: datetime) -> QuerySet[Call]:
    """Calls that take applications at `now`, the one that ends first before all others."""
    found = public().filter(state=ApplicationCallState.OPEN, opens_at__lte=now, closes_at__gt=now)
    return found.order_by("closes_at", "pk")


def takes(call: Call, now: datetime) -> bool:
    """Whether the call takes applications at `now`."""
    return call.state == ApplicationCallState.OPEN and call.opens_at <= now < call.closes_at


def kept_by(person: User | None, now: datetime) -> QuerySet[Call]:
    """Calls of the places that the person is secretary or decides for. Two queries."""
    reaches = roles.reaches(person, KEEPERS, now)
    reach = reaches[Verb.APPRAISAL_KEEP].limit() | reaches[Verb.APPRAISAL_DECIDE].limit()
    return Call.objects.filter(reach).select_related("division_now")


def seen(call_id: int, person: User | None, now: datetime) -> Call:
    """A call that the person may see; a draft only its secretaries do. Raises Outside."""
    call: Call | None = Call.objects.filter(pk=call_id).select_related("division_now").first()
    if call is None or not (call.state in PUBLIC or keeps(call, person, now)):
        raise Outside(_("there is no such call"))
    return call


def keeps(call: Call, person: User | None, now: datetime) -> bool:
    """Whether the person is secretary of the call, or decides in it."""
    reaches = roles.reaches(person, KEEPERS, now)
    return any(reach.covers(call.path) for reach in reaches.values())


def programme(call: Call) -> Programme:
    """The programme as it was when the call was opened: it decides to the end."""
    return policy.as_of(call.programme, call.rules_version).programme


def counts(call: Call) -> dict[str, int]:
    """How many applications stand where; drafts are their writers' own and not counted. One query."""
    found = call.applications.exclude(state=ApplicationState.DRAFT).order_by()
    rows = found.values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def finished(call: Call) -> bool:
    """Whether nothing of the call is under way any more. One query."""
    over = (ApplicationState.NAMED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN)
    return not call.applications.exclude(
        Q(state__in=over) | Q(state=ApplicationState.DRAFT)
    ).exists()
