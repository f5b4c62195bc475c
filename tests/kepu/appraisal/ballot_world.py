"""A call of persons that was reviewed and weighed, and the jury that votes on the best of each class."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kepu.appraisal import actions
from kepu.appraisal.models import Application, Call, JuryBallot
from kepu.appraisal.rules.applications import Applicant
from kepu.people.models import Expert
from tests.factories import NOW, division, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as world
from tests.kepu.venues.factories import HERE

BALLOT: dict[str, Any] = {
    "nominees": 2, "seats": 2, "quorum": 0.6666, "majority": 0.5001, "days": 7, "elected": "winner",
}  # fmt: skip
SAID: dict[str, Any] = world.SAID | {
    "subject": "person",
    "form": [{"key": "works", "title": "作品", "kind": "lines", "required": False}],
    "evidence": [],
    "levels": [
        {"key": "winner", "title": "年度人物", "cut": 90},
        {"key": "nominee", "title": "提名", "cut": 10},
    ],
    "reviewing": {
        "each": 1, "load": 50, "years": 3, "blind": False, "calibrated": False, "own_district": True,
    },
    "term": {"names_public": True},
}  # fmt: skip
NAMES = {"hall": "场馆", "media": "传媒"}
LATER = NOW + timedelta(days=9)  # a vote that opened now is over


def call(ballot: dict[str, Any] | None = None, **said: Any) -> Call:
    """An open call of persons whose programme ends with a vote."""
    return factories.call(**SAID | {"ballot": BALLOT | (ballot or {})} | said)


def applied(of: Call, name: str, klass: str = "hall", path: str = HERE) -> Application:
    """A person's own application, through the formal check."""
    by = user(name)
    made = actions.applications.start(of.pk, Applicant(division(path), klass), by=by, now=NOW)
    actions.applications.submit(made.pk, seen=made.version, by=by, now=NOW)
    factories.step(made, "pass_check")
    return factories.again(made)


def candidates(of: Call, *points: int, klass: str = "hall") -> list[Application]:
    """As many persons as points were given, reviewed and weighed."""
    reviewer = world.expert("评审示例", most=100)
    found = []
    for n, given in enumerate(points, 1):
        one = applied(of, f"{NAMES[klass]}候选{n}示例", klass)
        world.done(one, reviewer, safety=1500, education=given)
        found.append(one)
    actions.judging.weigh(of.pk, by=factories.secretary(), now=NOW)
    return [factories.again(one) for one in found]


def jury(size: int = 3) -> list[Expert]:
    """Experts who are bound to nobody."""
    return [world.expert(f"评委{n}示例", most=100) for n in range(1, size + 1)]


def opened(of: Call, members: list[Expert], **said: Any) -> JuryBallot:
    """A round in which these vote."""
    ids = [one.pk for one in members]
    return actions.ballots.open_ballot(of.pk, ids, by=factories.secretary(), now=NOW, **said)


def cast(ballot: JuryBallot, *slips: tuple[Expert, list[int]]) -> None:
    """Who puts which slip into the box."""
    for member, chosen in slips:
        actions.ballots.vote(ballot.pk, chosen, by=member.person, now=NOW)


def closed(ballot: JuryBallot) -> JuryBallot:
    """Counted after its time."""
    return actions.ballots.close_ballot(ballot.pk, by=factories.secretary(), now=LATER)
