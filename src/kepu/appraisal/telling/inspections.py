"""Who hears of an inspection: those who go, those who keep it, and who is visited if it is announced."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from kepu.appraisal.models import Inspection
from kepu.appraisal.queries import inspections as queries
from kepu.appraisal.telling.applications import applicants
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

ORDERED = Text(
    "appraisal.inspection_ordered",
    Words(
        "请您参加现场考察",
        "请于{first}至{last}参加一次现场考察。出发前请联网打开“我的考察”，把检查表带到手机上。",
    ),
    Words(
        "You are asked to inspect",
        "A field inspection from {first} to {last}. Open “My inspections” with a network before you go.",
    ),
)
ANNOUNCED = Text(
    "appraisal.inspection_announced",
    Words("将有现场考察", "您的申报{code}将于{first}至{last}接受现场考察，请准备好相关材料。"),
    Words(
        "A field inspection is coming",
        "Application {code} is inspected on the spot between {first} and {last}.",
    ),
)
HANDED_IN = Text(
    "appraisal.inspection_handed_in",
    Words("考察报告已提交", "一份现场考察报告已由全体考察人员签名，请核对并会签。"),
    Words(
        "An inspection report is in",
        "All inspectors have signed a report. Please look through it and countersign.",
    ),
)
SENT_BACK = Text(
    "appraisal.inspection_sent_back",
    Words("考察报告被退回", "您参加的现场考察报告被退回，请补充后重新签名：{reason}"),
    Words("An inspection was sent back", "Please mend your part and sign again: {reason}"),
)
CANCELLED = Text(
    "appraisal.inspection_cancelled",
    Words("现场考察已取消", "您参加的一次现场考察已取消：{reason}"),
    Words("An inspection was cancelled", "You need not go: {reason}"),
)
CALLED_OFF = Text(
    "appraisal.inspection_called_off",
    Words("现场考察取消", "您的申报{code}的现场考察（{first}至{last}）已取消，届时不必等候。"),
    Words(
        "The field inspection will not take place",
        "Application {code} is not inspected between {first} and {last}; nobody has to wait for it.",
    ),
)
DUE = Text(
    "appraisal.inspection_due",
    Words("现场考察即将到期", "一次现场考察应于{day}前提交报告，请抓紧办理。"),
    Words("An inspection is due", "The report of an inspection is due on {day}."),
)
TEXTS = (ORDERED, ANNOUNCED, HANDED_IN, SENT_BACK, CANCELLED, CALLED_OFF, DUE)


def ordered(inspection: Inspection, people: Iterable[User], *, now: datetime) -> None:
    """The inspectors, and who is visited unless the visit is unannounced."""
    _tell(people, ORDERED, _days(inspection), now)
    if not inspection.unannounced:
        _tell_visited(inspection, ANNOUNCED, now)


def handed_in(inspection: Inspection, *, now: datetime) -> None:
    """Those who countersign."""
    link = reverse("inspection", args=[inspection.pk])
    for person in _keepers(inspection, now):
        notices.notify(person, HANDED_IN.key, {}, now=now, link=link)


def sent_back(inspection: Inspection, reason: str, *, now: datetime) -> None:
    """Every inspector reads why."""
    _tell(_inspectors(inspection), SENT_BACK, {"reason": reason}, now)


def cancelled(inspection: Inspection, reason: str, *, now: datetime) -> None:
    """Every inspector reads why; who knew of the visit hears that nobody comes."""
    _tell(_inspectors(inspection), CANCELLED, {"reason": reason}, now)
    if not inspection.unannounced or inspection.visited_at is not None:
        _tell_visited(inspection, CALLED_OFF, now)


def due(inspection: Inspection, *, now: datetime) -> None:
    """Inspectors who have not signed; those who keep it, too, once it is overdue."""
    said = {"day": clock.day(inspection.due_at).isoformat()}
    waiting = [
        one.person for one in inspection.inspectors.select_related("person") if not one.signed_at
    ]
    _tell(waiting, DUE, said, now)
    if inspection.due_at <= now:
        link = reverse("inspection", args=[inspection.pk])
        for person in _keepers(inspection, now):
            notices.notify(person, DUE.key, said, now=now, link=link)


def _tell_visited(inspection: Inspection, text: Text, now: datetime) -> None:
    application = inspection.application
    if application is None:
        return
    said, link = _days(inspection), reverse("application", args=[application.pk])
    for person in applicants(application, now=now):
        notices.notify(person, text.key, said | {"code": application.code}, now=now, link=link)


def _days(inspection: Inspection) -> dict[str, str]:
    return {"first": inspection.first_day.isoformat(), "last": inspection.last_day.isoformat()}


def _inspectors(inspection: Inspection) -> list[User]:
    return [one.person for one in inspection.inspectors.select_related("person")]


def _keepers(inspection: Inspection, now: datetime) -> list[User]:
    path = queries.seat(inspection)
    return list(roles.nearest_holders(Verb.APPRAISAL_KEEP, now=now, path=path))


def _tell(people: Iterable[User], text: Text, said: dict[str, str], now: datetime) -> None:
    link = reverse("inspections")
    for person in people:
        notices.notify(person, text.key, said, now=now, link=link)
