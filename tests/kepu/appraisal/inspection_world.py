"""A programme with a checklist, an application that passed the check, inspectors, and what they note."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from PIL import Image

from kepu.appraisal import actions
from kepu.appraisal.actions.inspecting import Sent
from kepu.appraisal.models import (
    Application,
    Call,
    Inspection,
    InspectionEvent,
    Title,
)
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from tests.factories import NOW
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as reviews

INSPECTION: dict[str, Any] = {"inspectors": 2, "workdays": 20}
CHECKLIST: list[dict[str, Any]] = [
    {"key": "exits", "part": "安全", "title": "疏散通道畅通", "kind": "yes_no", "must": True,
     "photo": True},
    {"key": "area", "part": "展示", "title": "实测面积", "kind": "number", "unit": "平方米", "most": 9000,
     "criterion": "safety"},
    {"key": "signs", "part": "展示", "title": "导览标识", "kind": "choice", "choices": ["齐全", "部分"]},
    {"key": "seen", "title": "其他情况", "kind": "text", "needed": False},
]  # fmt: skip
ANSWERS: dict[str, Any] = {"exits": True, "area": 1200, "signs": "齐全"}
DEVICE = "0f8fad5b-d9cb-469f-a165-70867728950e"
OTHER_DEVICE = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def call(code: str = "inspected", **said: Any) -> Call:
    """An open call of a programme that inspects."""
    rules = reviews.SAID | {"inspection": INSPECTION, "checklist": CHECKLIST}
    return factories.call(code=code, **rules | said)


def checked(of: Call | None = None, name: str = "秘密馆示例") -> Application:
    return reviews.checked(of or call(), name)


def people(n: int = 2) -> list[User]:
    """Experts of another district, bound to nobody."""
    return [reviews.expert(f"考察示例{one}").person for one in range(1, n + 1)]


def ordered(
    about: Application | Title | None = None, who: list[User] | None = None, now: datetime = NOW
) -> Inspection:
    """An inspection that its inspectors were told of."""
    about = about or checked()
    first = clock.day(now)
    order = (
        actions.inspections.order_of_title
        if isinstance(about, Title)
        else actions.inspections.order_of_application
    )
    ids = [one.pk for one in who or people()]
    last = first + timedelta(days=7)
    by = factories.decider() if isinstance(about, Title) else factories.secretary()
    return order(about.pk, ids, first=first, last=last, by=by, now=now)


def event(of: Inspection, kind: str, at: datetime = NOW, **data: Any) -> Sent:
    return Sent(uuid4(), kind, of.pk, at, data)


def send(of: Inspection, by: User, kind: str, at: datetime = NOW, **data: Any) -> InspectionEvent:
    return actions.inspecting.receive(event(of, kind, at, **data), by=by, now=at)


def turn(at: datetime = NOW) -> int:
    return int(at.timestamp() * 1000)


def note(
    of: Inspection, by: User, item: str, value: Any, at: datetime = NOW, **said: Any
) -> InspectionEvent:
    data = {"item": item, "value": value, "turn": turn(at), "base": 0, "device": DEVICE}
    return send(of, by, "note", at, **data | said)


def picture(size: tuple[int, int] = (64, 48), colour: str = "teal") -> io.BytesIO:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG")
    made.seek(0)
    return made


def photograph(
    of: Inspection, by: User, item: str = "exits", at: datetime = NOW, content: Any = None
) -> InspectionEvent:
    sent = event(of, "photo", at, item=item)
    return actions.inspecting.receive_photo(sent, content or picture(), by=by, now=at)


def noted(of: Inspection, by: User, at: datetime = NOW, **answers: Any) -> None:
    """Everything that has to be noted and photographed, by one inspector."""
    for item, value in (ANSWERS | answers).items():
        assert note(of, by, item, value, at).receipt == "done"
    assert photograph(of, by, at=at).receipt == "done"


def sign(of: Inspection, by: User, at: datetime = NOW, **said: Any) -> InspectionEvent:
    """Under the report as it is known now, unless said otherwise."""
    known = {"opinion": "总体良好", "sent_back_times": again(of).sent_back_times}
    return send(of, by, "sign", at, **known | said)


def handed_in(of: Inspection, at: datetime = NOW, **answers: Any) -> Inspection:
    """Noted and signed by all."""
    for one in of.inspectors.select_related("person"):
        noted(of, one.person, at, **answers)
        assert sign(of, one.person, at).receipt == "done"
    return again(of)


def finished(about: Application | Title, now: datetime = NOW, **answers: Any) -> Inspection:
    """Countersigned."""
    made = handed_in(ordered(about, now=now), now, **answers)
    by = factories.decider() if isinstance(about, Title) else factories.secretary()
    return actions.inspections.countersign(made.pk, seen=made.version, by=by, now=now)


def again(one: Inspection) -> Inspection:
    return Inspection.objects.get(pk=one.pk)
