"""The words of an interviewer's page, and what an event from a door says, for who has to settle it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.kernel.errors import BadInput
from kepu.literacy import heard
from kepu.literacy.models import FieldEvent
from kepu.literacy.queries import interviewing as queries
from kepu.literacy.states import Disposition
from kepu.ui import sealed

D = Disposition
# Where each outcome is offered: at the door, or once somebody was chosen. Interviews bring their own.
GROUPS: dict[str, tuple[str, ...]] = {
    "nobody": (D.NOBODY_HOME, D.NO_ENTRY, D.NOT_SCREENED),
    "refused": (D.HOUSEHOLD_REFUSED,),
    "unable": (D.LANGUAGE, D.OTHER),
    "nodoor": (D.NOT_FOUND, D.VACANT, D.NO_DWELLING, D.UNSAFE),
    "person": (D.AWAY, D.PERSON_REFUSED, D.UNABLE),
    "counted": (D.NOBODY_ELIGIBLE,),
    "interview": (D.COMPLETE, D.PARTIAL, D.BROKEN_OFF),
}
COME_AGAIN = frozenset({D.NOBODY_HOME, D.NO_ENTRY, D.NOT_SCREENED, D.AWAY, D.OTHER, D.LANGUAGE})


def outcomes() -> list[dict[str, Any]]:
    """Every outcome in words, with its code, where it is offered, and whether to come again."""
    return [
        {"code": str(one), "words": _label(one), "group": group, "again": one in COME_AGAIN}
        for group, members in GROUPS.items()
        for one in members
    ]


def _label(outcome: str) -> str:
    """A button begins with a capital, where a language has them."""
    label = str(D(outcome).label)
    return label[:1].upper() + label[1:]


def words() -> dict[str, str]:
    """What the page says; a script puts numbers in."""
    return {
        **sealed.words(),
        **_at_the_door(),
        **_of_questions(),
        "waiting": _(
            "{n} written down on this device, not sent yet: without a network or signed out."
        ),
        "sending": _("{n} written down on this device, being sent now."),
        "attempt": _("attempt"),
        "interview": _("interview"),
        "correction": _("correction"),
        "unreadable": _("The server cannot read this record; tell your supervisor. It stays here."),
        "needsNetwork": _(
            "Your addresses are not on this device yet. Open this page once with a network."
        ),
        "none": _("No address is given to you now."),
        "summary": _("{n} addresses, {done} interviews done"),
        "due": _("Due, or begun"),
        "begun": _("begun, not finished"),
        "finished": _("interview done"),
        "untried": _("not tried yet"),
        "comeAgain": _("come again {time}"),
    }


def _at_the_door() -> dict[str, str]:
    return {
        "noAddress": _("No address was told: ask your supervisor."),
        "gone": _(
            "This address was taken back. What you wrote down is still sent, and a supervisor decides."
        ),
        "ask": _("Somebody is there: begin"),
        "correct": _("Correct the answers"),
        "nobody": _("Nobody was met"),
        "refused": _("They said no"),
        "unable": _("An interview was not possible"),
        "nodoor": _("Something is wrong with the address"),
        "person": _("Not now, or not at all"),
        "again": _("Come again"),
        "againHelp": _("If you know when; it then stands at the top of your list."),
        "save": pgettext("interview", "Write it down"),
        "written": _("Written down."),
        "adults": _("How many people aged 18 to 69 live here?"),
        "adultsHelp": _("Who usually sleeps and eats here, also who is out just now."),
        "who": _("Who is asked"),
        "onlyOne": _("The only person aged 18 to 69 is asked."),
        "chosen": _("Of {adults} people, counted from the eldest, ask number {chosen}."),
        "chosenHelp": _(
            "The table of this address decides, so that not only those are asked who happen to be "
            "at home. Nobody else may take the place."
        ),
        "here": _("This person is here and agrees"),
        "recount": _("Count again"),
    }


def _of_questions() -> dict[str, str]:
    return {
        "count": _("Question {n} of {of}"),
        "dontKnow": _("Does not know"),
        "back": _("Back"),
        "next": _("Next"),
        "toReview": _("To the overview"),
        "pause": _("Pause; all is kept"),
        "paused": _("Kept on this device. Go on whenever you like."),
        "breakOff": _("Break off"),
        "breakOffHelp": _("{n} of {of} questions have an answer. They are sent as they are."),
        "breakOffNow": _("End the interview here"),
        "goOn": _("Go on asking"),
        "dropCorrection": _("Leave it as it was"),
        "review": _("Look at it once more"),
        "reviewHelp": _(
            "Go through it with the person if there is time; each answer can be changed."
        ),
        "missing": _("{n} questions have no answer yet."),
        "noAnswer": _("no answer yet"),
        "change": _("Change"),
        "finish": _("Finish the interview"),
        "done": _("The interview is done."),
        "sendCorrection": _("Hand in the correction"),
        "correctionDone": _("The correction is written down."),
    }


# --- for who settles ------------------------------------------------------------------------------


def kind_of(event: FieldEvent) -> str:
    named = {
        "attempt": _("attempt"), "interview": _("interview"), "correction": _("correction"),
    }  # fmt: skip
    return named.get(event.kind, event.kind)


def told(event: FieldEvent) -> str:
    """What an event says, in a sentence; of answers only how many, and how many differ."""
    try:
        if event.kind == "attempt":
            return str(D(heard.attempt(event.data, event.device_time).outcome).label)
        content = heard.interview(event.data)
    except BadInput as refusal:
        return refusal.reason
    minutes = max(0, round((content.ended_at - content.begun_at).total_seconds() / 60))
    said = _("%(n)s answers in %(minutes)s minutes") % {
        "n": len(content.answers), "minutes": minutes,
    }  # fmt: skip
    held = queries.latest(event.case)
    if held is None:
        return said
    differ = len(queries.differing(held.answers, dict(content.answers)))
    return said + _("; %(n)s differ from version %(version)s, which stands") % {
        "n": differ, "version": held.version,
    }  # fmt: skip
