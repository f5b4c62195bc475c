"""Why not?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries
from kepu.kernel.divisions.fields import within
from kepu.kernel.divisions.models import Zone
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb


def why_not_draw(person: User | None, paths: Collection[str], now: datetime) -> str | None:
    """Only who may change divisions over every path draws a zone of them; None is Kepu itself."""
    if person is None:
        return None
    reach = roles.reach(person, Verb.DIVISION_CHANGE, now)
    if reach and all(reach.covers(path) for path in paths):
        return None
    return _("only an officer who may change divisions there may draw this zone")


def why_not_set_zone(
    name: str, paths: set[str], valid_from: date, zone: Zone | None, now: datetime
) -> str | None:
    """A zone has a name and standing parts that do not overlap; what it was yesterday stays."""
    if not name.strip():
        return _("a zone needs a name")
    if not paths:
        return _("a zone needs at least one place")
    if zone is not None and valid_from < clock.day(now):
        return _("a zone is redrawn from today on at the earliest; what it was stays as it was")
    return _why_not_parts(paths, valid_from)


def _why_not_parts(paths: set[str], valid_from: date) -> str | None:
    standing = set(
        queries.standing(valid_from).filter(path__in=paths).values_list("path", flat=True)
    )
    if gone := sorted(paths - standing):
        return _("no place stands at %(path)s on that day") % {"path": gone[0]}
    for path in sorted(paths):
        outer = next((scope for scope in paths if scope != path and within(path, scope)), None)
        if outer:
            return _("%(inner)s already lies in %(outer)s; name only one of them") % {
                "inner": queries.full_name(path),
                "outer": queries.full_name(outer),
            }
    return None
