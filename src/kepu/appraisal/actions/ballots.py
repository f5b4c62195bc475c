"""The final vote of a jury, and the vote of the public that advises it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kepu.appraisal import queries, rules
from kepu.appraisal.actions import deciding
from kepu.appraisal.models import (
    Application,
    Call,
    Elector,
    JuryBallot,
    PublicSlip,
    PublicVote,
)
from kepu.appraisal.programme import counting, stuffing
from kepu.appraisal.telling import ballots as telling
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import RuleBroken, authorize, require
from kepu.people.queries import experts

# --- the jury -------------------------------------------------------------------------------------


@transaction.atomic
def open_ballot(call_id: int, jury: Collection[int], *, by: User, now: datetime) -> JuryBallot:
    """Let these experts vote, each once, on who stands now; the paper and the jury do not change after.

    Raises NotAllowed for who is not secretary of the call, RuleBroken where there is nothing to vote on,
    a round is open, or somebody chosen may not judge a candidate.
    """
    call = _locked(call_id)
    programme = queries.calls.programme(call)
    authorize(rules.calls.why_not_keep(by, call, now))
    require(rules.ballots.why_not_open(call, programme, jury, now))
    assert programme.ballot  # noqa: S101 (the rule has asked)

    said = programme.ballot
    candidates, seats, last = queries.ballots.to_vote_on(call, programme)
    made = JuryBallot.objects.create(
        call=call, number=call.jury_ballots.count() + 1, follows=last, seats=seats,
        candidates=queries.ballots.paper(candidates), quorum=f"{said.quorum:g}",
        majority=f"{said.majority:g}", of_electors=said.of_electors,
        run_off=said.run_off and (last is None or _goes_on(last)), opened_by=by, opened_at=now,
        ends_at=_end_of_day(now, said.days),
    )  # fmt: skip
    chosen = [one for one in experts.pool(on=clock.day(now)) if one.id in set(jury)]
    Elector.objects.bulk_create(Elector(ballot=made, person_id=one.person_id) for one in chosen)
    audit.record(by, "appraisal.open_ballot", made, now=now, call=call.pk, electors=len(chosen))
    telling.called_to_vote(made, now=now)
    return made


def _goes_on(last: JuryBallot) -> bool:
    """Whether this round is the last one held again, in which too few had voted."""
    return last.run_off and not (last.result or {})["quorate"]


@transaction.atomic
def vote(ballot_id: int, chosen: Collection[int], *, by: User, now: datetime) -> None:
    """Vote once and for all. That `by` voted is kept, and a slip more lies in the box, in sorted order.

    Nothing joins the two: the slip has no number, no time, and no place that depends on when it came.
    """
    ballot = _ballot(ballot_id)
    place = ballot.electors.select_for_update().filter(person=by).first()
    authorize(rules.ballots.why_not_vote_as(place))
    assert place is not None  # noqa: S101 (or it would not be allowed)
    require(rules.ballots.why_not_vote(ballot, place, now))
    require(rules.ballots.why_not_choose(ballot, chosen))

    place.voted = True
    place.save(update_fields=["voted"])
    ballot.slips = sorted([*ballot.slips, sorted(set(chosen))])
    ballot.save(update_fields=["slips"])
    audit.record(by, "appraisal.vote_ballot", ballot, now=now)


@transaction.atomic
def close_ballot(ballot_id: int, *, by: User, now: datetime) -> JuryBallot:
    """End the round and count it.

    What was counted is kept with a digest; whoever keeps the call may count again. Slips too few to be
    secret are made void: what was on them is kept nowhere.
    """
    ballot = _ballot(ballot_id)
    authorize(rules.calls.why_not_keep(by, ballot.call, now))
    require(rules.ballots.why_not_close(ballot, now))

    if len(ballot.slips) < counting.LEAST_SECRET:
        ballot.slips = [[] for _slip in ballot.slips]
    said = queries.ballots.votes_of(ballot)
    ballot.result = counting.count(said).told
    ballot.digest = queries.ballots.digest_of(ballot, said)
    ballot.closed_by, ballot.closed_at = by, now
    ballot.save(update_fields=["slips", "result", "digest", "closed_by", "closed_at"])
    elected = len(ballot.result["elected"])
    audit.record(
        by, "appraisal.close_ballot", ballot, now=now, digest=ballot.digest, elected=elected
    )
    return ballot


@transaction.atomic
def propose_elected(ballot_id: int, *, by: User, now: datetime) -> list[Application]:
    """Propose who was elected, at the level that the programme gives them; the votes are the reason."""
    ballot = _ballot(ballot_id)
    programme = queries.calls.programme(ballot.call)
    authorize(rules.calls.why_not_keep(by, ballot.call, now))
    require(rules.deciding.why_not_propose_elected(ballot, programme))

    grade = queries.ballots.level_of_elected(programme)
    found = [
        deciding.propose(
            one.pk, grade=grade, seen=one.version, by=by, now=now, reason=_votes_for(ballot, one.pk)
        )
        for one in queries.ballots.to_propose(ballot)
    ]
    audit.record(by, "appraisal.propose_ballot", ballot, now=now, applications=len(found))
    return found


def _votes_for(ballot: JuryBallot, application_id: int) -> str:
    assert ballot.result  # noqa: S101 (its caller has asked)
    place = next(n for n, one in enumerate(ballot.candidates) if one["id"] == application_id)
    words = _("final vote, round %(round)s: %(votes)s of %(cast)s votes")
    return words % {
        "round": ballot.number, "votes": ballot.result["votes"][place], "cast": ballot.result["cast"],
    }  # fmt: skip


# --- the public -----------------------------------------------------------------------------------


@transaction.atomic
def ask_public(call_id: int, *, by: User, now: datetime) -> PublicVote:
    """Let everybody with an account vote on the shortlist, where the rulebook says so. It is advice."""
    call = _locked(call_id)
    programme = queries.calls.programme(call)
    authorize(rules.calls.why_not_keep(by, call, now))
    require(rules.ballots.why_not_ask_public(call, programme))
    assert programme.ballot  # noqa: S101 (the rule has asked)

    made = PublicVote.objects.create(
        call=call, candidates=queries.ballots.paper(queries.ballots.shortlist(call, programme)),
        picks=programme.ballot.public_picks, daily=programme.ballot.public_daily, opened_by=by,
        opened_at=now, ends_at=_end_of_day(now, programme.ballot.days),
    )  # fmt: skip
    audit.record(by, "appraisal.ask_public", made, now=now, call=call.pk)
    return made


@transaction.atomic
def choose(call_id: int, chosen: Collection[int], *, by: User, now: datetime) -> PublicSlip:
    """Vote as one of the public: once, or once a day. Two requests at the same moment are one vote.

    The vote is held: who comes while it is being counted is in the count or is told that it is over.
    """
    vote = PublicVote.objects.select_for_update().get(call=call_id)
    require(rules.ballots.why_not_choose_publicly(vote, chosen, now))
    authorize(rules.ballots.why_not_be_public(by, _persons(vote)))
    require(rules.ballots.why_not_again(vote, queries.ballots.slip_of(vote, by, now)))

    try:
        with transaction.atomic():
            made = PublicSlip.objects.create(
                vote=vote, person=by, day=queries.ballots.day_of(vote, now), at=now,
                choices=sorted(set(chosen)), community=by.home.path if by.home else "",
                fresh=by.created_at > vote.opened_at,
            )  # fmt: skip
    except IntegrityError as twice:
        before = queries.ballots.slip_of(vote, by, now)
        raise RuleBroken(rules.ballots.why_not_again(vote, before) or "") from twice
    audit.record(by, "appraisal.choose_public", vote, now=now)
    return made


@transaction.atomic
def close_public(call_id: int, *, by: User, now: datetime) -> PublicVote:
    """Count the vote of the public, all votes and those that look stuffed apart; from now on it is told."""
    vote = PublicVote.objects.select_for_update().get(call=call_id)
    authorize(rules.calls.why_not_keep(by, vote.call, now))
    require(rules.ballots.why_not_close_public(vote, now))

    vote.report, vote.closed_at = _counted(vote), now
    vote.save(update_fields=["report", "closed_at"])
    audit.record(by, "appraisal.close_public", vote, now=now, votes=vote.report["votes"])
    return vote


def _counted(vote: PublicVote) -> dict[str, object]:
    casts = queries.ballots.casts(vote)
    found = stuffing.examine(casts)
    size = len(vote.candidates)
    apart = queries.ballots.tally([casts[n] for n in found.apart], size)
    counts = [
        {"id": one["id"], "votes": votes, "apart": aside}
        for one, votes, aside in zip(
            vote.candidates, queries.ballots.tally(casts, size), apart, strict=True
        )
    ]
    return found.told | {"counts": counts}


def _persons(vote: PublicVote) -> set[int]:
    ids = [one["id"] for one in vote.candidates]
    return set(Application.objects.filter(pk__in=ids).values_list("person", flat=True))


def _end_of_day(now: datetime, days: int) -> datetime:
    """Midnight after the day that lies so many days after today."""
    last = clock.day(now) + timedelta(days=days + 1)
    return datetime(last.year, last.month, last.day, tzinfo=BEIJING)


def _locked(call_id: int) -> Call:
    call: Call = Call.objects.select_for_update().get(pk=call_id)
    return call


def _ballot(ballot_id: int) -> JuryBallot:
    rows = JuryBallot.objects.select_for_update(of=("self",)).select_related("call")
    ballot: JuryBallot = rows.get(pk=ballot_id)
    return ballot
