"""The frame of divisions -> a design and its draw, by the survey engine.

The frame tells people by district only. So townships are drawn by how many communities they have, and
communities of one district or township with equal chances. Chances are exact, whatever is coordinated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import RuleBroken
from kepu.literacy import refusals
from kepu.literacy.bridge.expecting import Expectation, city_half_width, expectation
from kepu.literacy.bridge.frames import District, Part, frame, township_of
from kepu.literacy.models import Sample
from kepu.literacy.rules.samples import FEWEST_CLUSTERS
from kepu.literacy.states import Coordination, Sharing, Stages


@dataclass(frozen=True)
class Drawn:
    """A community that was drawn: where, with which chance in each stage, for how many interviews."""

    division: Division
    stratum: str
    psu: str
    chances: dict[str, float]
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


def begins(earlier: Sample | None, coordination: str) -> float:
    """Where on the circle of permanent numbers a sample begins."""
    if earlier is None or earlier.start is None:
        return 0.0
    if coordination != Coordination.AVOID:
        return earlier.start
    from kepu_engines.survey.sampling.coordination import moved_on

    return moved_on(earlier.start)


def propose(sample: Sample) -> Proposal:
    """Share the interviews out, draw the communities; the same sample draws the same. Seconds."""
    from kepu_engines.core.errors import EngineError

    districts = frame(sample)
    try:
        parts = _parts(sample, _chosen(sample, districts))
        found = _communities(sample, parts)
        return Proposal(found, _summary(sample, districts, parts, found), digest_of(found))
    except EngineError as error:
        raise RuleBroken(
            _("this design cannot be drawn: %(why)s") % {"why": refusals.told(str(error))}
        ) from error


def digest_of(found: Sequence[Drawn]) -> str:
    """What a draw can be told by: the same frame, design and seed give the same."""
    lines = (f"{one.division.path} {one.chance:.12g} {one.interviews}" for one in found)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _chosen(sample: Sample, districts: list[District]) -> list[tuple[District, float]]:
    """Every district, or those drawn by their people, each with its chance."""
    from kepu_engines.survey.sampling.stages import Stage

    if sample.districts is None:
        return [(one, 1.0) for one in districts]
    if sample.districts >= len(districts):
        words = _("there are %(n)s districts here: leave the number empty to have each of them")
        raise RuleBroken(words % {"n": len(districts)})
    stage = Stage(
        unit=[one.path for one in districts], take=sample.districts,
        size=[one.people for one in districts], method=_method(sample),
    )  # fmt: skip
    drawn = _draw(sample, [stage])
    found = [
        (districts[row], float(c)) for row, c in zip(drawn.rows, drawn.chance[:, 0], strict=True)
    ]
    if sum(chance < 1 for _one, chance in found) == 1:
        raise RuleBroken(
            _("one district alone would stand for all the smaller ones: draw one more")
        )
    return found


def _parts(sample: Sample, chosen: list[tuple[District, float]]) -> list[Part]:
    """How many communities and interviews each district in the sample has."""
    from kepu_engines.survey.sampling import allocation

    people = [one.people / chance for one, chance in chosen]
    shared = allocation.allocate(sample.interviews, _measure(sample, chosen, people), sample.least)
    return [
        _part(sample, one, chance, int(interviews))
        for (one, chance), interviews in zip(chosen, shared, strict=True)
    ]


def _measure(sample: Sample, chosen: list[tuple[District, float]], people: list[float]) -> Any:
    from kepu_engines.survey.sampling import allocation

    if sample.sharing == Sharing.NEYMAN:
        shares = [expected_share(sample, one.path) for one, _chance in chosen]
        return allocation.neyman(people, [(p * (1 - p)) ** 0.5 for p in shares])
    exponents = {Sharing.EQUAL: 0.0, Sharing.PEOPLE: 1.0}
    return allocation.power(people, exponents.get(Sharing(sample.sharing), sample.exponent))


def expected_share(sample: Sample, path: str) -> float:
    """The share expected of a district: its own, or that of all."""
    return sample.shares.get(path, sample.share)


def _part(sample: Sample, district: District, chance: float, interviews: int) -> Part:
    wanted = max(FEWEST_CLUSTERS, round(interviews / sample.together))
    if sample.stages == Stages.COMMUNITIES:
        take = min(len(district.communities), wanted)
        return Part(district, chance, 0, take, max(1, round(interviews / take)))
    townships = min(len(district.townships), max(FEWEST_CLUSTERS, round(wanted / sample.apiece)))
    asked = max(1, round(interviews / (townships * sample.apiece)))
    return Part(district, chance, townships, sample.apiece, asked)


def _communities(sample: Sample, parts: list[Part]) -> list[Drawn]:
    from kepu_engines.survey.sampling import allocation

    rows = [(part, one) for part in parts for one in part.district.communities]
    drawn = _draw(sample, _stages(sample, parts, rows))
    found = []
    for row, stages in zip(drawn.rows, drawn.chance, strict=True):
        part, one = rows[row]
        chances = _named(sample, part, [float(each) for each in stages])
        chance = part.chance * float(stages.prod())
        # People of a community, for want of its own number.
        each = part.district.people / len(part.district.communities)
        stratum, psu = _variance_from(sample, part, one)
        approached = allocation.to_approach(part.asked, sample.response)
        weight = each / chance / part.asked
        found.append(Drawn(one, stratum, psu, chances, chance, part.asked, approached, weight))
    return found


def _stages(sample: Sample, parts: list[Part], rows: list[tuple[Part, Division]]) -> list[Any]:
    from kepu_engines.survey.sampling.stages import Stage

    units = [one.path for _part, one in rows]
    strata, method = [part.district.path for part, _one in rows], _method(sample)
    if sample.stages == Stages.COMMUNITIES:
        takes = {part.district.path: part.communities for part in parts}
        return [Stage(unit=units, take=takes, stratum=strata, method=method)]
    townships = [township_of(one) for _part, one in rows]
    there = {path: townships.count(path) for path in set(townships)}
    return [
        Stage(
            unit=townships, take={part.district.path: part.townships for part in parts},
            stratum=strata, size=[1.0] * len(rows), method=method,
        ),
        Stage(
            unit=units, take={path: min(n, sample.apiece) for path, n in there.items()},
            stratum=townships, method=method,
        ),
    ]  # fmt: skip


def _method(sample: Sample) -> Any:
    """By permanent numbers; a draw older than those comes again as it was drawn."""
    from kepu_engines.survey.sampling.stages import Method

    return Method.SAMPFORD if sample.start is None else Method.PERMANENT


def _draw(sample: Sample, stages: list[Any]) -> Any:
    from kepu_engines.survey.sampling.stages import draw

    return draw(stages, sample.seed, sample.start or 0.0)


def _named(sample: Sample, part: Part, stages: list[float]) -> dict[str, float]:
    """The chance of each stage that there is, given the one before."""
    names = ["community"] if sample.stages == Stages.COMMUNITIES else ["township", "community"]
    district = {} if sample.districts is None else {"district": part.chance}
    return district | dict(zip(names, stages, strict=True))


def _variance_from(sample: Sample, part: Part, community: Division) -> tuple[str, str]:
    """Stratum and primary unit: districts left to chance are units of the whole place."""
    if part.chance < 1:
        return sample.path, part.district.path
    if sample.stages == Stages.TOWNSHIPS:
        return part.district.path, township_of(community)
    return part.district.path, community.path


def _summary(
    sample: Sample, districts: list[District], parts: list[Part], found: list[Drawn]
) -> dict[str, Any]:
    from kepu_engines.survey.sampling import allocation

    expected = [_expected(sample, part, found) for part in parts]
    interviews = sum(one.interviews for one in expected)
    return {
        "interviews": interviews,
        "communities": len(found),
        "approached": allocation.to_approach(interviews, sample.response),
        "half_width": round(city_half_width(sample, districts, parts, expected), 5),
        "people": sum(one.people for one in districts),
        "districts_there": len(districts),
        "kept": _kept(sample, found),
        "districts": [
            {
                "path": part.district.path,
                "name": part.district.division.name,
                "people": part.district.people,
                "townships": part.townships,
                "communities": one.communities,
                "interviews": one.interviews,
                "share": one.share,
                "deff": round(one.deff, 3),
                "half_width": round(one.half_width, 5),
            }
            for part, one in zip(parts, expected, strict=True)
        ],
    }


def _expected(sample: Sample, part: Part, found: list[Drawn]) -> Expectation:
    here = sum(one.division.path.startswith(part.district.path) for one in found)
    share = expected_share(sample, part.district.path)
    return expectation(sample, share, part.townships, here, part.asked)


def _kept(sample: Sample, found: list[Drawn]) -> int | None:
    """How many communities an earlier sample has as well."""
    if sample.earlier is None:
        return None
    before = set(sample.earlier.communities.values_list("division", flat=True))
    return sum(one.division.pk in before for one in found)
