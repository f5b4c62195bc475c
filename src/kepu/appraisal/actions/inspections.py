"""Field inspections in the office: drawn, ordered, countersigned, sent back, cancelled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from math import ceil

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.appraisal.actions.calls import tell_seed
from kepu.appraisal.actions.moving import locked as application_locked
from kepu.appraisal.inspection_states import INSPECTION, InspectionState
from kepu.appraisal.models import (
    Application,
    Call,
    Inspection,
    InspectionDraw,
    Inspector,
    SpotCheck,
    Title,
)
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import calls
from kepu.appraisal.queries import inspections as queries
from kepu.appraisal.queries import titles as held
from kepu.appraisal.rules import calls as call_rules
from kepu.appraisal.rules import inspections as rules
from kepu.appraisal.telling import inspections as telling
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.clock import workdays
from kepu.kernel.errors import Outside, authorize, require

SOON = 3  # working days before the end when inspectors are reminded


@transaction.atomic
def draw(call_id: int, *, by: User, now: datetime) -> InspectionDraw:
    """Draw once which applications of a call are inspected, so that anybody can draw them again."""
    call = Call.objects.select_for_update().get(pk=call_id)
    programme = calls.programme(call)
    authorize(call_rules.why_not_keep(by, call, now))
    require(rules.why_not_draw(call, programme, now))
    assert programme.inspection  # noqa: S101 (the rule has asked)
    tell_seed(call, by=by, now=now)
    assert call.seed is not None  # noqa: S101 (just told)

    codes = queries.to_draw(call)
    most = ceil(len(codes) * programme.inspection.percent / 100)
    chosen = sorted(code for code, _lot in queries.lots(call.seed, codes)[:most])
    made = InspectionDraw.objects.create(
        call=call, seed=call.seed, codes=codes, chosen=chosen, made_by=by, made_at=now
    )
    audit.record(by, "appraisal.draw_inspections", call, now=now, chosen=len(chosen))
    return made


@transaction.atomic
def order_of_application(
    application_id: int,
    people: Collection[int],
    *,
    first: date,
    last: date,
    by: User,
    now: datetime,
) -> Inspection:
    """Send inspectors to an applicant; see `_order`."""
    about = application_locked(application_id)
    programme = calls.programme(about.call)
    return _order(about, programme, people, (first, last), by=by, now=now)


@transaction.atomic
def order_of_title(
    title_id: int, people: Collection[int], *, first: date, last: date, by: User, now: datetime
) -> Inspection:
    """Send inspectors to the holder of a title, as a spot check; see `_order`."""
    about = held.locked(title_id)
    return _order(about, held.programme_of(about), people, (first, last), by=by, now=now)


def _order(
    about: Application | Title, programme: Programme, people: Collection[int],
    days: tuple[date, date], *, by: User, now: datetime,
) -> Inspection:  # fmt: skip
    """Nobody goes who is bound to who is visited; each inspector hears of it."""
    authorize(rules.why_not_order_as(by, about, now))
    require(rules.why_not_order(about, programme, *days, now))
    chosen = list(User.objects.filter(pk__in=people, is_active=True).order_by("pk"))
    require(rules.why_not_send(chosen, about, programme, now))
    assert programme.inspection  # noqa: S101 (the rule has asked)

    begins = max(now, datetime.combine(days[0], now.astimezone(clock.BEIJING).timetz()))
    made: Inspection = Inspection.objects.create(
        application=about if isinstance(about, Application) else None,
        title=about if isinstance(about, Title) else None,
        first_day=days[0], last_day=days[1],
        unannounced=programme.inspection.unannounced or isinstance(about, Title),
        due_at=workdays.add_workdays(begins, programme.inspection.workdays), made_by=by, made_at=now,
    )  # fmt: skip
    Inspector.objects.bulk_create(Inspector(inspection=made, person=one) for one in chosen)
    ids = [one.pk for one in chosen]
    audit.record(by, "appraisal.order_inspection", made, now=now, inspectors=ids)
    telling.ordered(made, chosen, now=now)
    return made


@transaction.atomic
def countersign(
    inspection_id: int, *, seen: int, by: User, now: datetime, words: str = ""
) -> Inspection:
    """Take the report into the record; that of a title is its spot check. What follows, people decide."""
    inspection = _to_close(inspection_id, "countersign", words, seen, by=by, now=now)
    inspection.signed_by, inspection.signed_at = by, now
    _close(inspection, "countersign", words, by=by, now=now)
    if inspection.title is not None:
        _spot_check(inspection, inspection.title, by=by, now=now)
    return inspection


def _spot_check(inspection: Inspection, title: Title, *, by: User, now: datetime) -> None:
    failed = [str(one) for one in queries.failures(inspection)]
    told = _("; ").join(failed) or _("no must was missed")
    made = SpotCheck.objects.create(
        title=title, day=clock.day(inspection.visited_at or now), passed=not failed,
        text=told[:600], inspection=inspection, by=by, at=now,
    )  # fmt: skip
    audit.record(by, "appraisal.check_title", title, now=now, passed=made.passed)


@transaction.atomic
def send_back(inspection_id: int, *, words: str, seen: int, by: User, now: datetime) -> Inspection:
    """Give the report back to its inspectors: their signatures are lifted, what they noted stays."""
    inspection = _to_close(inspection_id, "send_back", words, seen, by=by, now=now)
    inspection.inspectors.update(signed_at=None)
    asked = queries.programme(inspection).inspection
    inspection.due_at = workdays.add_workdays(now, asked.workdays if asked else SOON)
    inspection.reminded_at = None
    inspection.sent_back_times += 1
    _close(inspection, "send_back", words, by=by, now=now)
    telling.sent_back(inspection, words.strip(), now=now)
    return inspection


@transaction.atomic
def cancel(inspection_id: int, *, words: str, seen: int, by: User, now: datetime) -> Inspection:
    """Call the visit off; what was noted so far stays with the record."""
    inspection = _to_close(inspection_id, "cancel", words, seen, by=by, now=now)
    _close(inspection, "cancel", words, by=by, now=now)
    telling.cancelled(inspection, words.strip(), now=now)
    return inspection


@transaction.atomic
def remind(*, now: datetime) -> int:
    """Remind inspectors whose time is nearly over, and tell secretaries what is overdue, once each."""
    soon = workdays.add_workdays(now, SOON)
    rows = queries.overdue(now, soon=soon).select_for_update(of=("self",), skip_locked=True)
    found = list(rows[:200])
    for inspection in found:
        inspection.reminded_at = now
        inspection.save(update_fields=["reminded_at"])
        telling.due(inspection, now=now)
        audit.record(None, "appraisal.remind_inspection", inspection, now=now)
    return len(found)


def _to_close(
    inspection_id: int, verb: str, words: str, seen: int, *, by: User, now: datetime
) -> Inspection:
    inspection = locked(inspection_id)
    authorize(rules.why_not_oversee(by, inspection, now))
    require(rules.why_not_close(inspection, verb, words, seen))
    return inspection


def _close(inspection: Inspection, verb: str, words: str, *, by: User, now: datetime) -> None:
    inspection.words = words.strip()
    step(inspection, verb, by=by, now=now)


def locked(inspection_id: int) -> Inspection:
    """The inspection, held until the transaction ends. Raises Outside."""
    rows = queries.joined().select_for_update(of=("self",))
    found: Inspection | None = rows.filter(pk=inspection_id).first()
    if found is None:
        raise Outside(_("there is no such inspection"))
    return found


def step(inspection: Inspection, verb: str, *, by: User, now: datetime) -> None:
    """Move a locked inspection on; raises RuleBroken where the table leads nowhere."""
    inspection.state = InspectionState(INSPECTION.after(inspection.state, verb))
    inspection.version += 1
    inspection.save()
    audit.record(
        by, f"appraisal.{verb}_inspection", inspection, now=now, version=inspection.version
    )
