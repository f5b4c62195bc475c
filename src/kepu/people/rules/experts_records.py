"""Why not? What experts tell of themselves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.checks import valid_id_number
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.models import Expert, Field, Title
from kepu.people.models.careers import FIRST_YEAR
from kepu.people.rules.experts import why_not_speak
from kepu.people.rules.oneself import why_not_decide_about
from kepu.people.states import BondKind

MOST_ROWS = 50  # of titles or of works
MOST_AUTHORS = 30
ACCOUNT = range(8, 33)  # figures


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


def why_not_state_employment(
    organisation: Organisation | None, named: str, first: date, last: date | None
) -> str | None:
    """At one unit, registered or by name; it ends after it begins."""
    if (organisation is None) == (not named):
        return _("name one unit: a registered one, or another by its name")
    if last is not None and last < first:
        return _("it ends after it begins")
    return None


def why_not_know(fields: Collection[Field], languages: Collection[str]) -> str | None:
    """An expert answers for something."""
    if not fields:
        return _("choose at least one discipline")
    return why_not_speak(languages)


def why_not_state_title(
    expert: Expert, name: str, since: date, title_id: int | None, now: datetime
) -> str | None:
    """A title one has already, and once."""
    if since > clock.day(now):
        return _("a title that is still to come is stated when it is there")
    same = Title.objects.filter(expert=expert, name=name.strip(), since=since)
    if same.exclude(pk=title_id or 0).exists():
        return _("this title of this day stands on the record already")
    return _too_many(expert.titles.count(), title_id)


def why_not_state_work(
    expert: Expert,
    year: int,
    others: Collection[Expert],
    names: Collection[str],
    work_id: int | None,
    now: datetime,
) -> str | None:
    """A work that is there, made with others than oneself."""
    if not FIRST_YEAR <= year <= clock.day(now).year:
        return _("the year of a work lies between %(first)s and this year") % {"first": FIRST_YEAR}
    if expert in others:
        return _("co-authors are the others, without yourself")
    if len(others) + len(names) > MOST_AUTHORS:
        return _("at most %(n)s co-authors; name the first ones") % {"n": MOST_AUTHORS}
    return _too_many(expert.works.count(), work_id)


def _too_many(rows: int, row_id: int | None) -> str | None:
    """So that a record stays one that can be read."""
    if row_id is None and rows >= MOST_ROWS:
        return _("at most %(n)s rows; keep those that represent you") % {"n": MOST_ROWS}
    return None


def why_not_remove_part(expert: Expert, part: str) -> str | None:
    """Where one worked stays once duties were given: that one might judge rests on it."""
    if part == "employment" and expert.duties.exists():
        return _(
            "duties were given to you on the ground of where you worked; change the days instead"
        )
    return None


def why_not_keep_fee_account(id_number: str, account: str) -> str | None:
    """An identity number whose check character is right, and an account of figures."""
    if not valid_id_number(id_number):
        return _("the identity number is not right; please check each figure")
    if not (account.isascii() and account.isdigit() and len(account) in ACCOUNT):
        return _("a bank account has 8 to 32 figures; please check it")
    return None


def why_not_read_fee_account(by: User, expert: Expert, now: datetime) -> str | None:
    """Who pays experts of the place; nobody pays himself, nor a ward."""
    if not roles.holds(by, Verb.EXPERT_PAY, now=now, path=expert.path):
        return _("only who pays experts of the place may read where a fee is paid to")
    return why_not_decide_about(by, expert.person)
