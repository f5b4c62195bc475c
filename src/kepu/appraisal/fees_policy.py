"""The rulebook of experts' fees: what a review and half a day pay, and the tax that is withheld from it."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.registry import Kind, Rules, Told
from kepu.people.states import TitleLevel

FEES = "expert_fees"
FEN = 100  # in a yuan
YUAN = _("yuan")
PERCENT = "%"
Amount = Annotated[int, Field(ge=0, le=100_000)]


class Rate(Rules):
    """What is paid before tax."""

    review: Annotated[Amount, Told(_("For a review"), YUAN)]
    half_day: Annotated[Amount, Told(_("For half a day"), YUAN)]


class LevelRate(Rate):
    level: Annotated[TitleLevel, Told(_("Level of the professional title"))]


class Pay(Rules):
    text: Annotated[str, Told(_("Words of the rule"))] = Field(min_length=1)
    levels: Annotated[list[LevelRate], Told(_("By the level of the professional title"))]
    others: Annotated[Rate, Told(_("Without a professional title"))]

    @model_validator(mode="after")
    def _each_once(self) -> Pay:
        if len({one.level for one in self.levels}) != len(self.levels):
            raise ValueError("each level stands once")
        return self

    def rate(self, level: str) -> Rate:
        """What an expert of this level is paid; without a title, or of a level not listed, as others."""
        return next((one for one in self.levels if one.level == level), self.others)


class Band(Rules):
    above: Annotated[Amount, Told(_("Of what is above"), YUAN)]
    rate: Annotated[int, Told(_("Rate of tax"), PERCENT)] = Field(ge=0, le=100)
    quick: Annotated[Amount, Told(_("Quick deduction"), YUAN)]


class Withholding(Rules):
    """Tax on labour remuneration, as it is withheld from one payment."""

    text: Annotated[str, Told(_("Words of the rule"))] = Field(min_length=1)
    source: Annotated[str, Told(_("Source"))] = Field(min_length=1)
    up_to: Annotated[Amount, Told(_("Payments up to"), YUAN)]
    flat: Annotated[Amount, Told(_("have taken off them"), YUAN)]
    share: Annotated[int, Told(_("larger ones"), PERCENT)] = Field(ge=0, le=100)
    bands: Annotated[list[Band], Told(_("What is left is taxed"))] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Withholding:
        steps = [one.above for one in self.bands]
        if steps[0] != 0 or steps != sorted(set(steps)):
            raise ValueError("bands begin at 0 and rise")
        return self

    def due(self, gross: int) -> int:
        """The tax on one payment, both in fen; half a fen goes up."""
        income = Decimal(gross)
        small = income <= self.up_to * FEN
        taxed = income - (self.flat * FEN if small else income * self.share / 100)
        if taxed <= 0:
            return 0
        band = [one for one in self.bands if one.above * FEN < taxed][-1]
        due = taxed * band.rate / 100 - band.quick * FEN
        return max(int(due.quantize(Decimal(1), ROUND_HALF_UP)), 0)


class Fees(Rules):
    """What experts are paid, and what is withheld."""

    pay: Annotated[Pay, Told(_("What is paid, before tax"))]
    tax: Annotated[Withholding, Told(_("Tax withheld"))]


KIND = Kind(FEES, _("fees of experts"), Fees, "kepu.appraisal", "fees.yaml")


def in_force(now: datetime) -> tuple[int, Fees]:
    """The version in force at `now`, and its rules."""
    ruling = rulebooks.in_force(FEES, now)
    return ruling.version, _read(ruling.rules)


def as_of(version: int) -> Fees:
    """The rules as a version says them: a list goes by the one it was worked out under."""
    return _read(rulebooks.version(FEES, version).rules)


def _read(rules: object) -> Fees:
    assert isinstance(rules, Fees)  # noqa: S101 (the registry's promise, for the reader)
    return rules
