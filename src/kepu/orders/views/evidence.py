"""Photographs and lists of a visit: handed in by form or by device, shown small and large, removed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kepu.kernel import bodies, clock
from kepu.kernel.accounts.models import User
from kepu.kernel.clock import EARLIEST, LATEST
from kepu.kernel.errors import BadInput, RuleBroken, authorize, require
from kepu.kernel.files import rules as files_rules
from kepu.kernel.files import shown
from kepu.kernel.files.kinds import IMAGES
from kepu.orders import actions, evidence, rules
from kepu.orders.actions.syncing import SCHEMA, Sent
from kepu.orders.models import Evidence
from kepu.orders.models.delivery import EvidenceKind
from kepu.orders.views.acting import order_or_404

SIDES = {"small": 320, "large": 1600}


@login_required
@require_POST
@bodies.takes(evidence.MOST[EvidenceKind.PHOTO] * evidence.LARGEST + bodies.MEGABYTE)
def add(request: HttpRequest, order_id: int) -> HttpResponse:
    """What a page without script sends: several photographs, or a list, at once."""
    order, now = order_or_404(request, order_id), clock.now()
    person: User = request.user  # type: ignore[assignment]
    authorize(rules.why_not_serve(person, order))
    kind = request.POST.get("kind", EvidenceKind.PHOTO)
    sent, added = request.FILES.getlist("files"), 0
    if not sent:
        messages.error(request, _("Choose a photograph first."))
    for file in sent:
        shot = actions.Shot(uuid4(), kind, now, file.name or "")
        try:
            actions.attach(order.pk, shot, file, by=person, now=now)
            added += 1
        except (BadInput, RuleBroken) as refusal:
            messages.error(request, refusal.reason)
    if added:
        said = ngettext("%(n)s was added to the visit.", "%(n)s were added to the visit.", added)
        messages.success(request, said % {"n": added})
    return redirect("visit", order.pk)


@login_required
@require_POST
def sync(request: HttpRequest) -> JsonResponse:
    """Take in one photograph that a device kept; answered as any other event is.

    A device that says whose queue it is is refused (409) when somebody else is signed in on it.
    """
    person: User = request.user  # type: ignore[assignment]
    try:
        sent = _sent(request)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise BadInput(_("these events cannot be read")) from error
    if request.POST.get("person", person.pseudonym) != person.pseudonym:
        raise RuleBroken(_("somebody else wrote this down; sign in as that person"))
    file = request.FILES.get("file")
    if file is None:
        raise BadInput(_("these events cannot be read"))
    kept = actions.receive_shot(sent, file, by=person, now=clock.now())
    return JsonResponse({"uuid": str(kept.uuid), "outcome": kept.outcome, "reason": kept.reason})


def _sent(request: HttpRequest) -> Sent:
    told = request.POST
    moment = datetime.fromisoformat(told["device_time"])
    if moment.tzinfo is None or not EARLIEST <= moment <= LATEST:
        raise ValueError("a time without its zone, or out of ours")
    if int(told["schema"]) != SCHEMA:
        raise ValueError("another schema")
    return Sent(
        uuid=UUID(told["uuid"]),
        kind=EvidenceKind(told["kind"]),
        order_id=int(told["order_id"]),
        device_time=moment,
        data={"name": told.get("name", "")[:80]},
    )


@login_required
@require_safe
def picture(request: HttpRequest, order_id: int, evidence_id: int, size: str) -> HttpResponse:
    """A photograph as a JPEG of the asked size; what one may not see is not there."""
    found = _found(request, order_id, evidence_id)
    if size not in SIDES or found.file.kind not in IMAGES:
        raise Http404
    mark = f'"{found.file.sha256[:32]}-{SIDES[size]}"'
    if request.headers.get("If-None-Match") == mark:
        return _own_eyes_only(HttpResponseNotModified(), mark)
    try:
        drawn = shown.small(found.file.sha256, SIDES[size])
    except FileNotFoundError:
        raise Http404 from None
    return _own_eyes_only(HttpResponse(drawn, content_type="image/jpeg"), mark)


def _own_eyes_only(answer: HttpResponse, mark: str) -> HttpResponse:
    """Kept by the reader's browser, which asks each time whether it may still show it."""
    answer["ETag"] = mark
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@login_required
def remove(request: HttpRequest, order_id: int, evidence_id: int) -> HttpResponse:
    """Ask once, then take a photograph or a list away for everybody."""
    found, person, now = _found(request, order_id, evidence_id), request.user, clock.now()
    authorize(files_rules.why_not_remove(person, found.file, now))  # type: ignore[arg-type]
    require(evidence.why_not_take_away_now(person, found, now))  # type: ignore[arg-type]
    if request.method != "POST":
        context = {"order": found.order, "one": found, "now": now}
        return render(request, "orders/remove_shot.html", context)
    actions.take_away(found.pk, by=person, now=now)  # type: ignore[arg-type]
    messages.success(request, _("Removed."))
    return redirect("order", order_id)


def _found(request: HttpRequest, order_id: int, evidence_id: int) -> Evidence:
    order = order_or_404(request, order_id)
    found = evidence.kept(order).select_related("file", "order").filter(pk=evidence_id).first()
    if found is None:
        raise Http404
    person: User = request.user  # type: ignore[assignment]
    if evidence.why_not_look(person, order, found.kind, clock.now(), visit=found.visit):
        raise Http404
    return found
