"""Why not? Proposing and drafting standards, commenting, reviewing, voting, publishing and ending them."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.appraisal import standards_policy
from kepu.appraisal.models import (
    Clause,
    Comment,
    CommentRound,
    Standard,
    StandardBallot,
    StandardVoter,
)
from kepu.appraisal.models.standards import key_of
from kepu.appraisal.queries import standards as queries
from kepu.appraisal.standards_policy import Procedure
from kepu.appraisal.standards_states import (
    EXPLAINED,
    OWN_LEVELS,
    SIGNED,
    STANDARD,
    StandardState,
)
from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.rules.oneself import why_not_decide_about

CLAUSE_NUMBER = re.compile(r"([1-9]\d{0,2}|[A-Z])(\.[1-9]\d{0,2}){0,4}")
NUMBER = {
    "local": re.compile(r"DB\d{2,4}(/T)? ?\d{1,5}(\.\d+)?-\d{4}"),
    "group": re.compile(r"T/[A-Z]{2,8} ?\d{1,5}(\.\d+)?-\d{4}"),
    "enterprise": re.compile(r"Q/[A-Z0-9]{2,20} ?\d{1,5}(\.\d+)?-\d{4}"),
}
EXAMPLES = {
    "local": "DB50/T 1234-2026",
    "group": "T/CQKP 001-2026",
    "enterprise": "Q/KP 001-2026",
}
OFFICERS_VERBS = ("take_up", "publish", "confirm", "abolish", "drop")
SECRETARYS_VERBS = ("send_back",)


def procedure(standard: Standard, now: datetime) -> tuple[int, Procedure]:
    """The rules that the standard goes by: those it was taken up under, else those in force now."""
    if standard.rules_version is None:
        return standards_policy.in_force(now)
    return standard.rules_version, standards_policy.as_of(standard.rules_version)


# --- who ------------------------------------------------------------------------------------------


def why_not_propose_for(by: User | None, unit: Organisation | None, now: datetime) -> str | None:
    """Who applies for a unit in appraisals proposes standards for it."""
    if unit is not None and roles.holds(by, Verb.APPRAISAL_APPLY, now=now, organisation_id=unit.pk):
        return None
    return _("only who applies for a unit may propose a standard for it")


def why_not_draft(by: User | None, standard: Standard) -> str | None:
    """The drafting group writes the text and answers what is said of it."""
    if queries.drafts(standard, by):
        return None
    return _("only the drafting group may do this")


def why_not_lead(by: User | None, standard: Standard, now: datetime) -> str | None:
    """Who speaks for the unit, or leads the group, names its members."""
    if by is not None and standard.drafters.filter(person=by, role="lead").exists():
        return None
    return why_not_propose_for(by, standard.organisation, now)


def why_not_keep(by: User | None, standard: Standard, now: datetime) -> str | None:
    """The secretary of the place leads the procedure, but not of a standard of his own."""
    if not roles.holds(by, Verb.APPRAISAL_KEEP, now=now, path=standard.path):
        return _("only the secretary of this place may do this")
    return _why_not_own(by, standard, now)


def why_not_decide_as(by: User | None, standard: Standard, now: datetime) -> str | None:
    """An officer who decides for the place signs, but not about a standard of his own."""
    if not roles.holds(by, Verb.APPRAISAL_DECIDE, now=now, path=standard.path):
        return _("only an officer who decides for this place may do this")
    return _why_not_own(by, standard, now)


def why_not_act_as(by: User | None, standard: Standard, verb: str, now: datetime) -> str | None:
    """Which office a decision belongs to."""
    who = why_not_keep if verb in SECRETARYS_VERBS else why_not_decide_as
    return who(by, standard, now)


def _why_not_own(by: User | None, standard: Standard, now: datetime) -> str | None:
    assert by is not None  # noqa: S101 (or nobody would hold the role)
    if queries.belongs(standard, by, now):
        return _("nobody leads or decides about a standard of his own; somebody else does")
    return why_not_decide_about(by, standard.made_by) if standard.made_by else None


def why_not_list(by: User | None) -> str | None:
    """Standards that others made are listed by Kepu itself, from a file with its sources."""
    return None if by is None else _("only Kepu itself lists standards that others made")


def why_not_comment_for(by: User, unit: Organisation, now: datetime) -> str | None:
    """In the name of a unit speaks who applies for it."""
    if roles.holds(by, Verb.APPRAISAL_APPLY, now=now, organisation_id=unit.pk):
        return None
    return _("only who speaks for a unit may comment in its name")


def why_not_vote_as(place: StandardVoter | None) -> str | None:
    """Members vote, and nobody else."""
    return None if place else _("only members named for this vote may vote")


# --- proposing and drafting -----------------------------------------------------------------------


def why_not_begin(
    unit: Organisation, level: str, replaces: Standard | None, *, besides: int = 0
) -> str | None:
    """A unit at work, a level that is made here, and a standard that nobody revises already."""
    if not unit.active:
        return _("this unit is closed")
    if level not in OWN_LEVELS:
        return _("national and sector standards are made elsewhere; here they are only known")
    if replaces is None:
        return None
    if replaces.state != StandardState.PUBLISHED or replaces.organisation_id != unit.pk:
        return _("only a published standard of the same unit is revised")
    rivals = replaces.successors.exclude(pk=besides).exclude(state=StandardState.DROPPED)
    return _("this standard is being revised already") if rivals.exists() else None


def why_not_change(standard: Standard, seen: int) -> str | None:
    """What was proposed stays as it is."""
    if standard.state != StandardState.DRAFT:
        return _("a proposal changes only until it is handed in")
    return why_not_unseen(standard.version, seen)


def why_not_unseen(version: int, seen: int) -> str | None:
    """Nobody overwrites or decides about what they have not seen."""
    if version != seen:
        return _("somebody changed this meanwhile; look at it again")
    return None


def why_not_propose(standard: Standard) -> str | None:
    """It says what it is needed for."""
    if reason := STANDARD.why_not(standard.state, "propose"):
        return reason
    if len(standard.about.strip()) < 10:
        return _("say first what the standard is needed for")
    return None


def why_not_name_drafter(standard: Standard, person: User) -> str | None:
    """The group changes until the vote begins; each stands in it once."""
    if standard.state not in (
        StandardState.DRAFT, StandardState.PROPOSED, StandardState.DRAFTING, StandardState.COMMENTS,
    ):  # fmt: skip
        return _("the drafting group stays as it is once the draft is with the review meeting")
    if not person.is_active:
        return _("this account is closed")
    if queries.drafts(standard, person):
        return _("this person is in the group already")
    return None


def why_not_leave_out(standard: Standard, person: User) -> str | None:
    """Who leads the group stays in it until somebody else leads."""
    if standard.state not in (StandardState.DRAFT, StandardState.PROPOSED, StandardState.DRAFTING):
        return _("the drafting group stays as it is while others comment, review or vote")
    others = standard.drafters.filter(role="lead").exclude(person=person)
    if not others.exists():
        return _("somebody must lead the group; name another leader first")
    return None


def why_not_write(standard: Standard) -> str | None:
    """The text changes only while it is being drafted: others comment and vote on what stands."""
    if standard.state != StandardState.DRAFTING:
        return _("the text changes only while the standard is being drafted")
    return None


def why_not_clause(number: str, heading: str, text: str) -> str | None:
    """A clause has a number such as 5.2 or A.1, and says something."""
    if not CLAUSE_NUMBER.fullmatch(number):
        return _("a clause has a number such as 5, 5.2 or A.1")
    if not heading.strip() and not text.strip():
        return _("write a heading or a text")
    return None


def why_not_change_clause(clause: Clause, seen: int) -> str | None:
    """Two of the group do not overwrite each other."""
    return why_not_unseen(clause.version, seen)


# --- comments -------------------------------------------------------------------------------------


def why_not_open_round(standard: Standard, days: int, rules: Procedure) -> str | None:
    """There is a text, and it is out for at least as long as the rules say."""
    if reason := STANDARD.why_not(standard.state, "open_round"):
        return reason
    if not queries.clauses(standard).exists():
        return _("there is no clause to comment on yet")
    least = rules.way(standard.level).comment_days
    if days < max(least, 1):
        return ngettext(
            "comments are taken for at least %(n)s day",
            "comments are taken for at least %(n)s days",
            max(least, 1),
        ) % {"n": max(least, 1)}
    return None


def why_not_comment(
    of: CommentRound | None, clause: str, by: User, rules: Procedure, now: datetime
) -> str | None:
    """While the round takes comments, on a clause of its draft, and not without measure."""
    if of is None or now >= of.ends_at:
        return _("this draft takes no comments now")
    if clause and clause not in {one["number"] for one in of.draft}:
        return _("the draft has no clause %(number)s") % {"number": clause}
    most = rules.comments.most_a_day
    if queries.said_today(by, now) >= most:
        return ngettext(
            "you gave %(n)s comment in a day; go on tomorrow, or say the rest in one",
            "you gave %(n)s comments in a day; go on tomorrow, or say the rest in one",
            most,
        ) % {"n": most}
    return None


def why_not_repeat(of: CommentRound, clause: str, text: str, by: User) -> str | None:
    """The same words of the same person stand once."""
    if of.comments.filter(by=by, clause=clause, text=text.strip()).exists():
        return _("you said this already; it is kept")
    return None


def why_not_reply(comment: Comment, reply: str) -> str | None:
    """An answer has words, and changes as long as the round is not closed."""
    if comment.round.closed_at is not None:
        return _("this round is closed; its answers stay as everybody reads them")
    return None if reply.strip() else _("answer in words")


def why_not_close_round(standard: Standard, now: datetime) -> str | None:
    """A round is closed after its last day, and with every comment answered."""
    if reason := STANDARD.why_not(standard.state, "close_round"):
        return reason
    of = queries.open_round(standard)
    if of is None or now < of.ends_at:
        return _("comments are taken still")
    if left := queries.unanswered(of):
        return ngettext(
            "%(n)s comment waits for an answer", "%(n)s comments wait for an answer", left
        ) % {"n": left}
    return None


# --- review and vote ------------------------------------------------------------------------------


def why_not_send_to_review(standard: Standard, rules: Procedure) -> str | None:
    """Where the level asks for comments, a round was held and closed."""
    if reason := STANDARD.why_not(standard.state, "send_to_review"):
        return reason
    if not queries.clauses(standard).exists():
        return _("there is no clause to review yet")
    if rules.way(standard.level).comment_days and queries.last_round(standard) is None:
        return _("a round of comments comes first")
    return None


def why_not_record_opinion(
    standard: Standard, present: int, held_on: date, rules: Procedure, now: datetime
) -> str | None:
    """A meeting that was held, with enough people in it."""
    if reason := STANDARD.why_not(standard.state, "pass_review"):
        return reason
    if held_on > clock.day(now):
        return _("this day has not come yet")
    least = rules.meeting.present
    if present < least:
        return ngettext(
            "a review meeting has at least %(n)s person",
            "a review meeting has at least %(n)s people",
            least,
        ) % {"n": least}
    return None


def why_not_open_vote(
    standard: Standard, members: Collection[User], rules: Procedure, now: datetime
) -> str | None:
    """Where the level is voted on, by enough members who are not bound to the draft."""
    if reason := STANDARD.why_not(standard.state, "open_vote"):
        return reason
    if not rules.way(standard.level).vote:
        return _("standards of this level are not voted on")
    least = rules.voting.members
    if len(members) < least:
        return ngettext(
            "name at least %(n)s member", "name at least %(n)s members", least
        ) % {"n": least}  # fmt: skip
    able = queries.may_vote(standard, drafters=rules.voting.drafters_vote, on=clock.day(now))
    if not {one.pk for one in members} <= {one.pk for one in able}:
        return _("drafters, people of their units and who is no expert at work do not vote")
    return None


def why_not_vote(ballot: StandardBallot, now: datetime) -> str | None:
    """While the vote is open."""
    if ballot.closed_at is not None or now >= ballot.ends_at:
        return _("this vote is over")
    return None


def why_not_vote_again(place: StandardVoter) -> str | None:
    """A vote stands: in a secret one nobody could find it to change it."""
    return _("you have voted already; a vote stands") if place.voted else None


def why_not_close_vote(ballot: StandardBallot | None, now: datetime) -> str | None:
    """A vote ends when its time is over, or when everybody has voted."""
    if ballot is None or ballot.closed_at is not None:
        return _("there is no open vote")
    if now < ballot.ends_at and ballot.voters.filter(voted=False).exists():
        return _("not everybody has voted, and there is time left")
    return None


def carries(ballot: StandardBallot, members: int) -> bool:
    """Whether enough voted, and enough of them for it; an abstention is a vote cast."""
    base = members if ballot.of_members else ballot.cast
    quorate = ballot.cast > 0 and ballot.cast >= Fraction(ballot.quorum) * members
    return quorate and ballot.votes_for >= Fraction(ballot.majority) * base


# --- deciding -------------------------------------------------------------------------------------


def why_not_take(standard: Standard, verb: str, rules: Procedure) -> str | None:
    """Whether the step may be taken at all; what it has to say is asked when it is taken."""
    if reason := STANDARD.why_not(standard.state, verb):
        return reason
    if standard.source and verb != "abolish":  # that it is over is known from a notice
        return _("this standard was made elsewhere; here it is only known")
    unvoted = standard.state == StandardState.REVIEWED
    if verb == "publish" and unvoted and rules.way(standard.level).vote:
        return _("standards of this level are voted on first")
    return None


def why_not_step(
    standard: Standard, verb: str, reason: str, reference: str, *, seen: int, rules: Procedure
) -> str | None:
    """Looked at as it stands, explained where somebody loses by it, signed where it binds."""
    if refusal := why_not_take(standard, verb, rules):
        return refusal
    if verb in EXPLAINED and not reason.strip():
        return _("say why")
    if verb in SIGNED and not reference.strip():
        return _("give the number of the signed decision")
    return why_not_unseen(standard.version, seen)


def why_not_number(
    standard: Standard, number: str, in_force_on: date | None, now: datetime
) -> str | None:
    """A number of its level that no other standard has, and a day that is not over."""
    if in_force_on is None or in_force_on < clock.day(now):
        return _("give the day from which it is in force: today or later")
    if not NUMBER[standard.level].fullmatch(number.strip()):
        return _("a number of this level looks like %(example)s") % {
            "example": EXAMPLES[standard.level]
        }
    if Standard.objects.filter(key=key_of(number)).exists():
        return _("another standard has this number")
    return None
