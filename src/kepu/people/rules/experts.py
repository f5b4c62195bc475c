"""Why not? Experts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.availability import ALWAYS
from kepu.people.models import Expert
from kepu.people.queries import experts as queries
from kepu.people.rules.oneself import why_not_decide_about
from kepu.people.states import OUTSIDE, ExpertState, Speech


def why_not_invite_as(by: User, path: str, now: datetime) -> str | None:
    """The city invites experts; nobody else."""
    if roles.holds(by, Verb.EXPERT_INVITE, now=now, path=path):
        return None
    return _("only a city officer may invite experts")


def why_not_choose(by: User, person: User, path: str, now: datetime) -> str | None:
    """The city invites an expert and lets him begin; never an officer himself, nor a ward."""
    return why_not_decide_about(by, person) or why_not_invite_as(by, path, now)


def why_not_be(by: User, expert: Expert) -> str | None:
    """The expert alone says yes, no, and when."""
    return None if by.pk == expert.person_id else _("only the expert may do this")


def why_not_draft(expert: Expert, languages: Collection[str]) -> str | None:
    """Who is in the register, is asked, or waits for an answer has nothing to apply for."""
    state = ExpertState(expert.state)
    if state not in (*OUTSIDE, ExpertState.DRAFT):
        return _("you are in the expert register already: %(state)s") % {"state": state.label}
    return why_not_speak(languages)


def why_not_apply(expert: Expert, consent: bool) -> str | None:
    """An application tells a discipline and where one works, for bonds rest on it; and is agreed to."""
    if not expert.fields.exists():
        return _("choose at least one discipline")
    if not expert.employments.exists():
        return _("say where you work or worked; conflicts of interest are found by it")
    return why_not_accept(consent)


def why_not_admit_as(by: User, path: str, now: datetime) -> str | None:
    """The officers of the district, or of the city, answer applications of the place."""
    if roles.holds(by, Verb.EXPERT_ADMIT, now=now, path=path):
        return None
    return _("only an officer of the place may answer applications of experts")


def why_not_admit(by: User, expert: Expert, now: datetime) -> str | None:
    """Never an officer himself, nor his ward."""
    return why_not_decide_about(by, expert.person) or why_not_admit_as(by, expert.path, now)


def why_not_refuse(reason: str) -> str | None:
    return None if reason.strip() else _("state the reason")


def why_not_confirm(expert: Expert) -> str | None:
    """Who is in the register confirms, and who only pauses too."""
    if expert.state in (ExpertState.ACTIVE, ExpertState.PAUSED):
        return None
    return _("only who is in the expert register confirms the record")


def due(expert: Expert, on: date) -> str | None:
    """What is said about the yearly confirmation: that it is late or near; None while it is far."""
    if why_not_confirm(expert) or expert.confirmed_until is None:
        return None
    until = {"day": expert.confirmed_until}
    if not queries.confirmed(expert, on):
        return _("Not confirmed since %(day)s: no new duties until it is confirmed.") % until
    if expert.confirmed_until < on:
        return _("It was to be confirmed by %(day)s.") % until
    if queries.near(expert, on):
        return _("To be confirmed by %(day)s.") % until
    return None


def why_not_speak(languages: Collection[str]) -> str | None:
    """Languages are those of the list."""
    if set(languages) - set(Speech.values):
        return _("one of the languages is not on the list")
    return None


def why_not_accept(consent: bool) -> str | None:
    return None if consent else _("accepting needs your consent to how your data is used")


def why_not_available(mask: int, most_duties: int) -> str | None:
    """Half-days of one week, and a number of duties that can be carried."""
    if not 0 <= mask <= ALWAYS:
        return _("a week has fourteen half-days")
    if not 0 <= most_duties <= 100:
        return _("between 0 and 100 duties at one time")
    return None


def why_not_assign(
    expert: Expert, *, on: date, organisation: Organisation | None, person: User | None
) -> str | None:
    """Active, confirmed within the year, below the most duties, and without a conflict of interest."""
    if expert.state != ExpertState.ACTIVE:
        return _("this expert is %(state)s") % {"state": ExpertState(expert.state).label}
    if not queries.confirmed(expert, on):
        return _("this expert has not confirmed record and bonds for this year")
    if queries.load(expert) >= expert.most_duties:
        return _("this expert has as many duties as can be carried")
    bonds = queries.conflicts(expert, on=on, organisation=organisation, person=person)
    return _("conflict of interest: %(why)s") % {"why": "; ".join(bonds)} if bonds else None
