"""The demo city's item bank: example items, reviewed by its experts, and a few still under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kepu.kernel import clock
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.notices import actions as notices
from kepu.kernel.roles import actions as roles
from kepu.literacy.actions import findings, items, reviews
from kepu.literacy.examples import examples
from kepu.people.queries import experts

if TYPE_CHECKING:
    from kepu.literacy.examples import Example
    from kepu.people.models import Expert
    from kepu.web.demo import City

UNDER_WAY = 2  # of the survey's, so that there is something to review


def build(city: City) -> None:
    """Every example item by the real actions: written, judged by two experts, approved, calibrated."""
    top = divisions.at("50.")
    for login, role in (("items", "item_officer"), ("writer", "item_writer")):
        roles.grant(city.people[login].pk, role=role, path=top.path, by=None, now=city.begun)
    judges = list(experts.with_load()[:2])
    waiting = UNDER_WAY
    for one in examples():
        under_way = one.question.use == "survey" and waiting > 0
        waiting -= under_way
        _item(city, one, judges, under_way=under_way)
    for person in (city.people["items"], *(judge.person for judge in judges)):
        notices.mark_all_read(by=person, now=city.begun)


def _item(city: City, one: Example, judges: list[Expert], *, under_way: bool) -> None:
    officer, writer, now = city.people["items"], city.people["writer"], city.begun
    made = items.write_item(one.question, bank=divisions.at("50."), by=writer, now=now)
    items.submit(made.pk, by=writer, now=now)
    asked = [reviews.ask_review(made.pk, judge, by=officer, now=now) for judge in judges]
    if under_way:
        return
    for review in asked:
        reviews.answer_review(review.pk, verdict="approve", by=review.expert.person, now=now)
    items.approve(made.pk, by=officer, now=now)
    findings.record_calibration(made.pk, one.parameters(clock.day(now)), by=officer, now=now)
