"""The frame of a sample: districts of its place on its day, with people, townships and communities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.queries import parent_path
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import RuleBroken
from kepu.literacy.models import Sample
from kepu.literacy.queries import samples as queries
from kepu.literacy.rules.samples import FEWEST_CLUSTERS
from kepu.literacy.states import Stages


@dataclass(frozen=True)
class District:
    """A district with its people and communities; the townships are those of the communities."""

    division: Division
    people: int
    communities: list[Division]

    @property
    def path(self) -> str:
        """Its path on the day of the frame."""
        return self.division.path

    @property
    def townships(self) -> set[str]:
        """Paths of its townships."""
        return {township_of(one) for one in self.communities}


@dataclass(frozen=True)
class Part:
    """A district that is in the sample: its chance, and what is drawn inside."""

    district: District
    chance: float
    townships: int  # 0 where communities are drawn directly
    communities: int  # of the district, or of each township
    asked: int  # in each community

    @property
    def people(self) -> float:
        """People that it stands for: its own, and those of districts that were not drawn."""
        return self.district.people / self.chance


def township_of(community: Division) -> str:
    """The path of the township that a community lies in."""
    return parent_path(community.path) or community.path


def frame(sample: Sample) -> list[District]:
    """Districts in the order of their paths; raises RuleBroken with what the frame lacks. Four queries."""
    standing = divisions.standing(sample.frame_on).filter(path__within=sample.path)
    districts = list(standing.filter(level=Level.DISTRICT).order_by("path"))
    if not districts:
        raise RuleBroken(_("the frame has no districts here"))
    known: Mapping[str, int | None] = sample.adults
    people = known or queries.people_of([one.path for one in districts], sample.frame_on)
    held: dict[str, list[Division]] = {district.path: [] for district in districts}
    for one in standing.filter(level=Level.COMMUNITY).order_by("path"):
        for path in ancestors(one.path):
            if path in held:
                held[path].append(one)
    return [_district(sample, one, people.get(one.path), held[one.path]) for one in districts]


def _district(
    sample: Sample, division: Division, people: int | None, communities: list[Division]
) -> District:
    if people is None:
        words = _(
            "%(district)s: its people are not known since it was redrawn; take an earlier day"
        )
        raise RuleBroken(words % {"district": division.name})
    found = District(division, people, communities)
    if len(communities) < FEWEST_CLUSTERS:
        words = _("%(district)s: it has too few communities to draw from")
        raise RuleBroken(words % {"district": division.name})
    if sample.stages == Stages.TOWNSHIPS and len(found.townships) < FEWEST_CLUSTERS:
        words = _("%(district)s: it has too few townships to draw from; draw communities directly")
        raise RuleBroken(words % {"district": division.name})
    return found
