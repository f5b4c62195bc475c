"""Why not? Booklets."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kepu.literacy.models import BookletSet
from kepu.literacy.states import BOOKLETS

MOST_BOOKLETS = 5  # as many lines as one picture holds


def why_not_ask(booklets: int, items: int, most_common: int) -> str | None:
    """A few booklets of a length that can be answered."""
    if not 1 <= booklets <= MOST_BOOKLETS:
        return _("between 1 and %(most)s booklets at a time") % {"most": MOST_BOOKLETS}
    if not 5 <= items <= 100:
        return _("a booklet has 5 to 100 items")
    if not 0 <= most_common <= items:
        return _("two booklets cannot have more in common than a booklet holds")
    return None


def why_not_move(of: BookletSet, verb: str) -> str | None:
    return BOOKLETS.why_not(of.state, verb)
