"""Photographs and attendance lists of a visit: who may hand them in, who may look at them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.files.kinds import DOCUMENTS, IMAGES, TABLES
from kepu.kernel.files.models import FileState
from kepu.kernel.files.purposes import Purpose
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import rules, visits
from kepu.orders.models import DeviceEvent, Evidence, Order
from kepu.orders.models.delivery import EvidenceKind
from kepu.orders.schemas import CLOCKS
from kepu.orders.states import OrderState
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.files.models import StoredFile

PHOTOS, SHEETS = "orders.photo", "orders.sheet"
PURPOSE_OF = {EvidenceKind.PHOTO: PHOTOS, EvidenceKind.SHEET: SHEETS}
LARGEST = 8 * 1024 * 1024  # a page shrinks a photograph to a twentieth of this before it is sent
MOST = {EvidenceKind.PHOTO: 12, EvidenceKind.SHEET: 3}
A_DAY = 90  # of one person: six full visits
_STATES = (OrderState.SCHEDULED, OrderState.DELIVERED, OrderState.RATED)


def why_not_attach(order: Order, kind: str, now: datetime) -> str | None:
    """A visit that has begun, for some days after it, and so many pictures as somebody looks at."""
    if blocked := rules.why_not_visit_erased(order):
        return blocked
    if order.state not in _STATES:
        return _("photographs are added to a visit that is set or has taken place")
    assert order.starts_at  # noqa: S101 (scheduled: held by the database)
    assert order.ends_at  # noqa: S101
    around = rulebooks.in_force(CLOCKS, now).rules.visit
    if now < (first := order.starts_at - around.early):
        return _("it is too early; add photographs from %(when)s on") % {"when": visits.said(first)}
    if now > (last := order.ends_at + around.photographs):
        return _("photographs of this visit were taken until %(when)s") % {
            "when": visits.said(last)
        }
    most = MOST[EvidenceKind(kind)]
    if kept(order).filter(kind=kind, visit=order.visit).count() >= most:
        return _("a visit keeps at most %(most)s of these; remove one first") % {"most": most}
    return None


def why_not_look(
    person: User | None, order: Order, kind: str, now: datetime, *, visit: int | None = None
) -> str | None:
    """The receiving side, the team that has the order, and the officers in whose reach it lies.

    A list of who came names people who ordered nothing: it is for the team's leaders and the officers.
    A team sees what is of its own visit, the present one, which is meant without `visit`.
    """
    if person is None or not person.is_active:
        return _("sign in first")
    if oversees(person, order, now):
        return None
    team = order.team if visit in (None, order.visit) else None
    if kind == EvidenceKind.SHEET:
        led = team is not None and people.leads(person, team, now)
        return None if led else _("shown to the leaders of the team and the officers in charge")
    if rules.why_not_receive(person, order, now) is None:
        return None
    if team is not None and people.belongs(person, team):
        return None
    return _("shown to the receiving side, the team and the officers in charge")


def oversees(person: User, order: Order, now: datetime) -> bool:
    """Whether the person answers for the order: at its department, its desk, or above it."""
    if rules.why_not_act_for_department(person, order, now) is None:
        return True
    verbs = (Verb.ORDER_DISPATCH, Verb.ORDER_SUPERVISE)
    return any(roles.holds(person, verb, path=order.path, now=now) for verb in verbs)


def why_not_take_away(person: User, order: Order, now: datetime) -> str | None:
    """A leader of the team, the receiving side, or who dispatches at the place.

    Who is in the picture need not say why.
    """
    if order.team is not None and people.leads(person, order.team, now):
        return None
    if rules.why_not_receive(person, order, now) is None:
        return None
    return rules.why_not_dispatch_as(person, order, now)


def why_not_take_away_now(person: User, found: Evidence, now: datetime) -> str | None:
    """What a team has shown for its report stands; the receiving side and the desk remove it still."""
    order = found.order
    if found.visit == order.visit and order.delivered_at is None:
        return None
    if rules.why_not_receive(person, order, now) is None:
        return None
    if rules.why_not_dispatch_as(person, order, now) is None:
        return None
    return _("the visit is reported; the receiving side or the community can remove it, ask them")


def why_not_hand_in_more(by: User, now: datetime) -> str | None:
    """What was removed again counts too, so that nobody fills the disk by changing his mind."""
    day = Evidence.objects.filter(uploaded_by=by, uploaded_at__gt=now - timedelta(days=1))
    if day.count() < A_DAY:
        return None
    return _("you added %(most)s photographs and lists within a day; go on tomorrow") % {
        "most": A_DAY
    }


def kept(order: Order) -> QuerySet[Evidence]:
    """What was handed in of any visit and not taken away, in the order it was taken. One query."""
    return Evidence.objects.filter(order=order, file__state=FileState.KEPT)


def of(person: User, order: Order, now: datetime) -> list[Evidence]:
    """What the person may look at of the present visit, in the order it was taken."""
    return of_visit(person, order, order.visit, now)


def of_visit(person: User, order: Order, visit: int, now: datetime) -> list[Evidence]:
    """What the person may look at of one visit. One query and the rules."""
    kinds = [k for k in EvidenceKind if why_not_look(person, order, k, now, visit=visit) is None]
    found = kept(order).filter(kind__in=kinds, visit=visit)
    return list(found.select_related("file", "uploaded_by"))


def files_of_visits_to(resident_id: int) -> set[int]:
    """Ids of all that was handed in of visits to the resident, and of what was refused. Two queries."""
    shown = Evidence.objects.filter(order__resident=resident_id).values_list("file", flat=True)
    sent = DeviceEvent.objects.filter(order__resident=resident_id, kind__in=EvidenceKind.values)
    refused = {data["file"] for data in sent.values_list("data", flat=True) if "file" in data}
    return {*shown, *refused}


def _why_not_read(person: User | None, file: StoredFile, now: datetime) -> str | None:
    """As its order says; what was refused and belongs to no order is its owner's."""
    found = _of_file(file)
    if found is not None:
        return why_not_look(person, found.order, found.kind, now, visit=found.visit)
    mine = person is not None and person.pk == file.owner_id
    return None if mine else _("only the owner may read this file")


def _why_not_remove(person: User | None, file: StoredFile, now: datetime) -> str | None:
    found = _of_file(file)
    if person is None or found is None:
        return _("only the owner may remove this file")
    return why_not_take_away(person, found.order, now)


def _of_file(file: StoredFile) -> Evidence | None:
    found = Evidence.objects.select_related("order__resident", "order__team")
    return found.filter(file=file).first()


PURPOSES = (
    Purpose(
        PHOTOS, lazy("photograph of a visit"), IMAGES, LARGEST, _why_not_read,
        why_not_remove=_why_not_remove,
    ),
    Purpose(
        SHEETS, lazy("attendance list of a visit"), IMAGES | DOCUMENTS | TABLES, LARGEST,
        _why_not_read, why_not_remove=_why_not_remove,
    ),
)  # fmt: skip
