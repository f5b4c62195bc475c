"""Programmes that ship and that nobody walks through elsewhere: each leads from a call to a title."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pikepdf
import pytest

from kepu.appraisal import actions
from kepu.appraisal.models import Application, Call, Title
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import calls
from kepu.appraisal.rules.applications import Applicant
from kepu.kernel.accounts.models import User
from kepu.people.models import Expert
from tests.factories import NOW, division, user
from tests.kepu.appraisal import meeting_world as room
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.factories import CITY, PAPER, again, decider, secretary, step

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HERE = "50.103."
DAY = timedelta(days=1)
TENTHS = 8  # of the points of each criterion that is judged


@dataclass(frozen=True)
class Case:
    """One class of a shipped programme, what an applicant says, and which level it comes to."""

    code: str
    klass: str
    answers: dict[str, Any]
    grade: str
    of_unit: bool = False


RURAL_BASE = Case(
    "grant", "base",
    {
        "granted_before": False, "beneficiaries": 800, "goal": "教会三百户种好花椒",
        "budget": "培训 20000元",
    },
    "granted", of_unit=True,
)  # fmt: skip
TITLE_OF_A_PERSON = Case(
    "science_title", "popularising",
    {
        "level": "中级", "held": "初级", "held_years": 5, "years": 6, "hours": 120,
        "works": "社区急救课 2024 主讲\n科学实验课 2025 设计", "employer": "示例中学",
        "summary": "六年里讲了二百场",
    },
    "middle",
)  # fmt: skip
COMMUNICATOR = Case(
    "communicator", "grassroots",
    {
        "consent": True, "nominator": "示例科协", "works": "乡村科学课一百场",
        "story": "走遍全区的村小",
    },
    "winner",
)  # fmt: skip


@pytest.mark.parametrize(
    "case", [RURAL_BASE, TITLE_OF_A_PERSON, COMMUNICATOR], ids=lambda case: case.code
)
def test_a_shipped_programme_leads_from_its_call_to_a_title(case):
    division(CITY)
    division(HERE)
    made = _call(case.code)
    one = _handed_in(made, case)
    programme = calls.programme(made)
    fields = tuple(programme.reviewing.fields)
    judges = [
        world.expert(f"评审示例{n}", fields=fields) for n in range(max(3, programme.reviewing.each))
    ]
    for judge in judges[: programme.reviewing.each]:
        _reviewed(one, judge, programme)
    actions.judging.weigh(made.pk, by=secretary(), now=NOW)
    room.held(made, again(one), judges, ("for",) * len(judges))
    if programme.ballot is None:
        actions.judging.propose_all(made.pk, 1, by=secretary(), now=room.DURING)
    else:
        _elect(made, judges)
    step(one, "notice", now=room.DURING)

    said = {"reference": PAPER, "seen": again(one).version, "now": NOW + 30 * DAY}
    title = actions.deciding.name(one.pk, by=decider(), **said)

    assert (title.grade, title.klass, title.state) == (case.grade, case.klass, "active")
    assert Title.objects.get().rules_version == made.rules_version


def _elect(of: Call, jury: list[Expert]) -> None:
    """The jury votes for the one who stands, who is proposed by it."""
    by, now = secretary(), room.DURING
    ballot = actions.ballots.open_ballot(of.pk, [one.pk for one in jury], by=by, now=now)
    for one in jury:
        actions.ballots.vote(ballot.pk, [0], by=one.person, now=now)
    actions.ballots.close_ballot(ballot.pk, by=by, now=now)
    actions.ballots.propose_elected(ballot.pk, by=by, now=now)


def _call(code: str) -> Call:
    """Open since yesterday, for the whole city."""
    by = secretary()
    made = actions.calls.make(
        code, division(CITY), title="示例申报", opens_at=NOW - DAY, closes_at=NOW + 20 * DAY, by=by,
        now=NOW,
    )  # fmt: skip
    return actions.calls.open_call(made.pk, seen=made.version, by=by, now=NOW)


def _handed_in(of: Call, case: Case) -> Application:
    """By a unit, or by a person; through what the programme asks before its reviewers."""
    unit, by = world.applicant("示例协会") if case.of_unit else (None, user("申报示例"))
    programme = calls.programme(of)
    made = _begun(of, programme, Applicant(division(HERE), case.klass, unit), by)
    actions.applications.answer(made.pk, case.answers, seen=made.version, by=by, now=NOW)
    for asked in programme.of_class(programme.evidence, case.klass):
        if asked.required:
            world.shown(made, _page(), "证明.pdf", asked.key)
    step(made, "submit", by=by)
    if programme.recommended_at:
        step(made, "recommend")
    step(made, "pass_check")
    return again(made)


def _begun(of: Call, programme: Programme, applicant: Applicant, by: User) -> Application:
    """By themselves, or put forward by others."""
    if not programme.nominated:
        return actions.applications.start(of.pk, applicant, by=by, now=NOW)
    asked = actions.nominating.nominate(
        of.pk, name="示例", reason="示例", klass=applicant.klass, by=user("推选示例"), now=NOW
    )
    return actions.nominating.agree(asked.key, applicant, by=by, now=NOW)


def _reviewed(one: Application, who: Expert, programme: Programme) -> None:
    """Eight tenths for each criterion that is judged."""
    review = world.at_work(one, who)
    for line in programme.of_class(programme.rubric, one.klass):
        if not line.measure:
            points = int(line.points * 10 * TENTHS)
            actions.reviewing.score(review.pk, line.key, hundredths=points, by=who.person, now=NOW)
    actions.reviewing.hand_in(review.pk, comment="总体良好", by=who.person, now=NOW)


def _page() -> bytes:
    kept = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(kept)
    return kept.getvalue()
