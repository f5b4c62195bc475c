"""Why not? Who may review what, and what a reviewer and the secretary may do now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext

from kepu.appraisal.models import Application, Call, Panels, Review
from kepu.appraisal.programme.schema import Criterion, Programme, Reviewing
from kepu.appraisal.queries import papers
from kepu.appraisal.queries import reviewing as queries
from kepu.appraisal.queries.reviewing import SHORTEST, Key, Party, plain
from kepu.appraisal.states import (
    PANELS,
    REVIEW,
    ApplicationCallState,
    ApplicationState,
    ReviewState,
)
from kepu.people.queries.experts import Bonds, Candidate
from kepu.people.states import BondKind

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

# --- conflicts of interest ------------------------------------------------------------------------

OWN = lazy("it is the expert's own application, or the expert had a hand in it")
UNIT = lazy("works or worked in the applicant's unit, or in one above or below it")
LINE = lazy(
    "works or worked in a unit that stands above or below the applicant's on the register of units"
)
MERGED = lazy("works or worked in a unit that was merged with the applicant's")
COAUTHOR = lazy("made a work together with the applicant")
DISTRICT = lazy("comes from the applicant's own district")
ASKED = lazy("was asked about this application before")


@dataclass(frozen=True)
class Tie:
    """Somebody or something an expert may not judge, by one of the keys of a Party, and why."""

    key: Key
    reason: str


def ties(expert: Candidate, bonds: Bonds, reviewing: Reviewing, on: date) -> list[Tie]:
    """Whom an expert may not judge on that day, the gravest reason first."""
    found = [Tie(("person", expert.person_id), str(OWN))]
    found += _declared(bonds, on)
    found += _employed(bonds, on, reviewing.years)
    found += _joint(bonds)
    if not reviewing.own_district:
        found.append(Tie(("district", expert.district), str(DISTRICT)))
    return found


def why_not_review(found: list[Tie], party: Party) -> str | None:
    """The gravest reason why an expert with these ties may not judge this application."""
    return next((tie.reason for tie in found if tie.key in party.keys), None)


def _declared(bonds: Bonds, on: date) -> Iterator[Tie]:
    """What the expert declared, and what another expert declared about him; until it has ended."""
    for one in bonds.declared:
        if one.until is not None and one.until < on:
            continue
        reason = _("declared: %(bond)s") % {"bond": BondKind(one.kind).label}
        if one.organisation_id:
            for way in ("unit", "line", "merged"):
                yield Tie((way, one.organisation_id), reason)
        if one.person_id:
            yield Tie(("person", one.person_id), reason)
        if one.named:
            yield Tie(("name", plain(one.named)), reason)
            yield from (Tie(key, reason) for key in _unit_named(one.named))


def _employed(bonds: Bonds, on: date, years: int) -> Iterator[Tie]:
    for one in queries.recent(bonds, on, years):
        if one.organisation_id:
            for way, reason in (("unit", UNIT), ("line", LINE), ("merged", MERGED)):
                yield Tie((way, one.organisation_id), str(reason))
        yield from (Tie(key, str(UNIT)) for key in _unit_named(one.name))


def _unit_named(name: str) -> Iterator[Key]:
    """A unit of this name, those below it, and those above it."""
    plainly = plain(name)
    yield "unit name", plainly
    if len(plainly) >= SHORTEST:
        yield "unit above", plainly
    for n in range(SHORTEST, len(plainly)):
        yield "unit name", plainly[:n]


def _joint(bonds: Bonds) -> Iterator[Tie]:
    """A work made together ties for good, however old it is."""
    for work in bonds.works:
        for who in work.person_ids:
            yield Tie(("person", who), str(COAUTHOR))
        for name in work.names:
            yield Tie(("name", plain(name)), str(COAUTHOR))


# --- the secretary --------------------------------------------------------------------------------


def why_not_reviewed(call: Call, programme: Programme) -> str | None:
    """Only what people judge is reviewed, while the call goes on."""
    if programme.reviewing is None or not programme.judged:
        return _("this programme has no expert review")
    if call.state != ApplicationCallState.OPEN:
        return _("this call is not going on")
    return None


def why_not_propose(call: Call, programme: Programme, now: datetime) -> str | None:
    """Reviewers are sought for applications that passed the check; a draw needs its seal and the close."""
    if refusal := why_not_reviewed(call, programme):
        return refusal
    assert programme.reviewing  # noqa: S101 (or it would not be reviewed)
    if not queries.lacking(call, programme.reviewing.each).exists():
        return _("no application lacks a reviewer")
    return why_not_draw(call, now) if programme.reviewing.by_lot else None


def why_not_draw(call: Call, now: datetime) -> str | None:
    """Nobody draws before all applications are in, nor from a seed that was chosen after that."""
    if call.seed is None and not call.sealed_seed:
        return _("no seed was sealed when this call opened; its reviewers are asked by hand")
    if now < call.closes_at:
        return _("lots are drawn after the call has closed")
    return None


def why_not_move(panels: Panels, verb: str) -> str | None:
    """Whether a proposal may be carried out or put away now."""
    if verb in PANELS.verbs(panels.state):
        return None
    state = panels.get_state_display()
    return _("this proposal is %(state)s") % {"state": state}


def why_not_replace(review: Review) -> str | None:
    """Whoever has not handed in yet may be replaced."""
    return REVIEW.why_not(review.state, "replace") or why_not_under_review(review.application)


def why_not_give_back(review: Review, reason: str) -> str | None:
    """A review is given back once, for discussion, with words, while the application is reviewed."""
    if refusal := REVIEW.why_not(review.state, "give_back"):
        return refusal
    if review.given_back_at is not None:
        return _("a review is given back once only")
    if not reason.strip():
        return _("please say what should be talked over")
    return why_not_under_review(review.application)


def why_not_hold(reason: str) -> str | None:
    """A file is kept from reviewers with a reason that the secretary finds again."""
    return None if reason.strip() else _("please give a reason")


# --- the reviewer ---------------------------------------------------------------------------------


def why_not_as(by: User, review: Review) -> str | None:
    """Nobody reviews in another's name."""
    return None if by.pk == review.expert.person_id else _("only the reviewer may do this")


