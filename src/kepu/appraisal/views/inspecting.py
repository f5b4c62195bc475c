"""The inspector's page, which works without a network, and what it sends."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.appraisal import inspection_pack, inspection_words
from kepu.appraisal.actions import inspecting as actions
from kepu.appraisal.queries import inspections as queries
from kepu.appraisal.views.rim import person_of
from kepu.kernel import clock, devices
from kepu.kernel.accounts.models import User
from kepu.kernel.clock import EARLIEST, LATEST
from kepu.kernel.errors import BadInput, Outside, RuleBroken


def _require_inspector(person: User) -> None:
    if not queries.inspects(person):
        raise Outside(_("there is no such page"))


@login_required
def page(request: HttpRequest) -> HttpResponse:
    """The page alone, with nothing of any inspection in it: it may lie on a device in clear."""
    person = person_of(request)
    _require_inspector(person)
    context = {"person": person, "words": inspection_words.words()}
    return render(request, "appraisal/inspections.html", context)


@login_required
def pack(request: HttpRequest) -> JsonResponse:
    """What the device takes along; it seals it before it lays it down."""
    person = person_of(request)
    _require_inspector(person)
    found = inspection_pack.pack(person, clock.now())
    return JsonResponse(found, headers={"Cache-Control": "no-store"})


@login_required
@require_POST
def sync(request: HttpRequest) -> JsonResponse:
    """Take in what a device wrote down; each event is answered on its own.

    `held` is what the device has to keep: it could not even be written down here.
    """
    person = person_of(request)
    events = devices.events_in(request, "inspection_id")
    return JsonResponse({"events": [_answer(one, person) for one in events]})


def _answer(event: devices.Written, person: User) -> dict[str, str]:
    answer = {"uuid": str(event.uuid)}
    try:
        sent = actions.Sent(
            event.uuid, event.kind, event.about, event.device_time, event.data, event.schema
        )
        kept = actions.receive(sent, by=person, now=clock.now())
    except (BadInput, Outside, RuleBroken) as refusal:
        return answer | {"outcome": "held", "reason": refusal.reason}
    return answer | {"outcome": kept.receipt, "reason": kept.reason}


@login_required
@require_POST
def photos(request: HttpRequest) -> JsonResponse:
    """Take in one photograph that a device kept; answered as any note is."""
    person = person_of(request)
    try:
        sent = _photo(request)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise BadInput(_("these events cannot be read")) from error
    devices.require_own(request.POST.get("person"), person)
    file = request.FILES.get("file")
    if file is None:
        raise BadInput(_("these events cannot be read"))
    answer = {"uuid": str(sent.uuid)}
    try:
        kept = actions.receive_photo(sent, file, by=person, now=clock.now())
    except (Outside, RuleBroken) as refusal:
        return JsonResponse(answer | {"outcome": "held", "reason": refusal.reason})
    return JsonResponse(answer | {"outcome": kept.receipt, "reason": kept.reason})


def _photo(request: HttpRequest) -> actions.Sent:
    told = request.POST
    moment = parse_datetime(told["device_time"])
    if moment is None or moment.tzinfo is None or not EARLIEST <= moment <= LATEST:
        raise ValueError("a time without its zone, or out of ours")
    schema = int(told["schema"])
    if not 1 <= schema <= devices.LAST_SCHEMA:
        raise ValueError("another schema")
    return actions.Sent(
        UUID(told["uuid"]), "photo", devices.reference(told["inspection_id"]), moment,
        {"item": told["item"][:30]}, schema,
    )  # fmt: skip
