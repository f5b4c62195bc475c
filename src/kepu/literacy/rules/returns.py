"""Why not? Rounds and statistical returns: opening, filling, handing in, checking, locking, publishing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.divisions.models import Division
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy import cross_checks
from kepu.literacy.models import Return, Round
from kepu.literacy.queries import returns as queries
from kepu.literacy.queries import rounds
from kepu.literacy.states import FILLING, RETURN, ROUND, RoundState
from kepu.literacy.statistics import Statistics

FIRST_YEAR = 2004  # the first trial of the national statistics
LARGEST = Decimal("99999999999999.99")

# --- who ------------------------------------------------------------------------------------------


def why_not_keep(by: User | None, path: str, now: datetime) -> str | None:
    """Officers of the city's statistics open, lock and publish a year."""
    if roles.holds(by, Verb.ROUND_KEEP, now=now, path=path):
        return None
    return _("only a survey officer of this place may do this")


def why_not_check(by: User | None, one: Return, now: datetime) -> str | None:
    """Officers of the place where the unit lies check its return."""
    if queries.checks(by, one, now):
        return None
    return _("only an officer who checks returns of this place may do this")


def why_not_check_at(by: User | None, path: str, now: datetime) -> str | None:
    if roles.holds(by, Verb.RETURN_CHECK, now=now, path=path):
        return None
    return _("only an officer who checks returns of this place may do this")


def why_not_file(by: User | None, unit: int, now: datetime) -> str | None:
    """Whoever the unit named fills its return, and nobody else."""
    if roles.holds(by, Verb.RETURN_FILE, now=now, organisation_id=unit):
        return None
    return _("only who fills returns for this unit may do this")


def why_not_accept_as(by: User, one: Return, now: datetime) -> str | None:
    """Nobody checks a return that they handed in themselves."""
    if one.submitted_by_id == by.pk:
        return _("you handed this return in; somebody else checks it")
    return why_not_check(by, one, now)


# --- rounds ---------------------------------------------------------------------------------------


def why_not_open(place: Division, year: int, workdays: int, now: datetime) -> str | None:
    """A year that has begun, once at a place, with some time to fill it."""
    if not FIRST_YEAR <= year <= clock.day(now).year:
        return _("choose a year from %(first)s to this year") % {"first": FIRST_YEAR}
    if not 1 <= workdays <= 120:
        return _("give units 1 to 120 working days")
    if rounds.of_year(place, year) is not None:
        return _("the statistics of %(year)s are open already") % {"year": year}
    return None


def why_not_move_round(one: Round, verb: str) -> str | None:
    return ROUND.why_not(one.state, verb)


def why_not_lock_round(one: Round) -> str | None:
    """What was handed in is checked and locked first; who did not report is told by the coverage."""
    refused = ROUND.why_not(one.state, "lock")
    waiting = 0 if refused else rounds.unfinished(one)
    if waiting:
        return ngettext(
            "%(n)s return was handed in and is not locked yet",
            "%(n)s returns were handed in and are not locked yet",
            waiting,
        ) % {"n": waiting}
    if refused is None and not rounds.reported(one):
        return _("no unit has reported yet; there is nothing to publish")
    return refused


def left_at_lock(one: Round, now: datetime) -> list[str]:
    """What locking the year now leaves behind; it may be locked all the same."""
    found = []
    if now < one.deadline:
        found.append(_("The deadline is not over: units may still hand in until then."))
    silent = rounds.silent(one)
    if silent:
        words = ngettext(
            "%(n)s unit has not handed in. It cannot any more once the year is locked, and counts as "
            "not reported.",
            "%(n)s units have not handed in. They cannot any more once the year is locked, and count as "
            "not reported.",
            silent,
        )
        found.append(words % {"n": f"{silent:,}"})
    return found


def why_not_publish(one: Round, by: User) -> str | None:
    """Two officers stand for what is published."""
    refused = ROUND.why_not(one.state, "publish")
    if refused is None and one.locked_by_id == by.pk:
        return _("you locked this round; another officer publishes it")
    return refused


def why_not_step_back(one: Round, verb: str, reason: str) -> str | None:
    refused = ROUND.why_not(one.state, verb)
    if refused is None and not reason.strip():
        return _("say why, in a sentence")
    return refused


def why_not_be_open(one: Round) -> str | None:
    """Returns stand still once the city has locked their round."""
    if one.state == RoundState.OPEN:
        return None
    return _("the city has locked the statistics of %(year)s") % {"year": one.year}


def why_not_begin(one: Round, unit: Organisation) -> str | None:
    """A unit inside the round that was not asked when it was opened."""
    refused = why_not_be_open(one)
    if refused is None and not (unit.active and unit.path.startswith(one.path)):
        return _("this unit does not lie in the place of the round")
    return refused


def why_not_state_revenue(one: Round, place: Division) -> str | None:
    """Of the place of the round, or of a district in it, until the round is published."""
    if one.state == RoundState.PUBLISHED:
        return _("the statistics of %(year)s are published") % {"year": one.year}
    if not place.path.startswith(one.path):
        return _("this district does not lie in the place of the round")
    return None


# --- returns --------------------------------------------------------------------------------------


def why_not_fill(one: Return) -> str | None:
    """Figures change while the unit has the return."""
    if one.state not in FILLING:
        return _("this return is handed in; figures change only when it is sent back")
    return why_not_be_open(one.round)


def why_not_say(rules: Statistics, values: Mapping[str, Decimal | None]) -> str | None:
    """Only what the form asks for, and no less than nothing."""
    if unknown := [key for key in values if key not in rules.asked]:
        return _("the form does not ask for %(key)s") % {"key": unknown[0]}
    for key, value in values.items():
        if value is not None and not 0 <= value <= LARGEST:
            return _("%(indicator)s: a figure is not below 0") % {
                "indicator": rules.indicators[key].title
            }
    return None


def why_not_take(one: Return, known: Collection[str]) -> str | None:
    """Kepu's records know something that the return has not."""
    if refused := why_not_fill(one):
        return refused
    return None if known else _("Kepu's records know nothing that is not filled yet")


def why_not_submit(one: Return, rules: Statistics) -> str | None:
    """Every figure is there, hard cross-checks hold, and soft ones that do not are explained."""
    refused = RETURN.why_not(one.state, "submit") or why_not_be_open(one.round)
    if refused:
        return refused
    values = queries.values(one)
    if left := len(cross_checks.missing(rules, values)):
        return ngettext(
            "%(n)s figure is not filled yet; write 0 where there is none",
            "%(n)s figures are not filled yet; write 0 where there are none",
            left,
        ) % {"n": left}
    if waiting := one.figures.filter(confirmed=False).count():
        return ngettext(
            "%(n)s figure from Kepu's records waits to be confirmed: look at it and keep its section",
            "%(n)s figures from Kepu's records wait to be confirmed: look at them and keep their sections",
            waiting,
        ) % {"n": waiting}
    found = cross_checks.findings(rules, values, queries.last_values(one))
    for finding in found:
        if finding.hard:
            return finding.sentence
        if not one.explanations.get(finding.key, "").strip():
            return _("please explain: %(sentence)s") % {"sentence": finding.sentence}
    return None


def why_not_step(one: Return, verb: str) -> str | None:
    """A step of a checker, while the round is open."""
    return RETURN.why_not(one.state, verb) or why_not_be_open(one.round)


def why_not_step_with(one: Return, verb: str, reason: str) -> str | None:
    """A step back says why, to whoever has to go it."""
    refused = why_not_step(one, verb)
    if refused is None and not reason.strip():
        return _("say why, in a sentence")
    return refused