def why_not_under_review(application: Application) -> str | None:
    """Reviews count only while the application stands with the reviewers."""
    if application.state == ApplicationState.IN_REVIEW:
        return None
    return _("this application is not with the reviewers any more; nothing you wrote is lost")


def why_not_take_on(review: Review, *, confidential: bool, unbound: bool) -> str | None:
    """Who reads the dossier has pledged both: to keep it to himself, and to be bound to nobody in it."""
    if refusal := REVIEW.why_not(review.state, "take_on"):
        return refusal
    if not (confidential and unbound):
        return _("please pledge both, or step aside")
    return why_not_on_screen(review) or why_not_under_review(review.application)


def why_not_read(review: Review) -> str | None:
    """The dossier opens with the pledge, and closes with the review of its application."""
    if review.state == ReviewState.ASKED:
        return _("the dossier opens when you have pledged confidentiality and no bond")
    if review.state not in (ReviewState.AT_WORK, ReviewState.DONE):
        return _("you stepped aside; the dossier is closed to you")
    return why_not_under_review(review.application)


def why_not_write(review: Review) -> str | None:
    """Points and words are written while the reviewer is at work."""
    if review.state != ReviewState.AT_WORK:
        state = ReviewState(review.state).label
        return _("this review is %(state)s; nothing in it changes") % {"state": state}
    return why_not_on_screen(review) or why_not_under_review(review.application)


def why_not_on_screen(review: Review) -> str | None:
    """What came on paper is keyed by the office, and by nobody else meanwhile."""
    if papers.is_keyed(review):
        return _(
            "your review came on paper and is being keyed; the secretary can put the paper away"
        )
    return None


def why_not_score(criterion: Criterion | None, hundredths: int) -> str | None:
    """A judged criterion, and no more points than it has."""
    if criterion is None:
        return _("there is no such criterion")
    if not 0 <= hundredths <= round(criterion.points * 100):
        return _("give 0 to %(most)s points") % {"most": f"{criterion.points:g}"}
    return None


def why_not_hand_in(review: Review, criteria: list[Criterion], comment: str) -> str | None:
    """Every criterion scored, what fails its threshold explained, and the whole summed up in words."""
    if refusal := why_not_write(review):
        return refusal
    given = {score.criterion: score for score in review.scores.all()}
    for one in criteria:
        score = given.get(one.key)
        if score is None:
            return _("%(criterion)s has no points yet") % {"criterion": one}
        if score.points < one.least * 100 and not score.comment.strip():
            return _("%(criterion)s must reach %(least)s points: please say why it does not") % {
                "criterion": one, "least": f"{one.least:g}",
            }  # fmt: skip
    if not comment.strip():
        return _("please sum your opinion up in a few words")
    return None


def why_not_recuse(review: Review, reason: str) -> str | None:
    """Whoever sees a bond, or cannot do it, steps aside and says why."""
    if refusal := REVIEW.why_not(review.state, "recuse"):
        return refusal
    return None if reason.strip() else pgettext("review", "please say why you step aside")
