"""The demo city's survey, from its design to the published map: one that is over, and one in the field.

Interviewers, people and answers are invented; the frame of divisions is real.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kepu.kernel import clock
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.roles import actions as roles
from kepu.literacy import field_example
from kepu.literacy.actions import back_checks, estimates, runs, samples
from kepu.literacy.actions import booklets as sets
from kepu.literacy.actions import fieldwork as actions
from kepu.literacy.queries import samples as frames

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.literacy.models import BookletSet, Fieldwork, Sample
    from kepu.web.demo import City

SEED = 20260901
HOME = "50.103."  # where the demo supervisor and the demo interviewer work
NOBODY_YET = 3  # districts whose doors nobody was given: something to do
OVER_SINCE = timedelta(days=20)
# Interviews, and how many of them in one community. Of the survey that is over some forty in each
# district, from ten communities: enough for figures of districts.
OVER, UNDER_WAY = (1520, 4), (760, 10)


def build(city: City, moving: list[User]) -> None:
    """A survey that is over and published; then two weeks of knocking, written down at once.

    `moving` are interviewers for all districts; the last of them makes interviews up.
    """
    top, begun = divisions.at("50."), city.begun
    for person, role, path in (
        *((one, "interviewer", top.path) for one in moving),
        (city.people["interviewer"], "interviewer", HOME),
        (city.people["supervisor"], "field_supervisor", HOME),
    ):
        roles.grant(person.pk, role=role, path=path, by=None, now=begun)
    _is_over(city, moving)
    _goes_on(city, moving)


def _is_over(city: City, moving: list[User]) -> None:
    """Every door knocked at, the figures by the button, published by two: all of it can be followed."""
    by, ended = city.people["survey"], city.now - OVER_SINCE
    sample = _sample(city, "示例：全市样本（虚构调查，已结束）", OVER, response=0.5, seed=SEED - 1)
    booklets = _booklets(city, "示例题本（已结束的调查）", booklets=1, items=15, most_common=0)
    of = _open(city, "示例：现场调查（虚构，已结束）", sample, booklets, (city.begun, ended))
    chance = random.Random(SEED)  # noqa: S311
    paths = [row["path"] for row in sample.summary["districts"]]
    able = {path: chance.gauss(field_example.ABLE, 0.04) for path in paths}
    effort = field_example.Effort(tried=1, days=40, able=able)
    field_example.fill(of, _in_turn(paths, moving), effort, now=ended, seed=SEED - 1)
    actions.close_fieldwork(of.pk, by=by, now=ended)
    asked = estimates.estimate_fieldwork(
        of.pk, language="zh", synthetic=True, by=by, now=city.now
    )  # fmt: skip
    estimates.ESTIMATES.take_up(asked.pk, now=city.now)
    estimates.ESTIMATES.work_on(asked.pk, taken=city.now)
    asked.refresh_from_db()
    assert asked.run, asked.failure  # noqa: S101 (the demo is no demo without it)
    runs.propose_run(asked.run.pk, by=by, now=city.now)
    runs.publish_run(asked.run.pk, by=city.people["second"], now=city.now)


def _goes_on(city: City, moving: list[User]) -> None:
    """Two weeks of knocking; some districts are handed out to nobody yet."""
    by = city.people["survey"]
    sample = _sample(city, "示例：小样本", UNDER_WAY, response=0.7, seed=SEED)
    booklets = _booklets(city, "示例题本", booklets=2, items=10, most_common=4)
    days = city.now - timedelta(days=14), city.now + timedelta(days=16)
    of = _open(city, "示例：现场调查（虚构）", sample, booklets, days)
    paths = [row["path"] for row in sample.summary["districts"]][:-NOBODY_YET]
    to = _in_turn(paths, moving) | {HOME: [city.people["interviewer"]]}
    effort = field_example.Effort(hurried=moving[-1])
    field_example.fill(of, to, effort, now=city.now, seed=SEED)
    back_checks.draw_back_checks(of.pk, by=by, now=city.now)


def _in_turn(paths: list[str], moving: list[User]) -> dict[str, list[User]]:
    """Two interviewers for each district."""
    return {
        path: [moving[(number + one) % len(moving)] for one in (0, 1)]
        for number, path in enumerate(paths)
    }


def _open(
    city: City, title: str, sample: Sample, booklets: BookletSet, days: tuple[datetime, datetime]
) -> Fieldwork:
    by, (first, last) = city.people["survey"], days
    plan = actions.FieldPlan(
        title=title, sample=sample, booklets=booklets, opens_on=clock.day(first),
        closes_on=clock.day(last), seed=sample.seed,
    )  # fmt: skip
    of = actions.plan_fieldwork(plan, by=by, now=city.begun)
    actions.begin_fieldwork(of.pk, by=by, now=first)
    of.refresh_from_db()
    return of


def _sample(city: City, title: str, size: tuple[int, int], *, response: float, seed: int) -> Sample:
    by, top, now = city.people["survey"], divisions.at("50."), city.begun
    design = samples.Design(
        title=title, interviews=size[0], sharing="equal", least=20, together=size[1], share=0.15,
        deff=1.2, icc_community=0.02, icc_township=0.01, response=response, seed=seed,
        frame_on=frames.frame_day(top, clock.day(city.now)),
    )  # fmt: skip
    made = samples.ask_sample(design, place=top, by=by, now=now)
    samples.DRAWS.take_up(made.pk, now=now)
    samples.DRAWS.work_on(made.pk, taken=now)
    return samples.adopt_sample(made.pk, by=by, now=now)


def _booklets(city: City, title: str, **traits: int) -> BookletSet:
    by, now = city.people["items"], city.begun
    made = sets.ask_booklets(title=title, **traits, bank=divisions.at("50."), by=by, now=now)
    sets.ASSEMBLIES.take_up(made.pk, now=now)
    sets.ASSEMBLIES.work_on(made.pk, taken=now)
    return sets.adopt_booklets(made.pk, by=by, now=now)
