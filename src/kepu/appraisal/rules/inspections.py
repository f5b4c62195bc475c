"""Why not? Who inspects what, what a device may still write, and when an inspection counts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cache
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.inspection_states import AT_WORK, INSPECTION, STANDING
from kepu.appraisal.models import (
    Application,
    Call,
    Inspection,
    InspectionPhoto,
    Inspector,
    Title,
)
from kepu.appraisal.programme.schema import Check, Noted, Programme, Reviewing
from kepu.appraisal.queries import calls, reviewing
from kepu.appraisal.queries import inspections as queries
from kepu.appraisal.queries import titles as held
from kepu.appraisal.rules import applications, terms
from kepu.appraisal.rules import reviewing as conflicts
from kepu.appraisal.states import STANDING as TITLE_STANDS
from kepu.appraisal.states import ApplicationState as A
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.devices import CLOCK_TOLERANCE
from kepu.kernel.files.kinds import IMAGES
from kepu.kernel.files.models import StoredFile
from kepu.kernel.files.purposes import Purpose
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.queries import experts

PHOTOS = "appraisal.inspection"
LARGEST = 8 * 1024 * 1024  # a page shrinks a photograph to a twentieth of this before it is sent
A_DAY = 2_000  # of one person: forty inspections of fifty items
OF_AN_ITEM = 10  # photographs, of one inspector
LONGEST_NOTE = 1000
INSPECTABLE = (A.CHECKED, A.IN_REVIEW, A.REVIEWED)
OFFICE = (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE)
YEARS = 3  # worked in the same unit within, where the programme has no review that says so


# --- the secretary ----------------------------------------------------------------------------------


def why_not_order_as(by: User, about: Application | Title, now: datetime) -> str | None:
    """The secretary of the call; for a title whoever may check it on the spot."""
    if isinstance(about, Title):
        return terms.why_not_check_as(by, about, now)
    return applications.why_not_keep_as(by, about, now)


def why_not_order(
    about: Application | Title, programme: Programme, first: date, last: date, now: datetime
) -> str | None:
    """What passed the check, or a title that stands; one inspection at a time, not in the past."""
    if programme.inspection is None:
        return _("this programme asks for no field inspection")
    if isinstance(about, Title):
        if about.state not in TITLE_STANDS:
            return _("this title holds no more")
    elif about.state not in INSPECTABLE:
        return _("an application is inspected after its formal check and before it is proposed")
    if queries.of(about).filter(state__in=STANDING).exists():
        return _("an inspection is under way already")
    if first < clock.day(now) or last < first:
        return _("the days of the visit begin today or later, and end after they begin")
    return None


def why_not_send(
    people: Collection[User], about: Application | Title, programme: Programme, now: datetime
) -> str | None:
    """As many as the programme asks for, each of them free of any bond."""
    assert programme.inspection is not None  # noqa: S101 (asked before)
    if len({one.pk for one in people}) < programme.inspection.inspectors:
        return _("at least %(n)s inspectors go together") % {"n": programme.inspection.inspectors}
    refusals = why_not_each(people, about, now)
    for person in people:
        if refusal := refusals[person.pk]:
            return _("%(name)s: %(reason)s") % {"name": person.name, "reason": refusal}
    return None


def why_not_inspect(person: User, about: Application | Title, now: datetime) -> str | None:
    """An expert or an officer of the place, bound to nobody who is inspected."""
    return why_not_each([person], about, now)[person.pk]


def why_not_each(
    people: Collection[User], about: Application | Title, now: datetime
) -> dict[int, str | None]:
    """The same of many; the pool of experts and their bonds are read once, if anybody asks for them."""
    application = about.application if isinstance(about, Title) else about

    @cache
    def pool() -> dict[int, str | None]:
        return dict(beside(application, clock.day(now))) if application else {}

    def why_not(person: User) -> str | None:
        if refusal := _why_not_own(person, about, now):
            return refusal
        expert = experts.expert_of(person)
        in_office = _in_office(person, about, now)
        if expert is None:
            return None if in_office else _("only experts and officers of the place inspect")
        if application is None:
            if in_office:
                return None
            return _("this title was given without an application; officers inspect it")
        outside = None if in_office else _("this expert is not in the pool of this programme")
        return pool().get(expert.pk, outside)

    return {person.pk: why_not(person) for person in people}


def _why_not_own(person: User, about: Application | Title, now: datetime) -> str | None:
    if isinstance(about, Title):
        if queries.stands_for(person, about, now):
            return _("nobody inspects their own")
        return None
    return applications.why_not_judge_own(person, about, now)


def _in_office(person: User, about: Application | Title, now: datetime) -> bool:
    seat = held.seat(about) if isinstance(about, Title) else about.call.path
    reaches = roles.reaches(person, (*OFFICE, Verb.APPRAISAL_RECOMMEND), now)
    here = reaches[Verb.APPRAISAL_RECOMMEND].covers(about.path)
    return here or any(reaches[verb].covers(seat) for verb in OFFICE)


def beside(application: Application, on: date) -> list[tuple[int, str | None]]:
    """Every expert of the programme's fields with why not, by the rules that hold for reviewers."""
    asked = calls.programme(application.call).reviewing or Reviewing(each=1, load=500, years=YEARS)
    (party,) = reviewing.parties(Application.objects.filter(pk=application.pk), on, asked.years)
    pool = experts.pool(fields=asked.fields, on=on)
    bonds = experts.bonds([one.id for one in pool])
    return [
        (one.id, conflicts.why_not_review(conflicts.ties(one, bonds[one.id], asked, on), party))
        for one in pool
    ]


