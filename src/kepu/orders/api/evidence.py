"""Photographs and lists of a visit."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any, Literal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Router
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.shapes import Given, Id, Line, Moment
from kepu.kernel.errors import BadInput, Outside
from kepu.orders import actions, evidence
from kepu.orders.api.shapes import EvidenceOut
from kepu.orders.api.showing import found, moving
from kepu.orders.models import Evidence

router = Router(tags=[n_("Visits")])

LONGEST = evidence.LARGEST * 4 // 3 + 4  # letters of base64


class ShotIn(Given):
    """A photograph or a list, and when it was taken."""

    uuid: str = Field(json_schema_extra={"format": "uuid"}, pattern=r"^[0-9a-fA-F-]{36}$")
    kind: Literal["photo", "sheet"] = "photo"
    taken_at: Moment
    name: Line = ""
    content: str = Field(max_length=LONGEST, description="Base64; at most 8 MB before it")


@router.get(
    "/orders/{order_id}/evidence", response=list[EvidenceOut],
    summary=n_("Photographs and lists of a visit"),
)  # fmt: skip
def evidence_of(request: Asked, order_id: Id) -> list[dict[str, Any]]:
    """Those the caller may look at, in the order they were taken; 404 not_found."""
    order = found(request, order_id)
    return [_out(one) for one in evidence.of(request.auth, order, clock.now())]


@router.post(
    "/orders/{order_id}/evidence", response=EvidenceOut,
    summary=n_("Add a photograph or a list to a visit"),
)  # fmt: skip
def attach(request: Asked, order_id: Id, body: ShotIn) -> dict[str, Any]:
    """Sent again it is the same one; 403 not_allowed, 404 not_found, 409 rule_broken, 422 bad_input."""
    try:
        uuid, content = UUID(body.uuid), base64.b64decode(body.content, validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadInput(_("this photograph cannot be read")) from error
    shot = actions.Shot(uuid, body.kind, body.taken_at, body.name)
    with moving(request, order_id) as hand:
        made = actions.attach(order_id, shot, io.BytesIO(content), by=request.auth, now=hand.now)
    return _out(made)


@router.post(
    "/orders/{order_id}/evidence/{evidence_id}/remove", response=EvidenceOut,
    summary=n_("Remove a photograph or a list"),
)  # fmt: skip
def take_away(request: Asked, order_id: Id, evidence_id: Id) -> dict[str, Any]:
    """For everybody, for good; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        if not Evidence.objects.filter(pk=evidence_id, order=order_id).exists():
            raise Outside(_("there is no such photograph"))
        return _out(actions.take_away(evidence_id, by=request.auth, now=hand.now))


def _out(one: Evidence) -> dict[str, Any]:
    return {
        "id": one.pk,
        "uuid": str(one.uuid),
        "kind": one.kind,
        "taken_at": one.taken_at,
        "uploaded_at": one.uploaded_at,
        "file_kind": one.file.kind,
        "size": one.file.size,
        "href": reverse("file", args=[one.file_id]),
    }
