"""The frame of divisions -> a design and its draw, by the survey engine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import RuleBroken
from kepu.literacy import refusals
from kepu.literacy.models import Sample
from kepu.literacy.queries import samples as queries
from kepu.literacy.rules.samples import FEWEST_COMMUNITIES
from kepu.literacy.states import EXPONENTS


@dataclass(frozen=True)
class Drawn:
    """A community that was drawn."""

    division: Division
    chance: float
    interviews: int
    approached: int
    weight: float


@dataclass(frozen=True)
class Proposal:
    """What the design comes to: districts with their half-widths, and the communities drawn."""

    communities: list[Drawn]
    summary: dict[str, Any]
    digest: str


def propose(sample: Sample) -> Proposal:
    """Share the interviews out, draw the communities; the same sample draws the same. Seconds.

    The frame tells people by district only, so that communities of a district are drawn with equal
    chances; by Sampford, for the order of a list is luck that no variance sees.
    """
    from kepu_engines.core.errors import EngineError

    frame = _frame(sample)
    try:
        return _proposal(sample, frame)
    except EngineError as error:
        raise RuleBroken(
            _("this design cannot be drawn: %(why)s") % {"why": refusals.told(str(error))}
        ) from error


@dataclass(frozen=True)
class Frame:
    """Districts of the place on the day of the frame, with their people and communities."""

    districts: list[Division]
    people: list[int]
    held: dict[str, list[Division]]


def _frame(sample: Sample) -> Frame:
    standing = divisions.standing(sample.frame_on).filter(path__within=sample.path)
    districts = list(standing.filter(level=Level.DISTRICT).order_by("path"))
    if not districts:
        raise RuleBroken(_("the frame has no districts here"))
    people = queries.people_of([district.path for district in districts], sample.frame_on)
    held: dict[str, list[Division]] = {district.path: [] for district in districts}
    for one in standing.filter(level=Level.COMMUNITY).order_by("path"):
        for path in ancestors(one.path):
            if path in held:
                held[path].append(one)
    for district in districts:
        if people.get(district.path) is None:
            words = _(
                "%(district)s: its people are not known since it was redrawn; take an earlier day"
            )
            raise RuleBroken(words % {"district": district.name})
        if len(held[district.path]) < FEWEST_COMMUNITIES:
            words = _("%(district)s: it has too few communities to draw from")
            raise RuleBroken(words % {"district": district.name})
    return Frame(districts, [people[one.path] or 0 for one in districts], held)


def _proposal(sample: Sample, frame: Frame) -> Proposal:
    from kepu_engines.survey.sampling import allocation
    from kepu_engines.survey.sampling.stages import Method, Stage, draw

    districts, people, held = frame.districts, frame.people, frame.held
    measure = [number ** EXPONENTS[sample.sharing] for number in people]
    shared = [int(n) for n in allocation.allocate(sample.interviews, measure, sample.least)]
    takes = {
        district.path: _take(sample, n, len(held[district.path]))
        for district, n in zip(districts, shared, strict=True)
    }
    rows = [(district.path, one) for district in districts for one in held[district.path]]
    stage = Stage(
        unit=[one.path for _path, one in rows],
        take=takes,
        stratum=[path for path, _one in rows],
        method=Method.SAMPFORD,
    )
    drawn = draw([stage], sample.seed)
    asked = {
        district.path: max(1, round(n / takes[district.path]))
        for district, n in zip(districts, shared, strict=True)
    }
    size = {district.path: number for district, number in zip(districts, people, strict=True)}
    found = []
    for row, chance in zip(drawn.rows, drawn.chance[:, 0], strict=True):
        path, one = rows[row]
        each = size[path] / len(held[path])  # people of a community, for want of its own number
        weight = each / float(chance) / asked[path]
        approached = allocation.to_approach(asked[path], sample.response)
        found.append(Drawn(one, float(chance), asked[path], approached, weight))
    counts = [takes[district.path] * asked[district.path] for district in districts]
    widths = allocation.half_width(counts, sample.share, deff=sample.deff)
    return Proposal(found, _summary(sample, frame, takes, counts, widths), digest_of(found))


def _take(sample: Sample, interviews: int, there: int) -> int:
    """How many communities of a district are drawn for so many interviews."""
    return min(there, max(FEWEST_COMMUNITIES, round(interviews / sample.together)))


def digest_of(found: Sequence[Drawn]) -> str:
    """What a draw can be told by: the same frame, design and seed give the same."""
    lines = (f"{one.division.path} {one.chance:.12g} {one.interviews}" for one in found)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _summary(
    sample: Sample, frame: Frame, takes: dict[str, int], counts: list[int], widths: Any
) -> dict[str, Any]:
    from kepu_engines.survey.sampling import allocation

    districts, people = frame.districts, frame.people
    total = sum(people)
    # The city's figure is a mean of districts' figures, weighted by their people.
    parts = zip(people, widths, strict=True)
    city = sum((number / total * float(width)) ** 2 for number, width in parts) ** 0.5
    return {
        "interviews": sum(counts),
        "communities": sum(takes.values()),
        "approached": allocation.to_approach(sum(counts), sample.response),
        "half_width": round(city, 5),
        "districts": [
            {
                "path": district.path,
                "name": district.name,
                "people": number,
                "communities": takes[district.path],
                "interviews": count,
                "half_width": round(float(width), 5),
            }
            for district, number, count, width in zip(
                districts, people, counts, widths, strict=True
            )
        ],
    }
