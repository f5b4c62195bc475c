"""Why not? Targets of the share of literate citizens, and the tasks under them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kepu.kernel.divisions.states import Level
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import Target, Task
from kepu.literacy.queries import targets as queries

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import Organisation, User
    from kepu.kernel.divisions.models import Division

FIRST_YEAR, LAST_YEAR = 2001, 2060
MAY_HAVE = (Level.PROVINCE, Level.PREFECTURE, Level.DISTRICT)

# --- who ------------------------------------------------------------------------------------------


def why_not_keep(by: User | None, path: str, now: datetime) -> str | None:
    """Officers of a city or district state its targets, and what is to be done for them."""
    if roles.holds(by, Verb.TARGET_KEEP, now=now, path=path):
        return None
    return _("only an officer of this city or district may do this")


# --- targets --------------------------------------------------------------------------------------


def why_not_aim(year: int, said: Mapping[str, Any]) -> str | None:
    """A target lies after its base and above it, and a document says so."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        words = _("choose a year from %(first)s to %(last)s")
        return words % {"first": FIRST_YEAR, "last": LAST_YEAR}
    if said["base_year"] >= year:
        return _("the base lies before the year of the target")
    if not 0 < said["base_share"] < said["share"] < 100:
        return _("the target lies above its base, and both between 0 and 100 %%") % {}
    if not said["source"].strip():
        return _("name the document that states the target")
    return None


def why_not_state(place: Division, year: int, said: Mapping[str, Any]) -> str | None:
    """One target of a city or district for a year; another word on it is a correction."""
    if place.level not in MAY_HAVE:
        return _("targets are of cities and districts")
    if queries.of_year(place, year) is not None:
        return _("this place has a target for %(year)s; correct that one") % {"year": year}
    return why_not_aim(year, said)


def why_not_correct(one: Target, said: Mapping[str, Any], reason: str) -> str | None:
    """A correction changes something, and says why."""
    if not reason.strip():
        return _("say why, in a sentence")
    if all(getattr(one, name) == value for name, value in said.items()):
        return _("nothing of the target is changed")
    return why_not_aim(one.year, said)


# --- tasks ----------------------------------------------------------------------------------------


def why_not_task(
    of: Target, what: str, responsible: Organisation | Division, due: date
) -> str | None:
    """A task says what, and whose it is inside the target's place, before the target's year ends."""
    if not what.strip():
        return _("say what is to be done")
    if not responsible.path.startswith(of.path):
        return _("whoever is responsible lies in the place of the target")
    if not of.base_year <= due.year <= of.year:
        words = _("a task is due from %(first)s to the end of %(last)s")
        return words % {"first": of.base_year, "last": of.year}
    return None


def why_not_change(task: Task) -> str | None:
    """What is done stands as it was done."""
    return _("this task is done; say that it is not, to change it") if task.done_at else None


def why_not_finish(task: Task) -> str | None:
    return _("this task is done already") if task.done_at else None


def why_not_reopen(task: Task, reason: str) -> str | None:
    if not task.done_at:
        return _("this task is not done")
    return None if reason.strip() else _("say why, in a sentence")
