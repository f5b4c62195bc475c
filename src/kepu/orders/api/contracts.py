"""Contracts for purchased services at /api/."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Line, Named
from kepu.kernel.errors import BadInput
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import actions, queries
from kepu.orders.models import Contract

router = Router(tags=[n_("Menu")])


class ContractIn(Given):
    """Who buys how many services from whom, for how much in all, between which days."""

    number: Line = Field(min_length=1, max_length=60)
    buyer_id: Id
    seller_id: Id
    yuan: Decimal = Field(gt=0, max_digits=12, decimal_places=2)
    services: int = Field(ge=1, le=100_000)
    first_day: Day
    last_day: Day


class ContractOut(Schema):
    """A contract, and how many of its services were ordered."""

    id: int
    number: str
    buyer: Named
    seller: Named
    yuan: Decimal
    services: int
    used: int
    first_day: date
    last_day: date


@router.get("/contracts", response=Page[ContractOut], summary=n_("Contracts of your departments"))
def contracts(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Of the departments the caller signs for."""
    now = clock.now()
    units = roles.reach(request.auth, Verb.CONTRACT_SIGN, now).organisations
    return page(request, queries.contracts(units, now=now), _contract)


@router.post("/contracts", response={201: ContractOut}, summary=n_("Sign a contract"))
def sign_contract(request: Asked, body: ContractIn) -> Status[dict[str, Any]]:
    """By an officer of the buying department; 403 not_allowed, 409 rule_broken, 422 bad_input."""
    given = body.model_dump(exclude={"buyer_id", "seller_id"})
    made = actions.sign_contract(
        **given, buyer=_unit(body.buyer_id, "buyer_id"), seller=_unit(body.seller_id, "seller_id"),
        by=request.auth, now=clock.now(),
    )  # fmt: skip
    made.used = 0  # type: ignore[attr-defined]
    return Status(201, _contract(made))


def _unit(organisation_id: int, field: str) -> Organisation:
    found = Organisation.objects.filter(pk=organisation_id, active=True).first()
    if found is None:
        raise BadInput(_("there is no unit of this number"), field=field)
    return found


def _contract(contract: Contract) -> dict[str, Any]:
    plain = ("id", "number", "yuan", "services", "used", "first_day", "last_day")
    return {
        **{name: getattr(contract, name) for name in plain},
        "buyer": Named(id=contract.buyer_id, name=contract.buyer.name),
        "seller": Named(id=contract.seller_id, name=contract.seller.name),
    }
