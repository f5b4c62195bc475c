"""What the rulebook of notices may say."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import Field, field_validator

from kepu.kernel.clock import BEIJING
from kepu.kernel.notices.states import Way
from kepu.kernel.rulebooks.registry import Kind, Rules, Told


class Quiet(Rules):
    """Hours of the night, Beijing time; equal ends mean that there are none."""

    from_: Annotated[time, Told(_("Quiet from"))] = Field(alias="from")
    to: Annotated[time, Told(_("Quiet until"))]

    def over(self, now: datetime) -> datetime:
        """`now`, or the end of the quiet hours that `now` lies in."""
        here = now.astimezone(BEIJING)
        start = here.replace(
            hour=self.from_.hour, minute=self.from_.minute, second=0, microsecond=0
        )
        end = here.replace(hour=self.to.hour, minute=self.to.minute, second=0, microsecond=0)
        if start == end:
            return now
        if start < end:
            return end if start <= here < end else now
        if here >= start:
            return end + timedelta(days=1)
        return end if here < end else now


class Sms(Rules):
    """What short messages cost, and which texts the gateway has approved."""

    price_fen: Annotated[int, Told(_("Price of a short message"), _("fen"))] = Field(ge=0, le=1000)
    person_day_fen: Annotated[int, Told(_("At most for a person a day"), _("fen"))] = Field(ge=0)
    city_day_fen: Annotated[int, Told(_("At most for everybody a day"), _("fen"))] = Field(ge=0)
    templates: Annotated[dict[str, str], Told(_("Approved templates"))] = {}


class WeChat(Rules):
    """Which texts WeChat has approved."""

    templates: Annotated[dict[str, str], Told(_("Approved templates"))] = {}


class NoticeRules(Rules):
    """When, by which ways and at what cost people are told.

    A way that fails for the moment is tried so often before the next one is asked.
    """

    quiet: Annotated[Quiet, Told(_("Quiet hours"))]
    order: Annotated[tuple[Way, ...], Told(_("Order of the ways"))]
    tries: Annotated[int, Told(_("Tries by each way"), _("times"))] = Field(default=3, ge=1, le=8)
    sms: Annotated[Sms, Told(_("Short messages"))]
    wechat: Annotated[WeChat, Told(_("WeChat"))] = WeChat()

    def approved(self, way: Way, text: str) -> str | None:
        """The other side's name for a text: none is needed for mail, an approved one for messages."""
        named = {Way.SMS: self.sms.templates, Way.WECHAT: self.wechat.templates}
        return named[way].get(text) if way in named else ""

    @field_validator("order")
    @classmethod
    def each_once(cls, order: tuple[Way, ...]) -> tuple[Way, ...]:
        if len(set(order)) != len(order):
            raise ValueError("a way is named twice")
        return order


KIND = Kind(
    key="notices",
    title=_("when and by which ways people are told"),
    schema=NoticeRules,
    package="kepu.kernel.notices",
    file="notices.yaml",
)
