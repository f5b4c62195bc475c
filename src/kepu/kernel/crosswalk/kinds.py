"""Words for the kinds of records that follow a change.

Only words: which kinds there are is found among the models, and one without a word here is shown
by its own name.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "zone": _("zones"),
    "grant": _("roles"),
    "accounts.organisation": _("units"),
    "orders.order": _("orders, open and closed"),
    "orders.service": _("services on the menu"),
    "orders.servicearea": _("areas of services on the menu"),
    "orders.autoplan": _("automatic plans"),
    "people.team": _("teams"),
    "people.teamarea": _("areas of teams"),
    "people.volunteer": _("volunteers"),
    "people.volunteerarea": _("areas of volunteers"),
    "people.station": _("stations"),
    "people.post": _("posts"),
    "people.expert": _("experts"),
    "people.campaign": _("campaigns"),
    "people.nomination": _("nominations"),
    "people.call": _("calls"),
    "people.course": _("courses"),
    "people.service": _("service hours"),
    "search.entry": _("search entries"),
}


def word(label: str) -> str:
    """How a kind of record is called; a column is called like its kind where it has no own word."""
    kind = ".".join(label.split(".")[:2])
    return str(WORDS.get(label, WORDS.get(kind, label)))


def reason(text: str) -> str:
    """A stored reason in the reader's language."""
    return gettext(text)
