"""How exact a sample will be, from its stages and what is supposed of them, before anybody is asked.

Source
------
Cochran (1977), Sampling Techniques, 5.6 and 10.8: the variance of a stratified mean, and of nested
clusters. Clusters count as drawn with replacement, as the variance of the run counts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kepu.literacy.bridge.frames import District, Part
from kepu.literacy.models import Sample
from kepu.literacy.states import Stages


@dataclass(frozen=True)
class Expectation:
    """What is to be expected of one district."""

    communities: int
    interviews: int
    share: float
    deff: float
    half_width: float


def expectation(
    sample: Sample, share: float, townships: int, communities: int, asked: int
) -> Expectation:
    """The half-width that so many communities with so many interviews each will have."""
    from kepu_engines.survey.sampling import allocation
    from kepu_engines.survey.sampling.precision import clustered

    if sample.stages == Stages.TOWNSHIPS:
        levels = [
            (sample.icc_community, float(asked)),
            (sample.icc_township, asked * communities / townships),
        ]
    else:  # all over the district, whatever lies between its townships lies between communities
        levels = [(sample.icc_community + sample.icc_township, float(asked))]
    deff = sample.deff * clustered(levels)
    interviews = communities * asked
    width = float(allocation.half_width(interviews, share, deff=deff)[0])
    return Expectation(communities, interviews, share, deff, width)


def city_half_width(
    sample: Sample, districts: Sequence[District], parts: Sequence[Part],
    expected: Sequence[Expectation],
) -> float:  # fmt: skip
    """Of the whole: a mean of districts' figures by the people they stand for.

    Districts that were left to chance differ among themselves, which is an error of its own.
    """
    from kepu_engines.survey.sampling import allocation

    total = sum(one.people for one in districts)
    widths = [
        part.people / total * one.half_width for part, one in zip(parts, expected, strict=True)
    ]
    by_chance = [part.people / total for part in parts if part.chance < 1]
    if by_chance and sample.icc_district > 0:
        between = allocation.half_width(len(by_chance), sample.share, deff=sample.icc_district)
        widths.append(sum(by_chance) * float(between[0]))
    return sum(width**2 for width in widths) ** 0.5
