"""Why not? Experts."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.availability import ALWAYS
from kepu.people.models import Expert
from kepu.people.queries import experts as queries
from kepu.people.rules.oneself import why_not_decide_about
from kepu.people.states import BondKind, ExpertState


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


def why_not_accept(consent: bool) -> str | None:
    return None if consent else _("accepting needs your consent to how your data is used")


def why_not_declare(
    organisation: Organisation | None, person: User | None, named: str, kind: str, reason: str
) -> str | None:
    """A bond is to one party, and says of what kind; another kind than the known ones has a reason."""
    if [organisation is None, person is None, not named].count(False) != 1:
        return _("name one unit, one person by login or telephone, or one person by name")
    if kind not in BondKind.values:
        return _("say what kind of bond it is")
    if kind == BondKind.OTHER and not reason:
        return _("state the reason")
    return None


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
