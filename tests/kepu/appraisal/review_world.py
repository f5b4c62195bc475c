"""Experts, applications of several units, and a call that is reviewed: what a test of reviews needs."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from kepu.appraisal import actions
from kepu.appraisal.actions.judging import WEIGHING_WORK
from kepu.appraisal.actions.panels import PANELS_WORK
from kepu.appraisal.models import Application, Call, Panels, Review, Weighing
from kepu.appraisal.rules.applications import Applicant
from kepu.kernel.accounts.models import Organisation, OrganisationKind, User
from kepu.kernel.notices.queries import letters, of_person
from kepu.people.actions import experts as people
from kepu.people.models import Expert, Field
from kepu.venues import actions as venues
from tests.factories import NOW, division, grant, officer, organisation, user
from tests.kepu.appraisal import factories
from tests.kepu.venues.factories import HERE, WHOLE, judge

AWAY, FAR = "50.107.", "50.108."
FORM = [
    {"key": "open_days", "title": "开放天数", "kind": "number", "unit": "天", "fact": "open_days"},
    {"key": "hall_area", "title": "展厅面积", "kind": "number"},
    {"key": "budget", "title": "预算", "kind": "number"},
    {"key": "leader", "title": "负责人", "kind": "text", "required": False, "reveals": True},
    {"key": "about", "title": "特色", "kind": "text", "required": False},
]
EVIDENCE = [
    {
        "key": "rules",
        "title": "管理制度",
        "required": False,
        "kinds": ["pdf", "docx", "csv", "jpeg"],
    },
    {
        "key": "licence",
        "title": "登记证书",
        "required": False,
        "reveals": True,
        "kinds": ["pdf", "jpeg"],
    },
]
REVIEWING = {"each": 2, "load": 3, "years": 3}
SAID: dict[str, Any] = {
    "eligibility": [], "form": FORM, "evidence": EVIDENCE, "recommended_at": None,
    "reviewing": REVIEWING,
    "rubric": [
        {"key": "safety", "title": "安全", "points": 20, "least": 12},
        {"key": "education", "title": "教育活动", "points": 40},
    ],
}  # fmt: skip


def call(
    levels: list[dict[str, Any]] | None = None,
    quota: dict[str, Any] | None = None,
    **reviewing: Any,
) -> Call:
    """An open call of a programme in which two experts judge each application without its name."""
    said = SAID | ({"levels": levels} if levels else {}) | ({"quota": quota} if quota else {})
    return factories.call(**said | {"reviewing": REVIEWING | reviewing})


def expert(
    name: str = "评审示例", path: str = FAR, fields: tuple[str, ...] = ("physics",), most: int = 5
) -> Expert:
    """An expert at work, who lives at `path`."""
    division(path)
    by = User.objects.filter(login="inviter").first() or officer("city_officer", "50.")
    rows = [
        Field.objects.get_or_create(key=k, defaults={"title_zh": k, "title_en": k})[0]
        for k in fields
    ]
    found = people.invite(user(name), home=division(path), fields=rows, by=by, now=NOW)
    people.accept(found.pk, consent=True, by=found.person, now=NOW)
    people.activate(found.pk, by=by, now=NOW)
    Expert.objects.filter(pk=found.pk).update(most_duties=most)
    return Expert.objects.select_related("person").get(pk=found.pk)


def worked(who: Expert, at: Organisation | None, first: int, last: date | None) -> None:
    """The expert was employed there from a year on."""
    people.state_employment(
        who.pk, organisation=at, first=date(first, 1, 1), last=last, by=who.person, now=NOW
    )


def applicant(name: str, path: str = HERE) -> tuple[Organisation, User]:
    """A unit with who stands for it; of the same name, the same unit."""
    there = Organisation.objects.filter(name=name).first()
    if there is None:
        code = f"91500000MA6U{Organisation.objects.count():06d}"
        there = organisation(name, path, kind=OrganisationKind.VENUE, credit_code=code)
    by = user(f"{name}馆长")
    grant(by, "venue_manager", there)
    return there, by


def application(
    of: Call, name: str = "秘密馆示例", path: str = HERE, **answers: Any
) -> Application:
    """One that passed the formal check: of a venue of a unit of its own."""
    unit, by = applicant(name, path)
    house = venues.register(unit, name=name, place=division(path), by=by, now=NOW, **WHOLE)
    venues.submit(house.pk, by=by, now=NOW)
    house.refresh_from_db()
    venues.confirm(house.pk, seen=house.version, by=judge(path), now=NOW)
    made = actions.applications.start(
        of.pk, Applicant(house.division_now, "hall", unit, house.pk), by=by, now=NOW
    )
    told = {"hall_area": 900, "budget": 1, **answers}
    actions.applications.answer(made.pk, told, seen=made.version, by=by, now=NOW)
    return factories.again(made)


def checked(of: Call, name: str = "秘密馆示例", path: str = HERE, **answers: Any) -> Application:
    """Handed in, and through the formal check."""
    made = application(of, name, path, **answers)
    hand_in(made)
    return factories.again(made)


def hand_in(made: Application) -> None:
    by = made.made_by
    actions.applications.submit(made.pk, seen=factories.again(made).version, by=by, now=NOW)
    factories.step(made, "pass_check")


def proposed(of: Call, now: Any = NOW) -> Panels:
    """Panels found by the worker."""
    made = actions.panels.propose_panels(of.pk, by=factories.secretary(), now=now)
    return worked_on(made, now)


def worked_on(made: Panels, now: Any = NOW) -> Panels:
    """As the worker does it, in this process."""
    assert PANELS_WORK.take_up(made.pk, now=now)
    PANELS_WORK.work_on(made.pk, taken=now)
    return Panels.objects.get(pk=made.pk)


def weighed(made: Weighing, now: Any = NOW) -> Weighing:
    """Scores weighed as the worker does it, in this process."""
    assert WEIGHING_WORK.take_up(made.pk, now=now)
    WEIGHING_WORK.work_on(made.pk, taken=now)
    return Weighing.objects.select_related("judgement", "made_by").get(pk=made.pk)


def asked(of: Application, who: Expert) -> Review:
    """The expert was asked by hand."""
    return actions.reviewing.ask_one(of.pk, expert_id=who.pk, by=factories.secretary(), now=NOW)


def at_work(of: Application, who: Expert) -> Review:
    """The expert has pledged."""
    review = asked(of, who)
    return actions.reviewing.take_on(
        review.pk, confidential=True, unbound=True, by=who.person, now=NOW
    )


def done(of: Application, who: Expert, safety: int = 1500, education: int = 3000) -> Review:
    """The expert has handed in."""
    review = at_work(of, who)
    for key, points in (("safety", safety), ("education", education)):
        actions.reviewing.score(
            review.pk, key, hundredths=points, comment="理由示例", by=who.person, now=NOW
        )
    return actions.reviewing.hand_in(review.pk, comment="总体良好", by=who.person, now=NOW)


def told(person: User) -> list[str]:
    """What a person was told, the oldest first."""
    return [one.text for one in letters(person, list(of_person(person).reverse()))]


def shown(
    of: Application, content: bytes, name: str = "秘密馆示例-制度.pdf", key: str = "rules"
) -> Any:
    """A file under an entry of the list, handed in by who applies."""
    return actions.evidence.add(of.pk, key, io.BytesIO(content), name, by=of.made_by, now=NOW)
