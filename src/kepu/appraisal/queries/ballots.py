"""Final votes of juries and votes of the public: who stands, who may vote, what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.models import (
    Application,
    Call,
    Elector,
    JuryBallot,
    PublicSlip,
    PublicVote,
)
from kepu.appraisal.programme.counting import Votes
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.programme.stuffing import Cast
from kepu.appraisal.queries import applications, judging
from kepu.appraisal.states import ApplicationState
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import Outside


@dataclass(frozen=True)
class Standing:
    """One row of the paper as it is read: the application, its code, its name and its class in words."""

    place: int
    application_id: int
    code: str
    name: str
    klass: str
    district: str


def shortlist(call: Call, programme: Programme) -> list[Application]:
    """The best of each class by the newest judgement, in order of class and rank. Two queries.

    As many as the programme has nominees; who equals the last of them stands too. Only who reached a
    level, and is reviewed and no more yet.
    """
    newest = judging.of_call(call).first()
    if newest is None or programme.ballot is None:
        return []
    most = programme.ballot.nominees
    rows = [
        row
        for row in newest.result["applications"]
        if row["grade"] and row["rank"] is not None and row["rank"] <= most
    ]
    found = {
        one.pk: one
        for one in applications.of_call(call, states=[ApplicationState.REVIEWED]).filter(
            pk__in=[row["id"] for row in rows]
        )
    }
    order = [one.key for one in programme.classes]
    rows.sort(key=lambda row: (_at(order, row["klass"]), row["rank"], row["code"]))
    return [found[row["id"]] for row in rows if row["id"] in found]


def _at(order: list[str], klass: str) -> int:
    return order.index(klass) if klass in order else len(order)


def to_vote_on(
    call: Call, programme: Programme
) -> tuple[list[Application], int, JuryBallot | None]:
    """Who stands in the next round, for how many places, and the round that it follows. Three queries.

    After a round that left places open, who stands once more; after one in which too few voted,
    everybody of its paper; before any, the shortlist. Who was withdrawn or proposed stands no more.
    """
    last: JuryBallot | None = of_call(call).first()
    if programme.ballot is None:
        return [], 0, None
    if last is None or last.result is None:
        return shortlist(call, programme), programme.ballot.seats, None
    ids = [last.candidates[place]["id"] for place in _once_more(last)]
    found = applications.joined().filter(pk__in=ids, state=ApplicationState.REVIEWED)
    rows = {one.pk: one for one in found}
    return [rows[pk] for pk in ids if pk in rows], last.result["left"], last


def _once_more(last: JuryBallot) -> Sequence[int]:
    result = last.result or {}
    return result["run_off"] if result["quorate"] else range(len(last.candidates))


def elected(call: Call) -> set[int]:
    """Applications, by id, that a jury elected in any round of the call. One query."""
    rounds = JuryBallot.objects.filter(call=call, result__isnull=False)
    return {one.candidates[n]["id"] for one in rounds for n in (one.result or {})["elected"]}


def to_propose(one: JuryBallot) -> list[Application]:
    """Who was elected in a round and is not proposed yet, in order of code. One query."""
    ids = [one.candidates[place]["id"] for place in (one.result or {}).get("elected", ())]
    return list(
        applications.of_call(one.call, states=[ApplicationState.REVIEWED]).filter(pk__in=ids)
    )


def is_over(call: Call, programme: Programme) -> bool:
    """Whether a round was counted and nobody stands for another. Two queries."""
    standing, _seats, last = to_vote_on(call, programme)
    return last is not None and not standing


def level_of_elected(programme: Programme) -> str:
    """The level that the vote gives, and nothing else does; nothing where there is no vote."""
    if programme.ballot is None:
        return ""
    return programme.ballot.elected or programme.levels[0].key


def paper(rows: Sequence[Application]) -> list[dict[str, Any]]:
    """Candidates as a ballot keeps them: ids, codes and classes, no names."""
    return [{"id": one.pk, "code": one.code, "klass": one.klass} for one in rows]


def standing(
    kept: Sequence[dict[str, Any]], programme: Programme, *, blind: bool = False
) -> list[Standing]:
    """The rows of a paper as voters read them; by code alone where names are hidden. Two queries."""
    rows = applications.joined().filter(pk__in=[one["id"] for one in kept])
    names = {one.pk: applications.name_of(one) for one in rows}
    places = {one.pk: one.division_now.name for one in rows}
    classes = {one.key: str(one) for one in programme.classes}
    return [
        Standing(
            place, one["id"], one["code"], one["code"] if blind else names.get(one["id"], one["code"]),
            classes.get(one["klass"], ""), "" if blind else places.get(one["id"], ""),
        )
        for place, one in enumerate(kept)
    ]  # fmt: skip


# --- the jury -------------------------------------------------------------------------------------


def of_call(call: Call) -> QuerySet[JuryBallot]:
    """Rounds of the final vote, the newest first."""
    return call.jury_ballots.select_related("call", "opened_by").order_by("-number")


def ballot(ballot_id: int) -> JuryBallot:
    """One round. Raises Outside."""
    found: JuryBallot | None = (
        JuryBallot.objects.select_related("call__division_now").filter(pk=ballot_id).first()
    )
    if found is None:
        raise Outside(_("there is no such ballot"))
    return found


def place_of(one: JuryBallot, person: User) -> Elector | None:
    """The person's place in the jury of this round. One query."""
    return one.electors.filter(person=person).first()


