"""The words of an inspector's page; a script puts numbers in."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.ui import sealed


def words() -> dict[str, str]:
    """Everything the page says by itself."""
    return {
        **sealed.words(),
        **_of_the_device(),
        **_of_the_visit(),
        **_of_the_checklist(),
        **_of_the_end(),
    }


def _of_the_device() -> dict[str, str]:
    return {
        "waiting": _("{n} records on this device, not sent yet: without a network or signed out."),
        "sending": _("{n} records on this device, being sent now."),
        "arrive": pgettext("record of an inspector", "beginning"),
        "note": pgettext("record of an inspector", "note"),
        "photo": pgettext("record of an inspector", "photograph"),
        "sign": pgettext("record of an inspector", "signature"),
        "unreadable": _("The server cannot read this record; tell the secretary. It stays here."),
        "needsNetwork": _(
            "Your checklists are not on this device yet. Open this page once with a network."
        ),
        "none": _("No inspection is given to you now."),
    }


def _of_the_visit() -> dict[str, str]:
    return {
        "days": _("{first} to {last}"),
        "together": _("Together with {names}"),
        "placeHelp": _(
            "If you agree, it is noted where the device is, to about 100 m. Nobody is followed: it is "
            "noted once, at the beginning."
        ),
        "beginHere": _("Begin, and note where I am"),
        "beginAnywhere": _("Begin without a place"),
        "progress": _("{done} of {n} items noted"),
        "sentBack": _("The secretary sent it back: {reason}"),
        "differs": _("Where the inspectors differ"),
        "signed": _(
            "You have signed. The secretary can send it back to you if something is missing."
        ),
        "signedShort": _("signed"),
        "closed": _("This inspection is closed; nothing can be changed any more."),
    }


def _of_the_checklist() -> dict[str, str]:
    return {
        "yes": _("yes"),
        "no": _("no"),
        "mayBeLeft": _("(may be left out)"),
        "range": _("From {least} to {most} {unit}"),
        "remark": _("Remark"),
        "takePhoto": _("Take a photograph"),
        "photos": _("{n} photographs, {waiting} of them not sent yet"),
        "photoAsked": _("A photograph is asked for here."),
        "dropPhoto": _("Take it away"),
        "notPicture": _("This is not a picture that can be read."),
    }


def _of_the_end() -> dict[str, str]:
    return {
        "toSign": _("Sum up and sign"),
        "missing": _("{n} items are still missing"),
        "opinion": _("What you saw, in a few words"),
        "opinionHelp": _("The panel and the secretary read it."),
        "opinionAsked": _("Please sum up what you saw."),
        "venue": _("The side that was visited"),
        "venueWords": _("Remark of the side that was visited"),
        "venueHelp": _(
            "Hand them the device: they may write what they want to add. It need not be."
        ),
        "venuePost": _("Their post"),
        "venuePostHelp": _("Such as: director on duty. No name is needed."),
        "signHelp": _("With the signature it goes to the secretary and is not changed any more."),
        "sign": _("Sign"),
        "signedNow": _("Signed. It is sent as soon as there is a network."),
    }
