"""Whether 95 % intervals hold the truth in 95 of 100 samples of a made-up city, and what models gain.

    PYTHONPATH=src python -m benchmarks.coverage [--full]

A synthetic Chongqing: 32 million people in 38 districts and 11,270 communities. Each sample draws 15
communities of every district in proportion to size by Sampford's method (down one list in one order
a systematic draw is right only on average over lists), 53 people in each, of whom the less educated
answer less often; weights are corrected by classes of district and education, and shares estimated
with their intervals. One JSON object a line: `coverage` of the city, the mean over districts and the
worst and best district; `small areas`, how much less the model's shares err, squared, than those
counted, and how often the intervals of all ranks hold the true ones, at half, once and twice the
spread between districts. --full takes 2,000 samples (several minutes on one core), else 200.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from benchmarks import line
from kepu_engines.core.seeds import generator
from kepu_engines.survey.areas.ranks import ranks
from kepu_engines.survey.areas.share_level import share_areas
from kepu_engines.survey.design import Design
from kepu_engines.survey.estimates import Estimates, mean
from kepu_engines.survey.sampling.chances import chances
from kepu_engines.survey.sampling.sampford import sampford
from kepu_engines.survey.shares import share_interval
from kepu_engines.survey.weighting.response import by_class

PEOPLE, DISTRICTS, COMMUNITIES = 32_000_000, 38, 11_270
# Chongqing's share in 2020, and the spread between districts derived in docs/engines/areas.md from
# the three districts published in 2018.
CITY, SPREAD = 0.102, 0.026
DRAWN, APPROACHED = 15, 53
ANSWERS = np.array([0.55, 0.72])  # share of the less and of the better educated who answer
SPREADS = (0.5, 1.0, 2.0)
LOGITS = np.array([-0.35, 0.65])  # what education adds to the log odds of being literate


@dataclass(frozen=True)
class City:
    """Communities: their district, people, share better educated, and chances by education."""

    home: np.ndarray
    people: np.ndarray
    schooled: np.ndarray
    literate: np.ndarray

    @property
    def share(self) -> np.ndarray:
        """Share of literate people of each community."""
        return (1 - self.schooled) * self.literate[:, 0] + self.schooled * self.literate[:, 1]

    def districts(self, figure: np.ndarray) -> np.ndarray:
        """Mean of a figure over the people of each district."""
        held = np.bincount(self.home, self.people * figure, DISTRICTS)
        return held / np.bincount(self.home, self.people, DISTRICTS)


def city(times: float, seed: int = 20200101) -> City:
    """A city whose districts lie apart as `times` the spread says, half of it told by schooling."""
    draw = generator(seed)
    weight = draw.lognormal(0, 0.6, DISTRICTS)
    home = np.sort(draw.choice(DISTRICTS, COMMUNITIES, p=weight / weight.sum()))
    people = draw.lognormal(0, 0.5, COMMUNITIES)
    people = np.maximum(np.round(people / people.sum() * PEOPLE), 200)
    told, own = _standard(draw.normal(size=DISTRICTS)), _standard(draw.normal(size=DISTRICTS))
    schooled = np.clip(0.35 + 0.08 * told[home] + draw.normal(0, 0.1, COMMUNITIES), 0.03, 0.9)
    cv = np.sqrt(np.log1p((SPREAD * times / CITY) ** 2))
    wanted = CITY * np.exp(cv * _standard(told + own) - cv**2 / 2)  # never below nothing
    level = np.log(wanted)[home] + draw.normal(0, 0.45, COMMUNITIES)
    for _ in range(50):  # until every district has the share wanted
        made = City(home, people, schooled, 1 / (1 + np.exp(-(level[:, None] + LOGITS))))
        level = level + np.log(wanted / made.districts(made.share))[home]
    return made


def _standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()


@dataclass(frozen=True)
class Surveyed:
    """One sample's shares, of districts and of the city, and what the city's design effect is."""

    districts: Estimates
    whole: Estimates

    def held(self, truth: City) -> tuple[np.ndarray, bool]:
        """Whether each district's interval and the city's hold the truth."""
        share = truth.districts(truth.share)
        low, high = share_interval(self.districts)
        city_low, city_high = share_interval(self.whole)
        real = float(truth.people @ truth.share / truth.people.sum())
        return (low <= share) & (share <= high), bool(city_low[0] <= real <= city_high[0])


def survey(truth: City, parts: list[np.ndarray], seed: int) -> Surveyed:
    """Draw, ask, weight, estimate."""
    draw = generator(seed)
    units, chance = [], []
    for rows in parts:
        likely = chances(truth.people[rows], DRAWN)
        taken = sampford(likely, int(draw.integers(2**62)))
        units.append(rows[taken])
        chance.append(likely[taken])
    unit = np.repeat(np.concatenate(units), APPROACHED)
    base = truth.people[unit] / APPROACHED / np.repeat(np.concatenate(chance), APPROACHED)
    schooled = (draw.random(unit.size) < truth.schooled[unit]).astype(np.int64)
    answered = draw.random(unit.size) < ANSWERS[schooled]
    literate = draw.random(unit.size) < truth.literate[unit, schooled]
    home = truth.home[unit]
    weight = by_class(base, answered, home * 2 + schooled)[answered]
    design = Design.of(home[answered], unit[answered], weight)
    return Surveyed(
        mean(design, literate[answered], home[answered]), mean(design, literate[answered])
    )


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--full", action="store_true", help="2,000 samples instead of 200")
    parser.add_argument("--samples", type=int, help="how many samples of the city")
    asked = parser.parse_args()
    samples = asked.samples or (2000 if asked.full else 200)
    coverage(samples)
    for times in SPREADS:
        small_areas(times, max(samples // 5, 50))


def coverage(samples: int) -> None:
    """How often intervals hold the truth; bars are for 2,000 samples and more."""
    start, truth = time.process_time(), city(1.0)
    parts = _parts(truth)
    held, whole, deff = np.zeros(DISTRICTS), 0, 0.0
    for seed in range(samples):
        found = survey(truth, parts, seed)
        districts, in_city = found.held(truth)
        held, whole = held + districts, whole + in_city
        deff += float(np.nanmean(found.districts.deff)) / samples
    each = 100 * held / samples
    figures = {
        "city": 100 * whole / samples,
        "districts": float(each.mean()),
        "worst_district": float(each.min()),
        "best_district": float(each.max()),
        "design_effect": round(deff, 2),
        "cpu": round(time.process_time() - start, 1),
    }
    inside = {
        "city_off": abs(figures["city"] - 95),
        "districts_off": abs(figures["districts"] - 95),
        "worst_off": max(95 - figures["worst_district"], figures["best_district"] - 95),
    }
    bars: line.Bars = {"city_off": ("<=", 1), "districts_off": ("<=", 1), "worst_off": ("<=", 2)}
    line.tell("coverage", figures | inside, bars if samples >= 2000 else None, samples=samples)


def small_areas(times: float, samples: int) -> None:
    """What the model gains in districts, and whether ranks are held by their intervals."""
    truth = city(times)
    share, told = truth.districts(truth.share), truth.districts(truth.schooled)
    parts, x = _parts(truth), np.column_stack([np.ones(DISTRICTS), told])
    place = 1 + (share > share[:, None]).sum(1)
    counted = modelled = 0.0
    right = inside = covered = 0
    for seed in range(samples):
        found = survey(truth, parts, 1_000_000 + seed).districts
        deff = float(np.nanmean(found.deff))  # a district may have nobody literate
        made = share_areas(found.value, found.n / deff, x)
        counted += float(((found.value - share) ** 2).sum())
        modelled += float(((made.value - share) ** 2).sum())
        low, high = made.interval()
        covered += int(((low <= share) & (share <= high)).sum())
        shown = ranks(made.value, made.se, draws=2000, seed=seed)
        good = (shown.low <= place) & (place <= shown.high)
        right, inside = right + int(good.all()), inside + int(good.sum())
    figures = {
        "gain": 100 * (1 - modelled / counted),
        "intervals_hold": round(100 * covered / samples / DISTRICTS, 1),
        "all_ranks_hold": 100 * right / samples,
        "ranks_hold": round(100 * inside / samples / DISTRICTS, 2),
    }
    bars: line.Bars = {"gain": (">=", 30), "all_ranks_hold": (">=", 95)} if times == 1 else {}
    line.tell("small areas", figures, bars, spread=round(100 * SPREAD * times, 1), samples=samples)


def _parts(truth: City) -> list[np.ndarray]:
    """Communities of each district."""
    return np.split(
        np.arange(COMMUNITIES), np.cumsum(np.bincount(truth.home, minlength=DISTRICTS))[:-1]
    )


if __name__ == "__main__":
    main()
