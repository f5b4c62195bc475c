"""Where one is reached, at /api/."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext_noop as n_
from ninja import Router, Schema
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.shapes import Given, Line
from kepu.kernel.notices import actions, queries
from kepu.kernel.notices.states import Way

router = Router(tags=[n_("Places and yourself")])

KeptWay = Literal["wechat", "webhook"]


class Reaching(Given):
    """An openid of WeChat, or the https address of a receiver and its secret."""

    to: Line = Field(min_length=1, max_length=400)
    secret: Line = Field("", max_length=200)


class Reached(Schema):
    """A way, and as much of the address as its person needs to know it again."""

    way: KeptWay
    shown: str = Field(description="Empty when no address is kept")


@router.get("/me/contacts", response=list[Reached], summary=n_("Where you are reached"))
def contacts(request: Asked) -> list[dict[str, Any]]:
    """By WeChat and webhook, where the city has set them up."""
    return [vars(one) for one in queries.reached(request.auth)]


@router.post("/me/contacts/{way}", response=list[Reached], summary=n_("Say where you are reached"))
def keep_contact(request: Asked, way: KeptWay, body: Reaching) -> list[dict[str, Any]]:
    """Another address takes the place of the one until now; 422 bad_input when it cannot be one."""
    person = request.auth
    actions.keep_contact(person, Way(way), body.to, secret=body.secret, by=person, now=clock.now())
    return contacts(request)


@router.post(
    "/me/contacts/{way}/drop", response=list[Reached], summary=n_("Be reached there no longer")
)
def drop_contact(request: Asked, way: KeptWay) -> list[dict[str, Any]]:
    """Done already, it stays done."""
    actions.drop_contact(Way(way), by=request.auth, now=clock.now())
    return contacts(request)
