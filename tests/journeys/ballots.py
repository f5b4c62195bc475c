"""Votes, nominations and lists in the town: each as far as the page that shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kepu.appraisal import actions
from kepu.kernel.accounts.models import User
from tests import factories
from tests.journeys.sight import Sight
from tests.kepu.appraisal import ballot_world as world
from tests.kepu.appraisal import titles_world

if TYPE_CHECKING:
    from tests.journeys.town import Town

NOW = factories.NOW
BEFORE = NOW - timedelta(days=9)


def keep(town: Town) -> None:
    """A call in which a jury and the public vote, one that was counted, and one with nominations."""
    jury = world.jury(4)
    running = world.call(code="voted", ballot={"public": True})
    world.candidates(running, 3900, 3000)
    ballot = world.opened(running, jury)
    world.cast(ballot, (jury[0], [0]))
    by = town.people["secretary"]
    actions.ballots.ask_public(running.pk, by=by, now=NOW)
    town.people |= {"elector_done": jury[0].person, "elector": jury[1].person}
    town.values |= {"voted_call": running.pk, "ballot": ballot.pk, "ready_call": _ready().pk}
    town.values["counted_call"] = _counted(town, by)
    _nominations(town)
    holder = factories.user("获奖人示例")
    title = titles_world.title(titles_world.application(titles_world.call("star"), person=holder))
    actions.nominating.let_stand_in_lists(title.pk, agreed=True, by=holder, now=NOW)
    town.people["awarded"] = holder


def _ready() -> world.Call:
    made = world.call(code="voted")
    world.candidates(made, 3900, 3000)
    return made


def _counted(town: Town, by: User) -> int:
    """One whose jury was counted with equals at the edge, and whose public looked stuffed."""
    made = world.call(code="counted", ballot={"public": True, "nominees": 3})
    world.candidates(made, 3900, 3000, 2900)
    jury = world.jury(4)
    round_ = world.opened(made, jury)
    world.cast(round_, (jury[0], [0, 1]), (jury[1], [0, 1]), (jury[2], [0, 2]), (jury[3], [0, 2]))
    actions.ballots.close_ballot(round_.pk, by=by, now=NOW)
    vote = actions.ballots.ask_public(made.pk, by=by, now=NOW)
    for n in range(24):
        actions.ballots.choose(
            made.pk, [n % 2 if n < 4 else 2], by=factories.user(),
            now=NOW + timedelta(hours=2 * n if n < 4 else 20, seconds=n),
        )  # fmt: skip
    actions.ballots.close_public(made.pk, by=by, now=world.LATER)
    return vote.call_id


def _nominations(town: Town) -> None:
    """A nomination that waits; its nominator and whoever was given the address read it."""
    call = world.call(code="nominated", nominated=True)
    by = factories.user("推选人示例")
    one = actions.nominating.nominate(
        call.pk, name="候选人示例", reason="三十年坚持进社区、进学校讲科学，带出一支青年志愿队伍。",
        klass="hall", by=by, now=NOW,
    )  # fmt: skip
    town.people["nominator"] = by
    town.values |= {"nominated_call": call.pk, "nomination_key": one.key}


SIGHTS = (
    Sight("jury-ballots", "secretary", {"call_id": "ready_call"}),
    Sight("jury-ballots", "secretary", {"call_id": "voted_call"}),
    Sight("jury-ballots", "secretary", {"call_id": "counted_call"}),
    Sight("jury-open", "secretary", {"call_id": "ready_call"}),
    Sight("jury-vote", "elector", {"ballot_id": "ballot"}),
    Sight("jury-vote", "elector_done", {"ballot_id": "ballot"}),
    Sight("appraisal-reviews", "elector"),
    Sight("public-vote", at={"call_id": "voted_call"}),
    Sight("public-vote", "resident", {"call_id": "voted_call"}),
    Sight("public-vote", at={"call_id": "counted_call"}),
    Sight("appraisal-call", at={"call_id": "nominated_call"}),
    Sight("call-nominate", "venue_manager", {"call_id": "nominated_call"}),
    Sight("call-nomination", "nominator", {"key": "nomination_key"}),
    Sight("call-nomination", "resident", {"key": "nomination_key"}),
    Sight("title-ceremony", "city"),
    Sight("title-talents", "city"),
    Sight("title-talents", "city", query={"year": "1999"}),
    Sight("my-titles", "awarded"),
)
