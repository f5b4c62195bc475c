"""What a clock chip says: how much time is left, and how pressing that is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from kepu.ui import formats


@dataclass(frozen=True)
class ClockFace:
    """One reading of a clock: a tone (calm, amber, red, over, done) and the words beside the
    icon."""

    tone: str
    words: str
    due: datetime
    amber_at: datetime
    red_at: datetime


def read(
    due: datetime,
    now: datetime,
    *,
    start: datetime | None = None,
    done_at: datetime | None = None,
    amber: timedelta | None = None,
    red: timedelta | None = None,
) -> ClockFace:
    """Read a clock at `now`.

    Amber and red begin that long before `due`. Left out, they follow the whole time given (a
    third and a tenth
    of it), or are a day and two hours where the start is not known.
    """
    whole = due - start if start else timedelta(days=3)
    amber_at = due - (amber if amber is not None else whole / 3)
    red_at = due - (red if red is not None else min(whole / 10, timedelta(hours=2)))
    if done_at:
        late = done_at > due
        words = _("Done late") if late else _("Done in time")
        return ClockFace("over" if late else "done", words, due, amber_at, red_at)
    left = formats.remaining(due, now)
    if now > due:
        return ClockFace("over", left, due, amber_at, red_at)
    if now >= red_at:
        words = _("Urgent, %(left)s") % {"left": left}
        return ClockFace("red", words, due, amber_at, red_at)
    if now >= amber_at:
        words = _("Soon, %(left)s") % {"left": left}
        return ClockFace("amber", words, due, amber_at, red_at)
    return ClockFace("calm", left, due, amber_at, red_at)
