"""What is told of standards: to who keeps, drafts, comments and votes."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from kepu.appraisal.models import Comment, Standard, StandardBallot
from kepu.kernel.accounts.models import User
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

PROPOSED = Text(
    "standards.proposed",
    Words("有标准项目等待立项", "{unit}提出了标准项目“{standard}”，请审阅后报批立项或退回。"),
    Words("A standard was proposed", "{unit} proposed the standard {standard}. Please look at it."),
)
NAMED = Text(
    "standards.named",
    Words("您已列入标准起草组", "您已列入标准“{standard}”的起草组，可以编写条款、答复意见。"),
    Words(
        "You are in a drafting group",
        "You are in the drafting group of {standard}: write its clauses and answer comments.",
    ),
)
REPLIED = Text(
    "standards.replied",
    Words("您的意见已有答复", "您对标准“{standard}”的意见已有答复：{verdict}。{reply}"),
    Words(
        "Your comment was answered", "Your comment on {standard} was answered: {verdict}. {reply}"
    ),
)
VOTE = Text(
    "standards.vote",
    Words("请您表决一项标准", "请您在截止时间前对标准“{standard}”表决，手机上即可完成。"),
    Words(
        "Please vote on a standard",
        "Please vote on the standard {standard} before the vote ends; your telephone is enough.",
    ),
)
STEPPED = Text(
    "standards.stepped",
    Words("标准项目有新进展", "标准“{standard}”现在的状态：{state}。{reason}"),
    Words("Your standard went on", "The standard {standard} now stands so: {state}. {reason}"),
)
TEXTS = (PROPOSED, NAMED, REPLIED, VOTE, STEPPED)


def proposed(standard: Standard, *, now: datetime) -> None:
    """The nearest secretaries hear that a proposal waits."""
    said = {"standard": standard.title, "unit": str(standard.organisation)}
    for secretary in roles.nearest_holders(Verb.APPRAISAL_KEEP, now=now, path=standard.path):
        notices.notify(secretary, PROPOSED.key, said, now=now, link=link(standard))


def named(standard: Standard, person: User, *, now: datetime) -> None:
    notices.notify(person, NAMED.key, {"standard": standard.title}, now=now, link=link(standard))


def stepped(standard: Standard, reason: str, *, now: datetime) -> None:
    """Who proposed it and who drafts it hear where it stands, and why."""
    said = {
        "standard": standard.title, "state": standard.get_state_display(), "reason": reason,
    }  # fmt: skip
    people = {row.person for row in standard.drafters.select_related("person")}
    if standard.made_by:
        people.add(standard.made_by)
    for person in sorted(people, key=lambda one: one.pk):
        notices.notify(person, STEPPED.key, said, now=now, link=link(standard))


def replied(comment: Comment, *, now: datetime) -> None:
    """Who commented hears the answer."""
    said = {
        "standard": comment.round.standard.title, "verdict": comment.get_verdict_display(),
        "reply": comment.reply,
    }  # fmt: skip
    notices.notify(comment.by, REPLIED.key, said, now=now, link=link(comment.round.standard))


def called_to_vote(ballot: StandardBallot, members: list[User], *, now: datetime) -> None:
    said = {"standard": ballot.standard.title}
    for member in members:
        at = reverse("standard-vote", args=[ballot.standard_id])
        notices.notify(member, VOTE.key, said, now=now, link=at)


def link(standard: Standard) -> str:
    return reverse("standard", args=[standard.pk])
