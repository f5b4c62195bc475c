"""Why not?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.crosswalk.models import Change
from kepu.kernel.crosswalk.reading import Document, Ended, Moved, Opened, row_name
from kepu.kernel.divisions.fields import within
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb


def why_not_change(person: User | None, document: Document, now: datetime) -> str | None:
    """Only who may change divisions at every place the document speaks of; None is Kepu itself."""
    if person is None:
        return None
    reach = roles.reach(person, Verb.DIVISION_CHANGE, now)
    if reach and all(reach.covers(path) for path in document.touched()):
        return None
    return _("only an officer who may change divisions there may apply this change")


def why_not_apply(document: Document, now: datetime) -> str | None:
    """A change takes effect once, not before its day, and every row fits what stands."""
    before = Change.objects.filter(key=document.key).first()
    if before:
        return _("the change %(key)s was already applied on %(day)s") % {
            "key": document.key,
            "day": clock.day(before.applied_at),
        }
    if clock.day(now) < document.effective:
        return _("this change takes effect on %(day)s; apply it from that day on") % {
            "day": document.effective
        }
    return next(_Fit(document, _standing(document)).faults(), None)


def _standing(document: Document) -> dict[str, Division]:
    wanted = document.touched() | {row.parent_path for row in document.opened}
    found = Division.objects.filter(path__in=wanted | {row.new_path for row in document.moved})
    return {division.path: division for division in found.select_related("parent")}


@dataclass(frozen=True)
class _Fit:
    """The document held against the divisions it names. Every fault names its row."""

    document: Document
    known: dict[str, Division]

    def faults(self) -> Iterator[str]:
        for table, check in (
            ("opened", self._opened),
            ("moved", self._moved),
            ("ended", self._ended),  # last, since a fault in what moves leaves something behind
        ):
            for number, row in enumerate(getattr(self.document, table), 1):
                for fault in check(row):
                    yield f"{row_name(table, number)}: {fault}"
        yield from self._doubled()

    def _opened(self, row: Opened) -> Iterator[str]:
        if row.path in self.known:
            yield _("%(path)s is already taken") % {"path": row.path}
        if row.parent_path and row.parent_path not in self._standing_after():
            yield _("nothing stands at %(path)s") % {"path": row.parent_path}

    def _ended(self, row: Ended) -> Iterator[str]:
        yield from self._may_end(row)
        if row.successor and row.successor not in self._standing_after():
            yield _("nothing stands at %(path)s") % {"path": row.successor}
        division = self.known.get(row.path)
        left = division and self._left_behind(division)
        if left:
            yield _("%(name)s still lies in it and is not moved") % {"name": left.name}

    def _moved(self, row: Moved) -> Iterator[str]:
        yield from self._may_end(row)
        if row.new_path in self.known:
            yield _("%(path)s is already taken") % {"path": row.new_path}
        if within(row.to, row.path):
            yield _("a place cannot move into itself")
        yield from self._level_fits(row)

    def _level_fits(self, row: Moved) -> Iterator[str]:
        target = self._standing_after().get(row.to)
        if target is None:
            yield _("nothing stands at %(path)s") % {"path": row.to}
            return
        division = self.known.get(row.path)
        if division and division.parent and division.parent.level != target:
            yield _("it cannot lie directly in a %(level)s") % {"level": Level(target).label}

    def _may_end(self, row: Ended | Moved) -> Iterator[str]:
        division = self.known.get(row.path)
        if division is None or division.valid_to is not None:
            yield _("nothing stands at %(path)s") % {"path": row.path}
        elif division.name != row.name:
            yield _("%(path)s is %(name)s, not %(given)s") % {
                "path": row.path,
                "name": division.name,
                "given": row.name,
            }
        elif division.valid_from and division.valid_from >= self.document.effective:
            yield _("%(name)s began only on %(day)s") % {
                "name": division.name,
                "day": division.valid_from,
            }

    def _standing_after(self) -> dict[str, str]:
        """Levels by path of what stands once the change has taken effect, moved places aside."""
        document = self.document
        gone = [*(row.path for row in document.ended), *(row.path for row in document.moved)]
        stays = {
            path: division.level
            for path, division in self.known.items()
            if division.valid_to is None and not any(within(path, scope) for scope in gone)
        }
        return stays | {row.path: row.level.value for row in document.opened}

    def _left_behind(self, division: Division) -> Division | None:
        moved = [row.path for row in self.document.moved]
        children = Division.objects.filter(parent=division, valid_to__isnull=True)
        return children.exclude(path__in=moved).order_by("path").first()

    def _doubled(self) -> Iterator[str]:
        document = self.document
        named = Counter(row.path for row in document.places())
        arrivals = Counter(row.new_path for row in document.moved)
        for path, times in [*named.items(), *arrivals.items()]:
            if times > 1:
                yield _("%(path)s is named more than once") % {"path": path}
        for row in document.moved:
            outer = next((o for o in document.moved if o != row and within(row.path, o.path)), None)
            if outer:
                yield _("%(inner)s moves with %(outer)s and needs no row of its own") % {
                    "inner": row.name,
                    "outer": outer.name,
                }
