"""Put a draft before others: comments and their answers, the review meeting, the vote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from kepu.appraisal.actions.standards import locked, step
from kepu.appraisal.models import (
    Comment,
    CommentRound,
    ReviewOpinion,
    Standard,
    StandardBallot,
    StandardVoter,
)
from kepu.appraisal.queries import standards as queries
from kepu.appraisal.rules import standards as rules
from kepu.appraisal.standards_states import Choice
from kepu.appraisal.telling import standards as telling
from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import authorize, require

COUNTED = {
    Choice.FOR: "votes_for", Choice.AGAINST: "votes_against", Choice.ABSTAIN: "abstained",
}  # fmt: skip


# --- comments -------------------------------------------------------------------------------------


@transaction.atomic
def open_round(
    standard_id: int, *, days: int, explained: str, by: User, now: datetime
) -> CommentRound:
    """Put the draft out for comments until the end of the day `days` from today; its text is kept."""
    standard = locked(standard_id)
    authorize(rules.why_not_keep(by, standard, now))
    version, procedure = rules.procedure(standard, now)
    require(rules.why_not_open_round(standard, days, procedure))

    made = CommentRound.objects.create(
        standard=standard, number=standard.rounds.count() + 1, explained=explained.strip(),
        draft=queries.snapshot(standard), rules_version=version, opened_by=by, opened_at=now,
        ends_at=_end_of_day(now, days),
    )  # fmt: skip
    step(standard, "open_round", by=by, now=now)
    telling.stepped(standard, "", now=now)
    return made


@transaction.atomic
def comment(
    standard_id: int, *, clause: str, text: str, by: User, now: datetime, reason: str = "",
    organisation: Organisation | None = None, contact: str = "",
) -> Comment:  # fmt: skip
    """Say something of a draft that is out for comments, for oneself or for a unit one speaks for."""
    standard = locked(standard_id)
    if organisation is not None:
        authorize(rules.why_not_comment_for(by, organisation, now))
    of = queries.open_round(standard)
    _version, procedure = rules.procedure(standard, now)
    require(rules.why_not_comment(of, clause, by, procedure, now))
    assert of is not None  # noqa: S101 (or it would take no comments)
    require(rules.why_not_repeat(of, clause, text, by))

    made = Comment(
        round=of, clause=clause, text=text.strip(), reason=reason.strip(), by=by,
        organisation=organisation, at=now,
    )  # fmt: skip
    made.keep_contact(by, contact.strip())
    made.save()
    audit.record(by, "standard.comment", standard, now=now, comment=made.pk)
    return made


@transaction.atomic
def reply(comment_id: int, *, verdict: str, reply: str, by: User, now: datetime) -> Comment:
    """Answer a comment: accepted, in part, or not, with words; who commented hears it."""
    standard = locked(queries.comment(comment_id).round.standard_id)
    one = queries.comment(comment_id)
    authorize(rules.why_not_draft(by, standard))
    require(rules.why_not_reply(one, reply))

    one.verdict, one.reply = verdict, reply.strip()
    one.replied_by, one.replied_at = by, now
    one.save(update_fields=["verdict", "reply", "replied_by", "replied_at"])
    audit.record(by, "standard.reply", standard, now=now, comment=one.pk, verdict=verdict)
    telling.replied(one, now=now)
    return one


@transaction.atomic
def close_round(standard_id: int, *, by: User, now: datetime) -> CommentRound:
    """End a round whose every comment is answered; from now on everybody reads comments and answers."""
    standard = locked(standard_id)
    authorize(rules.why_not_keep(by, standard, now))
    require(rules.why_not_close_round(standard, now))
    of = queries.open_round(standard)
    assert of is not None  # noqa: S101 (a rule just found it)

    of.closed_at = now
    of.save(update_fields=["closed_at"])
    step(standard, "close_round", by=by, now=now)
    telling.stepped(standard, "", now=now)
    return of


# --- the review meeting ---------------------------------------------------------------------------


@transaction.atomic
def send_to_review(standard_id: int, *, by: User, now: datetime) -> Standard:
    """Lay the draft before the review meeting; from now on its text stays as it is."""
    standard = locked(standard_id)
    authorize(rules.why_not_keep(by, standard, now))
    _version, procedure = rules.procedure(standard, now)
    require(rules.why_not_send_to_review(standard, procedure))

    step(standard, "send_to_review", by=by, now=now)
    telling.stepped(standard, "", now=now)
    return standard


@transaction.atomic
def record_opinion(
    standard_id: int, *, held_on: date, present: int, passed: bool, opinion: str, reference: str,
    by: User, now: datetime,
) -> ReviewOpinion:  # fmt: skip
    """Write down what the review meeting found; the draft goes on, or back to who drafts it."""
    standard = locked(standard_id)
    authorize(rules.why_not_keep(by, standard, now))
    _version, procedure = rules.procedure(standard, now)
    require(rules.why_not_record_opinion(standard, present, held_on, procedure, now))

    made = ReviewOpinion.objects.create(
        standard=standard, held_on=held_on, present=present, passed=passed,
        opinion=opinion.strip(), reference=reference.strip(), recorded_by=by, recorded_at=now,
    )  # fmt: skip
    verb = "pass_review" if passed else "mend"
    step(standard, verb, by=by, now=now, reference=reference.strip())
    telling.stepped(standard, "", now=now)
    return made


# --- the vote -------------------------------------------------------------------------------------


@transaction.atomic
def open_vote(
    standard_id: int, members: Sequence[User], *, by: User, now: datetime
) -> StandardBallot:
    """Let these members vote, each once, as the rules of the day the standard was taken up say."""
    standard = locked(standard_id)
    authorize(rules.why_not_keep(by, standard, now))
    version, procedure = rules.procedure(standard, now)
    require(rules.why_not_open_vote(standard, members, procedure, now))

    voting = procedure.voting
    made = StandardBallot.objects.create(
        standard=standard, number=standard.ballots.count() + 1, secret=voting.secret,
        quorum=voting.quorum, majority=voting.majority, of_members=voting.of_members,
        rules_version=version, opened_by=by, opened_at=now, ends_at=_end_of_day(now, voting.days),
    )  # fmt: skip
    StandardVoter.objects.bulk_create(StandardVoter(ballot=made, person=one) for one in members)
    step(standard, "open_vote", by=by, now=now)
    telling.called_to_vote(made, list(members), now=now)
    return made


@transaction.atomic
def vote(standard_id: int, *, choice: str, by: User, now: datetime) -> None:
    """Vote, once and for all. Of a secret vote only that `by` voted is kept, and the sum goes up."""
    standard = locked(standard_id)
    place = queries.open_vote(standard, by)
    authorize(rules.why_not_vote_as(place))
    assert place is not None  # noqa: S101 (or it would not be allowed)
    ballot = StandardBallot.objects.select_for_update().get(pk=place.ballot_id)
    require(rules.why_not_vote(ballot, now))
    require(rules.why_not_vote_again(place))

    place.voted, place.choice = True, "" if ballot.secret else choice
    place.save(update_fields=["voted", "choice"])
    column = COUNTED[Choice(choice)]
    setattr(ballot, column, getattr(ballot, column) + 1)
    ballot.save(update_fields=[column])
    audit.record(by, "standard.vote", standard, now=now, ballot=ballot.number)


@transaction.atomic
def close_vote(standard_id: int, *, by: User, now: datetime) -> StandardBallot:
    """Count the vote: carried, it waits to be published; else the draft goes back to the group."""
    standard = locked(standard_id)
    authorize(rules.why_not_keep(by, standard, now))
    ballot = queries.ballot(standard)
    require(rules.why_not_close_vote(ballot, now))
    assert ballot is not None  # noqa: S101 (a rule just found it)

    ballot.carried = rules.carries(ballot, ballot.voters.count())
    ballot.closed_at = now
    ballot.save(update_fields=["carried", "closed_at"])
    step(standard, "carry" if ballot.carried else "fail_vote", by=by, now=now)
    telling.stepped(standard, "", now=now)
    return ballot


def _end_of_day(now: datetime, days: int) -> datetime:
    """Midnight after the day that lies so many days after today."""
    last = clock.day(now) + timedelta(days=days + 1)
    return datetime(last.year, last.month, last.day, tzinfo=BEIJING)
