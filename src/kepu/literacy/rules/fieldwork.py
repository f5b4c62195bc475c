"""Why not? Fieldwork: planning, handing out doors, asking again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.fields import within
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import BackCheck, BookletSet, Fieldwork, Sample
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.states import FIELDWORK, FieldworkState, SampleState, SetState

MOST_CASES = 100_000
MOST_AT_ONCE = 5_000  # doors handed out by one press of a button


def why_not_supervise(by: User | None, path: str, now: datetime) -> str | None:
    """Supervisors of the place hand out, follow and check."""
    if roles.holds(by, Verb.SURVEY_SUPERVISE, now=now, path=path):
        return None
    return _("only a field supervisor of this place may do this")


def why_not_plan(sample: Sample, booklets: BookletSet, first: date, last: date) -> str | None:
    """Fieldwork goes out with a sample and booklets that were adopted, for days in their order."""
    if sample.state != SampleState.ADOPTED:
        return _("the sample is not adopted yet")
    if booklets.state != SetState.ADOPTED:
        return _("the booklets are not adopted yet")
    if not within(sample.path, booklets.path):
        return _("these booklets belong to another place")
    if last < first:
        return _("the last day lies before the first")
    if sample.fieldworks.exclude(state=FieldworkState.DROPPED).exists():
        return _("this sample is in the field already")
    return None


def why_not_so_many(doors: int) -> str | None:
    if doors == 0:
        return _("the sample has no communities")
    if doors > MOST_CASES:
        return _("a fieldwork has at most %(most)s doors") % {"most": f"{MOST_CASES:,}"}
    return None


def why_not_move(fieldwork: Fieldwork, verb: str) -> str | None:
    return FIELDWORK.why_not(fieldwork.state, verb)


def why_not_begin(fieldwork: Fieldwork, today: date) -> str | None:
    """What is over by the calendar is not begun."""
    refused = FIELDWORK.why_not(fieldwork.state, "begin")
    if refused is None and today > fieldwork.closes_on:
        return _("its last day is over; plan it anew")
    return refused


def why_not_close(fieldwork: Fieldwork, waiting: int) -> str | None:
    """Closing destroys the addresses: what devices sent must have been looked at."""
    refused = FIELDWORK.why_not(fieldwork.state, "close")
    if refused is None and waiting:
        return ngettext(
            "%(n)s record from a device needs a person first",
            "%(n)s records from devices need a person first",
            waiting,
        ) % {"n": waiting}
    return refused


def left_at_close(fieldwork: Fieldwork, now: datetime) -> list[str]:
    """What closing it now leaves undone; it may be closed all the same, unless records wait."""
    left = queries.outstanding(fieldwork, now)
    found = []
    if (days := (fieldwork.closes_on - clock.day(now)).days) > 0:
        found.append(
            ngettext(
                "Its last day is in %(n)s day.", "Its last day is in %(n)s days.", days
            ) % {"n": days}
        )  # fmt: skip
    for number, words in (
        (left.untried, ngettext(
            "%(n)s door was never knocked at: it counts as not reached.",
            "%(n)s doors were never knocked at: they count as not reached.", left.untried)),
        (left.appointments, ngettext(
            "At %(n)s door somebody promised to come again.",
            "At %(n)s doors somebody promised to come again.", left.appointments)),
        (left.back_checks, ngettext(
            "Of %(n)s back-check nothing is told yet.",
            "Of %(n)s back-checks nothing is told yet.", left.back_checks)),
        (left.records, ngettext(
            "%(n)s record from a device needs a person: until then it cannot be closed.",
            "%(n)s records from devices need a person: until then it cannot be closed.", left.records)),
    ):  # fmt: skip
        if number:
            found.append(words % {"n": f"{number:,}"})
    return found


def why_not_change_doors(fieldwork: Fieldwork) -> str | None:
    """Doors are handed out, and addresses come in, until the fieldwork ends."""
    if fieldwork.state in (FieldworkState.PLANNED, FieldworkState.OPEN):
        return None
    return _("this fieldwork is over")


def why_not_set_quotas(fieldwork: Fieldwork) -> str | None:
    """The run rakes to them too, so they may come after the last interview."""
    if fieldwork.state == FieldworkState.DROPPED:
        return _("this fieldwork was given up")
    return None


def why_not_hand_to(interviewer: User, path: str, now: datetime) -> str | None:
    """An interviewer knocks where the role covers the community."""
    if roles.holds(interviewer, Verb.SURVEY_ASK, now=now, path=path):
        return None
    return _("%(name)s is no interviewer there") % {"name": interviewer.name}


def why_not_pass_on(by: User, paths: Iterable[str], now: datetime) -> str | None:
    """Who hands a person's doors over may grant roles wherever they lie."""
    reach = roles.reach(by, Verb.ROLE_GRANT, now)
    if all(reach.covers(path) for path in paths):
        return None
    return _(
        "this person also holds doors of a survey outside your area; a field supervisor takes them back "
        "first"
    )


def why_not_draw_again(fieldwork: Fieldwork) -> str | None:
    if fieldwork.state == FieldworkState.OPEN:
        return None
    return _("back-checks are drawn while the fieldwork is under way")


def why_not_tell(asked_by: set[int], by: User) -> str | None:
    """Nobody checks the own interview, and what was found stays."""
    if by.pk in asked_by:
        return _("this is your own interview; somebody else checks it")
    return None


def why_not_tell_again(check: BackCheck) -> str | None:
    return _("what was found is written down already") if check.found else None
