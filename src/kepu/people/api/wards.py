"""Children in the caller's care at /api/: who they are, and how a request names one of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Router, Schema
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import User
from kepu.kernel.accounts.queries import Ward
from kepu.kernel.api.entrance import Asked
from kepu.kernel.errors import Outside
from kepu.people.queries.volunteers import volunteer_of
from kepu.people.states import VolunteerState

router = Router(tags=[n_("Teams and volunteers")])


class ForWhom(Schema):
    """For whom it is asked or done, where it is not the caller."""

    ward: str = Field(
        "", max_length=40, description="Pseudonym of a child in the caller's care; from /me/wards"
    )


class WardOut(Schema):
    """A child in the caller's care."""

    ward: str = Field(description="Pseudonym")
    name: str
    volunteer: VolunteerState | None = Field(description="Null: not registered as a volunteer")
    spoken_for_until: date | None = Field(
        description="The 14th birthday: from then on the child says yes or no by its own account"
    )
    guarded_until: date | None = Field(description="The 18th birthday")


@router.get("/me/wards", response=list[WardOut], summary=n_("Children in your care"))
def my_wards(request: Asked) -> list[dict[str, Any]]:
    """All of them, the first registered first."""
    return [_ward(one) for one in accounts.wards(request.auth, clock.now())]


def ward_of(request: Asked, wanted: ForWhom) -> User | None:
    """The child whom the request names; None where it names nobody."""
    if not wanted.ward:
        return None
    found = request.auth.wards.filter(pseudonym=wanted.ward, erased_at__isnull=True).first()
    if found is None:
        raise Outside(_("there is no such child in your care"))
    return found


def _ward(ward: Ward) -> dict[str, Any]:
    volunteer = volunteer_of(ward.person)
    return {
        "ward": ward.person.pseudonym,
        "name": ward.person.name,
        "volunteer": volunteer.state if volunteer else None,
        "spoken_for_until": ward.handled_until,
        "guarded_until": ward.guarded_until,
    }
