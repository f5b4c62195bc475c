"""The demo city's fieldwork: a small sample in the field, with invented interviewers and answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kepu.kernel import clock
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.roles import actions as roles
from kepu.literacy import field_example
from kepu.literacy.actions import back_checks, booklets, samples
from kepu.literacy.actions import fieldwork as actions
from kepu.literacy.queries import samples as frames

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.literacy.models import BookletSet, Sample
    from kepu.web.demo import City

SEED = 20260901
HOME = "50.103."  # where the demo supervisor and the demo interviewer work
NOBODY_YET = 3  # districts whose doors nobody was given: something to do


def build(city: City, moving: list[User]) -> None:
    """Draw, adopt, plan, begin; then two weeks of knocking, written down at once.

    `moving` are interviewers for all districts; the last of them makes interviews up.
    """
    top, by, begun = divisions.at("50."), city.people["survey"], city.begun
    for person, role, path in (
        *((one, "interviewer", top.path) for one in moving),
        (city.people["interviewer"], "interviewer", HOME),
        (city.people["supervisor"], "field_supervisor", HOME),
    ):
        roles.grant(person.pk, role=role, path=path, by=None, now=begun)
    today, opened = clock.day(city.now), city.now - timedelta(days=14)
    plan = actions.FieldPlan(
        title="示例：现场调查（虚构）", sample=_sample(city), booklets=_booklets(city),
        opens_on=today - timedelta(days=14), closes_on=today + timedelta(days=16), seed=SEED,
    )  # fmt: skip
    of = actions.plan_fieldwork(plan, by=by, now=begun)
    actions.begin_fieldwork(of.pk, by=by, now=opened)
    of.refresh_from_db()
    districts = [row["path"] for row in of.sample.summary["districts"]]
    to = {
        path: [moving[(number + one) % len(moving)] for one in (0, 1)]
        for number, path in enumerate(districts[:-NOBODY_YET])
    } | {HOME: [city.people["interviewer"]]}
    field_example.fill(of, to, hurried=moving[-1], now=city.now, seed=SEED)
    back_checks.draw_back_checks(of.pk, by=by, now=city.now)


def _sample(city: City) -> Sample:
    by, top, now = city.people["survey"], divisions.at("50."), city.begun
    design = samples.Design(
        title="示例：小样本", interviews=760, sharing="equal", least=20, together=10, share=0.15,
        deff=1.2, icc_community=0.02, icc_township=0.01, response=0.7, seed=SEED,
        frame_on=frames.frame_day(top, clock.day(city.now)),
    )  # fmt: skip
    made = samples.ask_sample(design, place=top, by=by, now=now)
    samples.DRAWS.take_up(made.pk, now=now)
    samples.DRAWS.work_on(made.pk, taken=now)
    return samples.adopt_sample(made.pk, by=by, now=now)


def _booklets(city: City) -> BookletSet:
    by, now = city.people["items"], city.begun
    made = booklets.ask_booklets(
        title="示例题本",
        booklets=2,
        items=10,
        most_common=4,
        bank=divisions.at("50."),
        by=by,
        now=now,
    )
    booklets.ASSEMBLIES.take_up(made.pk, now=now)
    booklets.ASSEMBLIES.work_on(made.pk, taken=now)
    return booklets.adopt_booklets(made.pk, by=by, now=now)
