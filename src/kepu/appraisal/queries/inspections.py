"""Field inspections: whose they are, what was found, item by item, and what is still missing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.inspection_states import AT_WORK, STANDING, InspectionState, Receipt
from kepu.appraisal.models import (
    Application,
    Call,
    Finding,
    Inspection,
    InspectionDraw,
    InspectionEvent,
    InspectionPhoto,
    Inspector,
    Title,
)
from kepu.appraisal.programme.schema import Check, Noted, Programme
from kepu.appraisal.queries import applications, calls, titles
from kepu.appraisal.states import ApplicationState
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.kernel.ready import Slot, ready
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

A = ApplicationState
BEFORE_CHECK = (A.SUBMITTED, A.RECOMMENDED, A.RETURNED)
KEEPERS = (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE)
LONGEST = timedelta(days=45)  # a device may go on so long after its inspection was closed


def joined() -> QuerySet[Inspection]:
    """Inspections with what every page of them shows."""
    return Inspection.objects.select_related(
        "application__call", "application__venue", "application__organisation",
        "application__person", "title__application__call", "title__venue", "title__organisation",
        "title__person", "made_by", "signed_by",
    )  # fmt: skip


# --- what is inspected ------------------------------------------------------------------------------


def subject(inspection: Inspection) -> Application | Title:
    """The application or the title that is looked at."""
    found = inspection.application or inspection.title
    assert found is not None  # noqa: S101 (held by the database)
    return found


def programme(inspection: Inspection) -> Programme:
    """The programme in the version that the call or the title follows."""
    if inspection.application is not None:
        return calls.programme(inspection.application.call)
    assert inspection.title is not None  # noqa: S101 (held by the database)
    return titles.programme_of(inspection.title)


def checks(inspection: Inspection) -> list[Check]:
    """The checklist of its class."""
    return programme(inspection).checks(subject(inspection).klass)


def name(inspection: Inspection) -> str:
    """Who or what is visited."""
    if inspection.application is not None:
        return applications.name_of(inspection.application)
    assert inspection.title is not None  # noqa: S101 (held by the database)
    return titles.full_name(inspection.title)


def seat(inspection: Inspection) -> str:
    """The path at which is decided about it."""
    if inspection.application is not None:
        return inspection.application.call.path
    assert inspection.title is not None  # noqa: S101 (held by the database)
    return titles.seat(inspection.title)


# --- who sees what ----------------------------------------------------------------------------------


def of_person(person: User, now: datetime) -> QuerySet[Inspection]:
    """Inspections that a person goes on and still writes, and those closed not long ago. One query."""
    recent = Q(state__in=STANDING) | Q(signed_at__gt=now - LONGEST)
    found = joined().filter(recent, inspectors__person=person)
    return found.exclude(state=InspectionState.CANCELLED).order_by("last_day", "pk")


def wait_for(person: User) -> bool:
    """Whether an inspection waits for what the person writes of it. One query."""
    return bool(_unsigned(person=person.pk))


@ready
def _unsigned(person: Slot) -> QuerySet[Inspector, int]:
    found = Inspector.objects.filter(person=person, signed_at__isnull=True)
    return found.filter(inspection__state__in=AT_WORK).values_list("pk", flat=True)


def inspects(person: User) -> bool:
    """Whether a person goes on inspections, or ever did."""
    return Inspector.objects.filter(person=person).exists()


def own(inspection_id: int, person: User) -> Inspector | None:
    """The person's own part in an inspection; None where there is no such part."""
    return Inspector.objects.filter(inspection=inspection_id, person=person).first()


def seen(inspection_id: int, person: User | None, now: datetime) -> Inspection:
    """An inspection for those who keep or decide there, never for who is inspected. Raises Outside."""
    found = joined().filter(pk=inspection_id).first()
    if found is None or not oversees(person, found, now):
        raise Outside(_("there is no such inspection"))
    return found


def oversees(person: User | None, inspection: Inspection, now: datetime) -> bool:
    """Whether the person keeps or decides where it belongs, and does not stand for who is inspected.

    An inspector who has yet to sign reads the others' notes by no office.
    """
    if person is None or stands_for(person, subject(inspection), now):
        return False
    if inspection.inspectors.filter(person=person, signed_at__isnull=True).exists():
        return False
    reaches = roles.reaches(person, KEEPERS, now)
    return any(reach.covers(seat(inspection)) for reach in reaches.values())