def why_not_oversee(by: User, inspection: Inspection, now: datetime) -> str | None:
    """Who keeps or decides there; no inspector countersigns the own report."""
    if refusal := why_not_order_as(by, queries.subject(inspection), now):
        return refusal
    if queries.own(inspection.pk, by) is not None:
        return _("you were one of the inspectors; somebody else does this")
    return None


def why_not_close(inspection: Inspection, verb: str, words: str, seen: int) -> str | None:
    """Countersigned, sent back or cancelled as it was seen; what goes back or is dropped has a reason."""
    if refusal := INSPECTION.why_not(inspection.state, verb):
        return refusal
    if seen != inspection.version:
        return _("somebody changed this in the meantime; please look again")
    if verb != "countersign" and not words.strip():
        return _("please give a reason")
    return None


def why_not_draw(call: Call, programme: Programme, now: datetime) -> str | None:
    """Once, where less than all are inspected, from the sealed seed, after the last formal check."""
    if programme.inspection is None or not programme.inspection.by_lot:
        return _("nothing is drawn here: the programme inspects all applications or none")
    if queries.draw_of(call) is not None:
        return _("the draw was made already")
    if call.seed is None and not call.sealed_seed:
        return _("no seed was sealed when this call opened; all applications are inspected")
    if now < call.closes_at:
        return _("lots are drawn after the call has closed")
    if call.applications.filter(state__in=queries.BEFORE_CHECK).exists():
        return _("some applications have not passed the formal check yet")
    return None if queries.to_draw(call) else _("no application has passed the formal check")


def why_not_uninspected(application: Application) -> str | None:
    """Where the programme asks for it, nothing is proposed before its inspection is countersigned."""
    asked = queries.is_to_be_inspected(application)
    if asked is None:
        return _("first draw which applications are inspected")
    if asked and not queries.finished(application):
        return _("its field inspection is not countersigned yet")
    return None


# --- the inspector ----------------------------------------------------------------------------------


def why_not_receive(by: User, now: datetime) -> str | None:
    """What one person's devices send in a day has a measure."""
    if queries.sent_since(by, now - timedelta(days=1)) >= A_DAY:
        return _("more was sent in a day than inspections can bring; it stays on the device")
    return None


def why_not_write(inspection: Inspection, inspector: Inspector) -> str | None:
    """Until the own signature, while the inspection goes on."""
    if inspector.signed_at is not None:
        return _("you have signed; the secretary can send it back to you")
    if inspection.state not in AT_WORK:
        return _("this inspection is closed")
    return None


def why_not_at(inspection: Inspection, moment: datetime, now: datetime) -> str | None:
    """Neither before the first day of the visit nor in the future, as the device says."""
    if moment > now + CLOCK_TOLERANCE:
        return _("the clock of the device is ahead of time")
    if clock.day(moment) < inspection.first_day:
        return _("the visit begins on %(day)s") % {"day": inspection.first_day.isoformat()}
    return None


def check_of(inspection: Inspection, key: str) -> Check | None:
    """The item of this key."""
    return next((one for one in queries.checks(inspection) if one.key == key), None)


def why_not_note(check: Check | None, value: Any, note: str) -> str | None:
    """A value of the item's kind, within its range; None takes back what was noted."""
    if check is None:
        return _("the checklist has no such item")
    if len(note) > LONGEST_NOTE:
        return _("this is too long")
    if value is None:
        return None
    fits = {
        Noted.YES: isinstance(value, bool),
        Noted.NUMBER: _is_number(value),
        Noted.CHOICE: value in check.choices,
        Noted.TEXT: isinstance(value, str) and len(value) <= LONGEST_NOTE,
    }
    if not fits[check.kind]:
        return _("this is no answer to “%(item)s”") % {"item": check}
    if check.kind is Noted.NUMBER and not check.least <= value <= check.most:
        return _("%(item)s: between %(least)s and %(most)s") % {
            "item": check, "least": f"{check.least:g}", "most": f"{check.most:g}",
        }  # fmt: skip
    return None


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or isfinite(value)  # a very long integer is no float


def why_not_sign_now(inspection: Inspection, sent_back_times: Any) -> str | None:
    """What is signed is the report as the device knew it, not one that was sent back since."""
    if sent_back_times == inspection.sent_back_times:
        return None
    return _("the report was sent back after you signed; please look through it and sign again")


def why_not_sign(inspector: Inspector, opinion: str) -> str | None:
    """With everything noted and photographed that has to be, and the whole in words."""
    if missing := queries.missing(inspector):
        return _("not complete yet: %(gaps)s") % {"gaps": _("; ").join(missing)}
    return None if opinion.strip() else _("please sum up what you saw")


def why_not_photograph(inspector: Inspector, check: Check | None) -> str | None:
    """Of an item that the checklist has, and no more than anybody looks at."""
    if check is None:
        return _("the checklist has no such item")
    if inspector.photos.filter(item=check.key).count() >= OF_AN_ITEM:
        return _("an item keeps at most %(most)s photographs of one inspector") % {
            "most": OF_AN_ITEM
        }
    return None


# --- photographs ------------------------------------------------------------------------------------


def _why_not_read(person: User | None, file: StoredFile, now: datetime) -> str | None:
    """Whoever sees the inspection, and the inspector who took it."""
    photo = InspectionPhoto.objects.filter(file=file).select_related("inspector").first()
    if photo is not None and person is not None:
        if photo.inspector.person_id == person.pk:
            return None
        inspection = queries.joined().get(pk=photo.inspector.inspection_id)
        if queries.oversees(person, inspection, now):
            return None
    return _("this file is not there any more")


PURPOSE = Purpose(PHOTOS, lazy("photograph of a field inspection"), IMAGES, LARGEST, _why_not_read)
