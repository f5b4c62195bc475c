"""The shapes that bodies and addresses are made of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field

from kepu.kernel.clock import EARLIEST, LATEST


def _text(value: Any) -> Any:
    if not isinstance(value, str | date):
        raise ValueError(_("write it as text, such as 2026-03-05T09:00:00+08:00"))
    return value


def _in_our_time(moment: datetime) -> datetime:
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(_("choose a time between 2000 and 2100"))
    return moment


def _day_in_our_time(day: date) -> date:
    if not EARLIEST.date() <= day <= LATEST.date():
        raise ValueError(_("choose a time between 2000 and 2100"))
    return day


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError(_("letters and figures only, in one line"))
    return text


Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Path = Annotated[str, Field(max_length=60, pattern=r"^([0-9a-z_-]+\.)+$", examples=["50.103.001."])]
Key = Annotated[str, Field(max_length=40, pattern=r"^[-a-zA-Z0-9_]+$")]
Moment = Annotated[AwareDatetime, BeforeValidator(_text), AfterValidator(_in_our_time)]
Day = Annotated[date, BeforeValidator(_text), AfterValidator(_day_in_our_time)]
Line = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Reason = Annotated[str, Field(min_length=1, max_length=300)]
Words = Annotated[str, Field(max_length=100), AfterValidator(_one_line)]


class Given(Schema):
    """What a caller sends; a field nobody knows is a mistake and is said so."""

    model_config = ConfigDict(extra="forbid")


class Named(Schema):
    """Something with a number and a name."""

    id: int
    name: str


class Spot(Schema):
    """A division: its path, and its name."""

    path: str
    name: str


class Topic(Schema):
    """A topic of science communication."""

    key: str
    title: str


def named(thing: Any) -> Named | None:
    """A team or an organisation as its number and name."""
    return Named(id=thing.pk, name=thing.name) if thing else None
