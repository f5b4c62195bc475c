"""Which interviews are looked at together: those of a district, or all of them where they are few."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions import english
from kepu.kernel.roles.queries import Reach
from kepu.literacy import schemas
from kepu.literacy.bridge import paradata
from kepu.literacy.bridge.paradata import Look
from kepu.literacy.models import Fieldwork
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.states import INTERVIEWED


@dataclass(frozen=True)
class Looked:
    """What was found, of which district; empty for all of them.

    `districts` are path, name and number of interviews of each that has some.
    """

    district: str
    districts: list[tuple[str, str, int]]
    told: Look

    @property
    def total(self) -> int:
        return sum(number for _path, _name, number in self.districts)

    @property
    def all(self) -> bool:
        """Whether all interviews can be looked at together."""
        return self.total <= paradata.MOST


def look(of: Fieldwork, reach: Reach, asked: str, now: datetime) -> Looked:
    """Look at the district that is asked for; else at all, or at the largest where all are too many."""
    districts = _districts(of, reach)
    total = sum(number for _path, _name, number in districts)
    if asked not in {path for path, _name, _number in districts}:
        asked = "" if total <= paradata.MOST else max(districts, key=lambda one: one[2])[0]
    found = queries.standing(of, reach)
    if asked:
        found = found.filter(**{f"case__{queries.PLACE}__within": asked})
    some = list(found[: paradata.MOST])
    return Looked(
        asked, districts, paradata.look(of, some, schemas.field_rules(now), _outlines(of))
    )


def _districts(of: Fieldwork, reach: Reach) -> list[tuple[str, str, int]]:
    district = {
        one.pk: queries.district_of(of, one.division.path) for one in queries.communities(of, reach)
    }
    names = {row["path"]: row["name"] for row in of.sample.summary.get("districts", ())}
    held: Counter[str] = Counter()
    for one in queries.piles(of, reach):
        if one.outcome in INTERVIEWED:
            held[district[one.community]] += one.doors
    return [
        (path, english.title(names.get(path, path)), number)
        for path, number in sorted(held.items())
    ]


def _outlines(of: Fieldwork) -> dict[str, Any]:
    """Outlines by path; one that is only borrowed would call honest positions far."""
    city = crosswalk.boundaries(of.path.split(".")[0], on=of.sample.frame_on)
    return {one.path: one.rings for one in city.outlines if not one.approximate}
