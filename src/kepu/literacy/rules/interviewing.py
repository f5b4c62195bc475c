"""Why not? What comes from a door, and what stands of it after several attempts.

Some reasons a person may set aside who knows better (another interviewer came, a day too late); others
nobody can, for the answers would mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.devices import CLOCK_TOLERANCE
from kepu.kernel.divisions.fields import within
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.heard import BACKGROUND, MEETING, MOST_ADULTS, AttemptContent, InterviewContent
from kepu.literacy.models import LETTERS, Case, FieldEvent, Fieldwork, Interview
from kepu.literacy.states import Disposition, FieldworkState, Taking

D = Disposition
HALF = 0.5  # of the items: from there on an interview that ended early is a partial one
EVENTS_A_DAY = 2_000  # of one person; a busy interviewer sends a twentieth

# The higher is never undone by a lower one; of two alike the later stands.
RANK: dict[str, int] = {
    D.COMPLETE: 6, D.PARTIAL: 5,
    D.BROKEN_OFF: 4, D.PERSON_REFUSED: 4, D.HOUSEHOLD_REFUSED: 4,
    D.NO_DWELLING: 4, D.VACANT: 4, D.NOBODY_ELIGIBLE: 4,
    D.UNABLE: 3, D.LANGUAGE: 3, D.OTHER: 3,
    D.AWAY: 2,
    D.NOBODY_HOME: 1, D.NO_ENTRY: 1, D.NOT_SCREENED: 1,
    D.NOT_FOUND: 0, D.UNSAFE: 0, D.NOT_TRIED: 0,
}  # fmt: skip
BY_INTERVIEW = (D.COMPLETE, D.PARTIAL, D.BROKEN_OFF)


def standing(outcomes: Iterable[str]) -> str:
    """The disposition that stands after attempts, given in the order of time; "" before the first."""
    found = ""
    for outcome in outcomes:
        if not found or RANK[outcome] >= RANK[found]:
            found = outcome
    return found


def outcome_of(content: InterviewContent | Interview, items: int) -> Disposition:
    """Complete, or partial from half of the items on, or broken off."""
    if content.complete:
        return D.COMPLETE
    return D.PARTIAL if len(content.answers) >= HALF * items else D.BROKEN_OFF


# --- what nobody can set aside --------------------------------------------------------------------


def why_not_open(fieldwork: Fieldwork) -> str | None:
    """Before it begins and once it is closed nothing is taken in."""
    if fieldwork.state == FieldworkState.OPEN:
        return None
    return _("this fieldwork is not under way: it is %(state)s") % {
        "state": fieldwork.get_state_display()
    }


def why_not_times(
    begun: datetime, ended: datetime, fieldwork: Fieldwork, now: datetime
) -> str | None:
    """A door is knocked at after the fieldwork opened, and not in days to come."""
    if ended < begun:
        return _("it ends before it begins: is the clock of the device right?")
    if ended > now + CLOCK_TOLERANCE:
        return _("the clock of the device is ahead of time")
    if clock.day(begun) < fieldwork.opens_on:
        return _("it began before the fieldwork opened: is the clock of the device right?")
    return None


def why_not_household(adults: int | None, chosen: int | None) -> str | None:
    """Who was chosen is one of those who live there."""
    if adults is not None and adults > MOST_ADULTS:
        return _("a household has at most %(most)s adults") % {"most": MOST_ADULTS}
    if chosen is not None and not 1 <= chosen <= (adults or 0):
        return _("the person chosen is not one of the adults of the household")
    return None


def why_not_attempt(content: AttemptContent, fieldwork: Fieldwork, now: datetime) -> str | None:
    """An attempt at a door. What came of an interview is told by the interview."""
    if content.outcome in BY_INTERVIEW:
        return _("this outcome comes with the answers of an interview, not with an attempt")
    return why_not_times(content.at, content.at, fieldwork, now) or why_not_household(
        content.adults, content.chosen
    )


def why_not_answers(content: InterviewContent, options: Mapping[str, int]) -> str | None:
    """Answers fit the booklet: `options` maps the code of each of its items to how many it has."""
    for item, letter in content.answers.items():
        if item not in options:
            return _("the item %(item)s is not in the booklet of this address") % {
                "item": item[:20]
            }
        if letter and letter not in list(LETTERS[: options[item]]):
            return _("the item %(item)s has no option %(letter)s") % {
                "item": item, "letter": letter[:5],
            }  # fmt: skip
    if any(item not in options or not 0 <= one <= 86_400 for item, one in content.seconds.items()):
        return _("the seconds do not fit the booklet of this address")
    missing = len(options) - len(content.answers)
    if content.complete and missing:
        return _("%(n)s items have no answer, though the interview is called complete") % {
            "n": missing
        }
    return None


def why_not_background(content: InterviewContent) -> str | None:
    """Answers about the person are among those offered, and all there when it is complete.

    How the person meets science may be left out: a device of before does not ask it.
    """
    known = {one.key: {key for key, _title in one.options} for one in (*BACKGROUND, *MEETING)}
    for question, answer in content.background.items():
        if answer not in known.get(question, ()):
            return _("this answer about the person is not one of those offered: %(answer)s") % {
                "answer": f"{question[:20]} {answer[:20]}"
            }
    if content.complete and any(one.key not in content.background for one in BACKGROUND):
        return _("not every question about the person has an answer")
    return None


def why_not_interview(
    content: InterviewContent, options: Mapping[str, int], fieldwork: Fieldwork, now: datetime
) -> str | None:
    return (
        why_not_times(content.begun_at, content.ended_at, fieldwork, now)
        or why_not_household(content.adults, content.chosen)
        or why_not_answers(content, options)
        or why_not_background(content)
    )


def why_not_correct(latest: Interview | None) -> str | None:
    if latest is None:
        return _("there is no interview of this address that could be corrected")
    return None


def why_not_less(latest: Interview, content: InterviewContent) -> str | None:
    if latest.complete and not content.complete:
        return _("the interview is whole: a correction changes answers and leaves none out")
    return None


# --- what a person may set aside ------------------------------------------------------------------


def why_not_ask_at(case: Case, by: User, now: datetime) -> str | None:
    """An address is its interviewer's, while the role lasts."""
    if case.interviewer_id != by.pk:
        return _("this address was given to somebody else, or taken back")
    if not roles.holds(by, Verb.SURVEY_ASK, now=now, path=case.community.division.path):
        return _("the role of interviewer does not cover this community any more")
    return None


