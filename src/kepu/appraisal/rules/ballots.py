"""Why not? Final votes of juries and votes of the public: who votes, on what, when, and how often."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from kepu.appraisal.models import Application, Call, Elector, JuryBallot, PublicSlip, PublicVote
from kepu.appraisal.programme.counting import LEAST_SECRET
from kepu.appraisal.programme.schema import VOTED_ON, Programme
from kepu.appraisal.queries import ballots as queries
from kepu.appraisal.rules import pairing
from kepu.appraisal.states import ApplicationCallState
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.people.queries.experts import Candidate

FEWEST = LEAST_SECRET  # of a jury
MOST = 200

# --- the jury -------------------------------------------------------------------------------------


def jury_of(
    programme: Programme, candidates: Sequence[Application], now: datetime
) -> list[tuple[Candidate, str | None]]:
    """Experts of the programme's fields, and why one of them is not of this jury.

    Whoever may not judge one of the candidates does not vote on the others against them either.
    """
    return pairing.why_not_judge_any(candidates, programme, clock.day(now))


def why_not_vote_on(call: Call, programme: Programme) -> str | None:
    """A call at work of a programme that ends with a vote, with somebody to vote on and no round open."""
    if programme.ballot is None:
        return _("this programme ends without a vote")
    if call.state != ApplicationCallState.OPEN:
        return _("this call is not open")
    rounds = list(queries.of_call(call)[:1])
    if rounds and rounds[0].closed_at is None:
        return _("a round of the vote is open; close it first")
    if queries.is_over(call, programme):
        return _("the vote has an outcome; nobody stands for another round")
    if not queries.to_vote_on(call, programme)[0]:
        return _("nobody stands for the vote: weigh the scores first")
    return None


def why_not_open(
    call: Call, programme: Programme, jury: Collection[int], now: datetime
) -> str | None:
    """A jury of members who may all judge every candidate. `jury` are ids of experts."""
    if refusal := why_not_vote_on(call, programme):
        return refusal
    if not FEWEST <= len(jury) <= MOST:
        return _("a jury has %(fewest)s to %(most)s members") % {"fewest": FEWEST, "most": MOST}
    candidates, _seats, _last = queries.to_vote_on(call, programme)
    able = {expert.id for expert, why in jury_of(programme, candidates, now) if why is None}
    if set(jury) - able:
        return _("somebody chosen may not vote here; please look again")
    return None


def why_not_vote_as(place: Elector | None) -> str | None:
    """Only members of the jury."""
    return None if place is not None else _("you are no member of this jury")


def why_not_vote(ballot: JuryBallot, place: Elector, now: datetime) -> str | None:
    """Once, while the round is open."""
    if place.voted:
        return _("you have voted; a vote cannot be changed")
    if ballot.closed_at is not None or now >= ballot.ends_at:
        return _("this vote is over")
    return None


def why_not_choose(ballot: JuryBallot, chosen: Collection[int]) -> str | None:
    """Candidates of the paper, no more than there are places; none at all is a vote too."""
    if any(not 0 <= place < len(ballot.candidates) for place in chosen):
        return _("please choose from this list")
    if len(set(chosen)) > ballot.seats:
        return _("choose %(n)s at most") % {"n": ballot.seats}
    return None


def why_not_close(ballot: JuryBallot, now: datetime) -> str | None:
    """When its time is over, or everybody has voted."""
    if ballot.closed_at is not None:
        return _("this vote is over")
    voted, electors = queries.turnout(ballot)
    if now < ballot.ends_at and voted < electors:
        return _("%(n)s of %(all)s have voted, and there is time still") % {
            "n": voted, "all": electors,
        }  # fmt: skip
    return None


def why_not_propose_elected(ballot: JuryBallot) -> str | None:
    """A round that was counted, and somebody whom it elected waits."""
    if ballot.result is None:
        return _("this vote is not counted yet")
    if not ballot.result["elected"]:
        return _("nobody was elected in this round")
    if not queries.to_propose(ballot):
        return _("who was elected in this round is proposed already, or stands no more")
    return None


def why_not_before_vote(call: Call, programme: Programme) -> str | None:
    """Where the programme ends with a vote, nobody is proposed by the scores before it is over."""
    if programme.ballot is None or queries.is_over(call, programme):
        return None
    return _("the jury has not finished its vote; nobody is proposed before")


def why_not_without_vote(application: Application, programme: Programme, grade: str) -> str | None:
    """The level of the elected is for the elected; lower ones are given once the vote is over.

    Whose refusal an appeal has overturned is judged by people: no second vote can be held on it.
    """
    if programme.ballot is None or application.pk in queries.elected(application.call):
        return None
    if refusal := why_not_before_vote(application.call, programme):
        return refusal
    appealed = application.steps.filter(verb__in=("reopen", "reopen_unreviewed")).exists()
    if grade == queries.level_of_elected(programme) and not appealed:
        return _("the jury did not elect this application")
    return None


# --- the public -----------------------------------------------------------------------------------


def why_not_ask_public(call: Call, programme: Programme) -> str | None:
    """Only where the rulebook lets the public vote, on persons and works, once in a call."""
    if programme.ballot is None or not programme.ballot.public:
        return _("the rules of this programme let the public not vote")
    if programme.subject not in VOTED_ON:
        return _("the public votes on persons and works alone")
    if call.state != ApplicationCallState.OPEN:
        return _("this call is not open")
    if queries.public_vote(call) is not None:
        return _("the public was asked already")
    if len(queries.shortlist(call, programme)) < 2:
        return _("nobody stands for the vote: weigh the scores first")
    return None


def why_not_choose_publicly(vote: PublicVote, chosen: Collection[int], now: datetime) -> str | None:
    """While it is open: one candidate or more, and no more than each account has."""
    if vote.closed_at is not None or now >= vote.ends_at:
        return _("this vote is over")
    if not chosen:
        return _("please choose somebody")
    if any(not 0 <= place < len(vote.candidates) for place in chosen):
        return _("please choose from this list")
    if len(set(chosen)) > vote.picks:
        return _("choose %(n)s at most") % {"n": vote.picks}
    return None


def why_not_again(vote: PublicVote, before: PublicSlip | None) -> str | None:
    """Each account once, or once a day."""
    if before is None:
        return None
    if vote.daily:
        return _("you have voted today; you may again tomorrow")
    return _("you have voted; a vote cannot be changed")


def why_not_be_public(person: User, candidates: Collection[int]) -> str | None:
    """Nobody votes for themselves. `candidates` are the persons who stand."""
    return _("you stand in this vote yourself") if person.pk in candidates else None


def why_not_close_public(vote: PublicVote, now: datetime) -> str | None:
    """When its time is over: counts are told to nobody before."""
    if vote.closed_at is not None:
        return _("this vote is over")
    return (
        None if now >= vote.ends_at else _("the vote still runs; its counts are hidden until then")
    )