def stands_for(person: User, about: Application | Title, now: datetime) -> bool:
    """Whether the person has a side in it: holds the title; applied, speaks for the unit, or reviews."""
    if isinstance(about, Title):
        return bool(titles.keeps(person, about, now))
    one = Application.objects.filter(pk=about.pk)
    return applications.bound(person, now, one).exists()


def at_desk(person: User | None, now: datetime) -> QuerySet[Inspection]:
    """Inspections of the places that the person keeps or decides for, the next due first."""
    reaches = roles.reaches(person, KEEPERS, now)
    kept = Call.objects.filter(
        reaches[Verb.APPRAISAL_KEEP].limit() | reaches[Verb.APPRAISAL_DECIDE].limit()
    )
    mine = Q(application__call__in=kept) | Q(title__application__call__in=kept)
    return joined().filter(mine).order_by("due_at", "pk")


def overseen(person: User, now: datetime) -> QuerySet[Inspection]:
    """Those at the person's desk that they may read, as `oversees` says it one by one. Four queries."""
    own = applications.bound(person, now, Application.objects.all())
    units = roles.reach(person, Verb.APPRAISAL_APPLY, now)
    held = Title.objects.filter(
        Q(person=person) | Q(organisation__in=units.organisations)
        | Q(person=None, organisation=None, path__in=units.paths)
    )  # fmt: skip
    unsigned = Inspector.objects.filter(person=person, signed_at__isnull=True)
    return (
        at_desk(person, now)
        .exclude(application__in=own.values("pk"))
        .exclude(title__in=held.values("pk"))
        .exclude(pk__in=unsigned.values("inspection"))
    )


def of(about: Application | Title) -> QuerySet[Inspection]:
    """All inspections of one application or title that were not cancelled, the newest first."""
    key = "title" if isinstance(about, Title) else "application"
    found = joined().filter(**{key: about}).exclude(state=InspectionState.CANCELLED)
    return found.order_by("-pk")


def newest(found: Collection[Application]) -> dict[int, Inspection]:
    """The newest inspection of each that was not cancelled, by the application's id. One query."""
    rows = Inspection.objects.filter(application__in=[one.pk for one in found])
    kept = rows.exclude(state=InspectionState.CANCELLED).order_by("pk")
    return {one.application_id: one for one in kept if one.application_id is not None}


def finished(about: Application) -> bool:
    """Whether an inspection of it was countersigned. One query."""
    return of(about).filter(state=InspectionState.COUNTERSIGNED).exists()


def announced_to(application: Application, person: User, now: datetime) -> Inspection | None:
    """The visit that who applied may know of: an announced one, or one that has begun."""
    if not applications.is_own(application, person, now):
        return None
    found = of(application).filter(Q(unannounced=False) | Q(visited_at__isnull=False))
    return found.first()


def overdue(now: datetime, *, soon: datetime) -> QuerySet[Inspection]:
    """Inspections that are due soon and of which nobody was reminded, or not since they are overdue."""
    first = Q(due_at__lte=soon, reminded_at__isnull=True)
    late = Q(due_at__lte=now, reminded_at__lt=F("due_at"))
    return joined().filter(first | late, state__in=AT_WORK)


# --- the draw ---------------------------------------------------------------------------------------


def to_draw(call: Call) -> list[str]:
    """Codes of what passed the formal check and goes on, in order. One query."""
    over = (A.DRAFT, *BEFORE_CHECK, A.WITHDRAWN, A.REFUSED)
    rows = call.applications.exclude(state__in=over).order_by("code")
    return list(rows.values_list("code", flat=True))


def lots(seed: int, codes: Collection[str]) -> list[tuple[str, str]]:
    """Each code with its lot, the lowest first: SHA-256 of the seed, all codes, and its own.

    All codes are in it, so that nobody knows a lot before the last application is in.
    """
    every = ",".join(sorted(codes))
    drawn = [(hashlib.sha256(f"{seed}:{every}:{one}".encode()).hexdigest(), one) for one in codes]
    return [(code, lot) for lot, code in sorted(drawn)]


def draw_of(call: Call) -> InspectionDraw | None:
    """What was drawn in a call; None before."""
    return InspectionDraw.objects.filter(call=call).first()


def _has_seed(call: Call) -> bool:
    """Whether a seed was sealed when it opened; a call from before that inspects all."""
    return call.seed is not None or bool(call.sealed_seed)