def why_not_within(at: datetime, fieldwork: Fieldwork) -> str | None:
    if clock.day(at) > fieldwork.closes_on:
        return _("this was after the last day of the fieldwork")
    return None


def why_not_chosen(chosen: int | None, by_table: int | None) -> str | None:
    """The person asked is the one that the table of the address names."""
    if chosen == by_table:
        return None
    return _("the person asked is not the one that the table of this address names")


def why_not_first(latest: Interview | None) -> str | None:
    """An interview that is whole is only corrected; one that was broken off may be held again."""
    if latest is not None and latest.complete:
        return _("there is an interview of this address already; a change is a correction of it")
    return None


def why_not_newest(latest: Interview, base: int | None) -> str | None:
    if base == latest.version:
        return None
    return _("it was made from version %(base)s, but version %(latest)s stands: look at both") % {
        "base": base or "–", "latest": latest.version,
    }  # fmt: skip


# --- sending, and settling what needs a person ----------------------------------------------------


def why_not_send(by: User, now: datetime) -> str | None:
    """Everything a device sends is kept, so nobody sends without end. One query."""
    day = FieldEvent.objects.filter(by=by, received_at__gt=now - timedelta(days=1))
    if day.count() >= EVENTS_A_DAY:
        return _("you sent very much within a day; your device keeps the rest: send it tomorrow")
    return None


def why_not_known(case: Case | None, by: User, now: datetime) -> str | None:
    """Events about an address come from whoever it was given to, and from interviewers of its fieldwork.

    Also from those of before: what they wrote down and had not sent when they left is kept too.
    """
    if case is not None:
        whole = case.fieldwork.path
        asked = roles.ever_held(by, Verb.SURVEY_ASK, now)
        if case.interviewer_id == by.pk or any(
            within(path, whole) or within(whole, path) for path in asked
        ):
            return None
    return _("this address is not known here; the device keeps what was written down")


def why_not_settle(event: FieldEvent) -> str | None:
    if event.taking == Taking.REFUSED:
        return None
    return _("this needs nobody any more")


def why_not_settle_as(by: User, event: FieldEvent, now: datetime) -> str | None:
    """A supervisor of the place settles it, and not what they sent themselves."""
    path = event.case.community.division.path
    if not roles.holds(by, Verb.SURVEY_SUPERVISE, now=now, path=path):
        return _("only a supervisor of this place may do this")
    if event.by_id == by.pk:
        return _("somebody else settles what you sent yourself")
    return None