def waiting_for(person: User, now: datetime) -> QuerySet[JuryBallot]:
    """Rounds in which the person may still vote, the first to end first. One query."""
    open_now = JuryBallot.objects.filter(
        electors__person=person, electors__voted=False, closed_at__isnull=True, ends_at__gt=now
    )
    return open_now.select_related("call").order_by("ends_at", "pk")


def turnout(one: JuryBallot) -> tuple[int, int]:
    """How many of the jury have voted, and how many there are. One query."""
    voted = list(one.electors.values_list("voted", flat=True))
    return sum(voted), len(voted)


def votes_of(one: JuryBallot) -> Votes:
    """All that the outcome of a round follows from. One query."""
    return Votes(
        candidates=len(one.candidates), electors=one.electors.count(), seats=one.seats,
        quorum=one.quorum, majority=one.majority, of_electors=one.of_electors,
        run_off=one.run_off, slips=one.slips,
    )  # fmt: skip


def digest_of(one: JuryBallot, said: Votes) -> str:
    """Over the paper, the rule, the box and the size of the jury."""
    told = {
        "candidates": one.candidates, "slips": list(said.slips), "electors": said.electors,
        "seats": said.seats, "quorum": said.quorum, "majority": said.majority,
        "of_electors": said.of_electors, "run_off": said.run_off,
    }  # fmt: skip
    return judging.digest(told)


# --- the public -----------------------------------------------------------------------------------


def public_vote(call: Call) -> PublicVote | None:
    """The vote of the public in a call, open or closed. One query."""
    return PublicVote.objects.filter(call=call).first()


def day_of(vote: PublicVote, now: datetime) -> str:
    """What tells two votes of one account apart: the day in Beijing, or nothing."""
    return clock.day(now).isoformat() if vote.daily else ""


def slip_of(vote: PublicVote, person: User, now: datetime) -> PublicSlip | None:
    """What the account chose, today or at all. One query."""
    return vote.slips.filter(person=person, day=day_of(vote, now)).first()


def casts(vote: PublicVote) -> list[Cast]:
    """Votes in the order in which they came, as they are looked at. One query."""
    columns = ("at", "choices", "community", "fresh")
    return [
        Cast(at.astimezone(BEIJING), tuple(choices), community, fresh)
        for at, choices, community, fresh in vote.slips.order_by("at", "pk").values_list(*columns)
    ]


def tally(votes: Sequence[Cast], size: int) -> list[int]:
    """Votes for each place of the paper."""
    counted = Counter(choice for one in votes for choice in set(one.choices))
    return [counted[place] for place in range(size)]


def advice(call: Call) -> list[dict[str, int]]:
    """What the public said of each application, once its vote is closed: all votes, and those set apart."""
    vote = public_vote(call)
    return vote.report["counts"] if vote is not None and vote.report else []
