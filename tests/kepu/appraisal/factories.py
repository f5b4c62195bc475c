"""A programme of a test's own, calls in it, and applications as far as a test needs them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import yaml
from django.db import transaction

from kepu.appraisal import actions
from kepu.appraisal.actions import moving
from kepu.appraisal.models import Application, Call
from kepu.appraisal.rules.applications import Applicant
from kepu.kernel.accounts.models import User
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.models import Rulebook
from kepu.venues.models import Venue
from tests.factories import NOW, division, officer
from tests.kepu.appraisal.samples import ANSWERS, RULES
from tests.kepu.venues.factories import HERE, manager, unit, venue

CITY = "50."
CODE = "trial"
PAPER = "示例科协〔2026〕3号"
GIVEN: dict[str, Any] = ANSWERS | {"budget": "展板 30000元"}
LATER: dict[str, Any] = {"recommended_at": "district"}


def programme(code: str = CODE, **said: Any) -> str:
    """A programme in force for years, as a city would have added it; its code."""
    papers = [{"key": "rules", "title": "管理制度", "required": False}]
    rules = RULES | {"evidence": papers} | LATER | said
    if not Rulebook.objects.filter(kind=f"appraisal.{code}").exists():
        Rulebook.objects.create(
            kind=f"appraisal.{code}", version=1, effective_from=date(2020, 1, 1),
            digest=(code + str(said))[:64],
            text=yaml.safe_dump(rules, allow_unicode=True), issued_at=NOW - timedelta(days=900),
        )  # fmt: skip
        rulebooks.forget()
    return code


def secretary(path: str = CITY) -> User:
    division(path)
    return officer("appraisal_secretary", path, "秘书示例")


def decider() -> User:
    division(CITY)
    return officer("city_officer", CITY, "市科协示例")


def district(path: str = HERE) -> User:
    return officer("district_officer", path, "区科协示例")


def call(state: str = "open", *, days: int = 30, now: datetime = NOW, **said: Any) -> Call:
    """A call of the trial programme that opened yesterday."""
    by = secretary()
    made = actions.calls.make(
        programme(**said), division(CITY), title=f"示例申报{Call.objects.count() + 1}",
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=days), by=by, now=now,
    )  # fmt: skip
    if state == "open":
        actions.calls.open_call(made.pk, seen=made.version, by=by, now=now)
    return Call.objects.get(pk=made.pk)


WAYS = {
    "draft": (),
    "submitted": ("submit",),
    "recommended": ("submit", "recommend"),
    "returned": ("submit", "send_back"),
    "checked": ("submit", "recommend", "pass_check"),
    "reviewed": ("submit", "recommend", "pass_check", "end_review"),
    "proposed": ("submit", "recommend", "pass_check", "end_review", "propose"),
    "noticed": ("submit", "recommend", "pass_check", "end_review", "propose", "notice"),
}


def application(
    state: str = "submitted",
    *,
    of: Call | None = None,
    by: User | None = None,
    now: datetime = NOW,
    house: Venue | None = None,
) -> Application:
    """An application of the example venue, as far as `state`, by the verbs that lead there."""
    of = of or call(now=now)
    by = by or manager()
    house = house or unit().venues.first() or venue(by=by)
    applicant = Applicant(house.division_now, "hall", unit(), house.pk)
    made = actions.applications.start(of.pk, applicant, by=by, now=now)
    actions.applications.answer(made.pk, GIVEN, seen=made.version, by=by, now=now)
    for verb in WAYS[state]:
        step(made, verb, by=by, now=now)
    return again(made)


def step(of: Application, verb: str, *, by: User | None = None, now: datetime = NOW) -> None:
    """One step by who takes it."""
    seen = again(of).version
    if verb == "submit":
        actions.applications.submit(of.pk, seen=seen, by=by or manager(), now=now)
    elif verb == "recommend":
        actions.applications.recommend(of.pk, opinion="同意推荐", seen=seen, by=district(), now=now)
    elif verb == "send_back":
        actions.applications.send_back(of.pk, reason="缺照片", seen=seen, by=district(), now=now)
    elif verb == "pass_check":
        actions.applications.pass_check(of.pk, seen=seen, by=secretary(), now=now)
    elif verb == "end_review":
        end_review(of, now=now)
    elif verb == "propose":
        actions.deciding.propose(of.pk, grade="plain", seen=seen, by=secretary(), now=now)
    elif verb == "notice":
        actions.deciding.put_in_notice(of.call_id, by=secretary(), now=now)


def end_review(of: Application, now: datetime = NOW) -> None:
    """As if its reviewers had handed in."""
    with transaction.atomic():
        moving.move(moving.locked(of.pk), "end_review", by=None, now=now)


def again(one: Application) -> Application:
    return Application.objects.select_related("call").get(pk=one.pk)
