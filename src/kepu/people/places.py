"""Places by the name or code that people write into a table."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.divisions.models import Division
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb


class Places:
    """Divisions in which `by` approves teams, by code and by every tail of their full names.

    One query when the first cell is read; a table of 20,000 rows costs no more.
    """

    def __init__(self, by: User, now: datetime) -> None:
        self.paths = roles.reach(by, Verb.TEAM_APPROVE, now).paths

    def read(self, value: str) -> Division:
        """The place that the words or the code name; raises ValueError with a sentence."""
        plain = "".join(value.split())
        found = self._by_word.get(plain, [])
        if not found:
            raise ValueError(_("there is no place of this name or code in your area"))
        if len(found) > 1:
            raise ValueError(_("several places have this name; write the full name"))
        return found[0]

    @cached_property
    def _by_word(self) -> dict[str, list[Division]]:
        known = {division.path: division for division in divisions.current()}
        words: dict[str, list[Division]] = defaultdict(list)
        for path, division in known.items():
            if not any(path.startswith(scope) for scope in self.paths):
                continue
            for word in {*_tails(path, known), division.official_code or division.path}:
                words[word].append(division)
        return words


def _tails(path: str, known: dict[str, Division]) -> list[str]:
    """七星岗街道, 渝中区七星岗街道, 重庆市渝中区七星岗街道."""
    found, tail = [], ""
    for step in ancestors(path):
        tail = known[step].name + tail if step in known else tail
        found.append(tail)
    return found
