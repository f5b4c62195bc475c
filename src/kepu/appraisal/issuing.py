"""The rulebook of certificates: who issues them, how their numbers begin, and what stands below."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.registry import Kind, Rules, Told

ISSUING = "titles.issuing"


class Issuing(Rules):
    """What every certificate of a title says besides the title."""

    text: Annotated[str, Told(_("Words of the rule"))] = Field(min_length=1, max_length=600)
    issuer: Annotated[str, Told(_("Issued by"))] = Field(min_length=1, max_length=60)
    issuer_en: Annotated[str, Told(_("Issued by, in English"))] = Field(default="", max_length=120)
    prefix: Annotated[str, Told(_("Numbers begin with"))] = Field(pattern=r"^[A-Z]{1,6}$")
    closing: Annotated[str, Told(_("Words at the foot of a certificate"))] = Field(
        default="", max_length=300
    )


KIND = Kind(ISSUING, _("certificates of titles"), Issuing, "kepu.appraisal", "titles.yaml")


def in_force(now: datetime) -> tuple[int, Issuing]:
    """The version in force at `now`, and what it says."""
    ruling = rulebooks.in_force(ISSUING, now)
    return ruling.version, ruling.rules


def as_of(version: int) -> Issuing:
    """What a version says: a certificate is drawn as on its first day."""
    rules = rulebooks.version(ISSUING, version).rules
    assert isinstance(rules, Issuing)  # noqa: S101 (the registry's promise, for the reader)
    return rules
