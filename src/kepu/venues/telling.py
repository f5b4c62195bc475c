"""What this room tells people: officers that a venue waits, managers what was decided and why."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.venues.models import Venue

SUBMITTED = Text(
    "venues.submitted",
    Words("有场馆等待确认", "{unit}提交了“{venue}”的登记，请在“场馆登记”中核对并确认或退回。"),
    Words(
        "A venue waits to be confirmed",
        "{unit} handed in the registration of {venue}. Please confirm or return it.",
    ),
)


def _decided(key: str, zh: str, zh_text: str, en: str, en_text: str) -> Text:
    return Text(
        f"venues.{key}",
        Words(zh, f"“{{venue}}”{zh_text}原因：{{reason}}"),
        Words(en, f"{{venue}} {en_text} Reason: {{reason}}"),
    )


CONFIRMED = Text(
    "venues.confirmed",
    Words("场馆登记已确认", "“{venue}”的登记已确认，已列入公开名录，请按日填报参观人次。"),
    Words(
        "Your venue is confirmed",
        "{venue} stands on the public register now. Please tell its visits day by day.",
    ),
)
DECIDED = {
    "confirm": CONFIRMED,
    "send_back": _decided(
        "returned", "场馆登记被退回补正", "的登记被退回，请补正后重新提交。",
        "Your registration was returned", "was returned; please mend it and hand it in again.",
    ),
    "warn": _decided(
        "warned", "场馆收到警告", "收到警告，仍可正常开放。",
        "Your venue was warned", "was warned; it stays open.",
    ),
    "suspend": _decided(
        "suspended", "场馆已被暂停", "自即刻起暂停，名录中标明不可使用。",
        "Your venue is suspended", "is suspended: from now on the register shows it as not usable.",
    ),
    "reinstate": _decided(
        "reinstated", "场馆已恢复", "已恢复，名录中不再标明不可使用。",
        "Your venue is reinstated", "is reinstated: the register shows it as at work again.",
    ),
    "revoke": _decided(
        "revoked", "场馆登记已撤销", "的登记已撤销，名录中标明不可使用。",
        "The registration of your venue was revoked",
        "lost its registration: the register shows it as not usable.",
    ),
    "close": _decided(
        "closed", "场馆已关闭登记", "的登记已关闭，名录中标明不可使用。",
        "Your venue was closed", "was closed: the register shows it as not usable.",
    ),
}  # fmt: skip
TEXTS = (SUBMITTED, *DECIDED.values())


def submitted(venue: Venue, *, now: datetime) -> None:
    """The nearest officers who decide hear that a venue waits for them."""
    said = {"venue": venue.name, "unit": venue.organisation}
    for officer in roles.nearest_holders(Verb.VENUE_JUDGE, now=now, path=venue.path):
        notices.notify(officer, SUBMITTED.key, said, now=now, link=_link(venue))


def decided(venue: Venue, verb: str, reason: str, *, now: datetime) -> None:
    """Who manages the unit's venues hears what was decided, and why."""
    if venue.organisation_id is None:
        return
    said = {"venue": venue.name} | ({"reason": reason} if reason else {})
    for manager in roles.officers_of(venue.organisation_id, Verb.VENUE_KEEP, now=now):
        notices.notify(manager, DECIDED[verb].key, said, now=now, link=_link(venue))


def _link(venue: Venue) -> str:
    return reverse("venue", args=[venue.pk])