def is_to_be_inspected(application: Application) -> bool | None:
    """Whether the programme wants this application inspected; None while nothing is drawn yet."""
    return wanted(application.call, [application])[application.pk]


def wanted(call: Call, found: Collection[Application]) -> dict[int, bool | None]:
    """The same of several applications of one call, by their ids. One query at most."""
    asked, ids = calls.programme(call).inspection, [one.pk for one in found]
    if asked is None:
        return dict.fromkeys(ids, False)
    if not asked.by_lot or not _has_seed(call):
        return dict.fromkeys(ids, True)
    drawn = draw_of(call)
    if drawn is None:
        return dict.fromkeys(ids)
    # Who passed the check after the draw had no lot in it, and is inspected.
    spared = set(drawn.codes) - set(drawn.chosen)
    return {one.pk: one.code not in spared for one in found}


# --- what was found ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One item: what each inspector found, whether they differ, and whether a must is missed."""

    check: Check
    found: list[tuple[Inspector, Finding | None]]
    photos: list[InspectionPhoto]

    @property
    def differs(self) -> bool:
        values = [one.value for _who, one in self.found if one is not None]
        return any(value != values[0] for value in values[1:])

    @property
    def fails(self) -> bool:
        """Whether anybody found that a must is missed."""
        return any(one is not None and missed(self.check, one.value) for _who, one in self.found)


def missed(check: Check, value: Any) -> bool:
    """Whether this value misses a must; nothing noted misses nothing yet."""
    if not check.must or value is None:
        return False
    if check.kind is Noted.YES:
        return value is not True
    return check.reach is not None and float(value) < check.reach


def rows(inspection: Inspection) -> list[Row]:
    """The checklist with what was found. Three queries."""
    inspectors = list(inspection.inspectors.select_related("person"))
    found = {
        (one.inspector_id, one.item): one
        for one in Finding.objects.filter(inspector__inspection=inspection)
    }
    photos = InspectionPhoto.objects.filter(inspector__inspection=inspection)
    shown = list(photos.select_related("file", "inspector__person").order_by("taken_at", "pk"))
    return [
        Row(
            one, [(who, found.get((who.pk, one.key))) for who in inspectors],
            [photo for photo in shown if photo.item == one.key],
        )
        for one in checks(inspection)
    ]  # fmt: skip


def failures(inspection: Inspection) -> list[Check]:
    """The musts that somebody found missed."""
    return [row.check for row in rows(inspection) if row.fails]


def missed_in(ids: Collection[int]) -> dict[int, list[str]]:
    """What countersigned inspections found missed, in words, by application; for those on one page."""
    found = joined().filter(application__in=ids, state=InspectionState.COUNTERSIGNED)
    return {
        one.application_id: [str(check) for check in failures(one)]
        for one in found.order_by("pk")
        if one.application_id is not None
    }


def uninspected(call: Call) -> set[int]:
    """Applications of a call that wait for an inspection, or for the draw. Three queries."""
    asked = calls.programme(call).inspection
    if asked is None:
        return set()
    drawn = draw_of(call) if asked.by_lot else None
    spared = set(drawn.codes) - set(drawn.chosen) if drawn else set()
    wanted = call.applications.exclude(code__in=spared).values_list("pk", flat=True)
    signed = Inspection.objects.filter(
        application__call=call, state=InspectionState.COUNTERSIGNED
    ).values_list("application", flat=True)
    return set(wanted) - set(signed)


def missing(inspector: Inspector) -> list[str]:
    """What an inspector still has to note or to photograph, in words. Two queries."""
    noted = {one.item for one in inspector.findings.all() if one.value not in (None, "")}
    taken = InspectionPhoto.objects.filter(inspector__inspection=inspector.inspection_id)
    shown = set(taken.values_list("item", flat=True))  # whoever of them took it
    found = []
    for one in checks(inspector.inspection):
        if one.needed and one.key not in noted:
            found.append(str(one))
        elif one.photo and one.key in noted and one.key not in shown:
            found.append(_("a photograph of “%(item)s”") % {"item": one})
    return found


def refused(inspection: Inspection) -> QuerySet[InspectionEvent]:
    """What devices sent and was not taken in, or differed between two devices. One query."""
    found = inspection.events.exclude(receipt=Receipt.DONE)
    return found.select_related("by").order_by("-pk")


def sent_since(person: User, since: datetime) -> int:
    """How much a person's devices sent since then. One query."""
    return InspectionEvent.objects.filter(by=person, received_at__gt=since).count()
