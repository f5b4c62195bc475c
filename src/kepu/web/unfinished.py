"""A demo city is loaded in parts, so a loading that was killed leaves some: begun anew, never served.

A mark in DATA says so. It is put down before the first part, where nobody is registered yet, and taken
away after the last. While it stands nobody else writes, so all that is there is the demo's.
"""

from __future__ import annotations

from pathlib import Path

from kepu.kernel.errors import BadInput
from kepu.web import starting
from kepu.web.speech import n_, say

ANEW = n_(
    "A demo city was begun here and not finished; what there is of it is emptied, and it is begun anew."
)
NOT_SERVED = n_(
    "a demo city was begun here and not finished: half a city is not served. Build it anew with "
    "`kepu run --demo` (make run) or `kepu demo` (make demo); a city of your own goes into an empty DATA"
)
ANOTHER_LOADS = n_("another process loads the demo city here; wait until it has ended")
ELSEWHERE = n_(
    "the demo city that was not finished stands in another database; nothing was emptied. "
    "Where it is of no use any more, delete %(mark)s"
)


def mark() -> Path:
    return starting.data() / "demo-not-finished"


def stands() -> bool:
    """Whether a demo city is being loaded here, or a loading ended before its end."""
    return mark().exists()


def begin() -> None:
    """Put the mark down; raises BadInput where another process has done so."""
    try:
        with mark().open("x", encoding="utf-8") as file:
            file.write(_database())
    except FileExistsError:
        raise BadInput(say(ANOTHER_LOADS)) from None


def end() -> None:
    mark().unlink()


def need_finished() -> None:
    """Raises BadInput where only half a demo city stands."""
    if stands():
        raise BadInput(say(NOT_SERVED))


def clear() -> None:
    """Empty what there is of a demo city; raises BadInput while another process works in it."""
    from kepu.web import emptying

    emptying.need_nobody_working()
    if mark().read_text(encoding="utf-8") != _database():
        raise BadInput(say(ELSEWHERE, mark=mark()))
    print(say(ANEW), flush=True)
    starting.put_up_notice()
    emptying.empty()
    end()
    starting.let_others_in()


def _database() -> str:
    """Which database it is, without a password."""
    from django.db import connection

    chosen = connection.settings_dict
    told = [connection.vendor, chosen.get("HOST"), chosen.get("PORT"), Path(chosen["NAME"]).name]
    return " ".join(str(part) for part in told if part)
