"""Invented people differ as published surveys show that people do."""

from __future__ import annotations

import random
from statistics import mean

from kepu.literacy import field_example as example


def groups(key: str, people: list[dict[str, str]]) -> dict[str, float]:
    return {
        word: mean(example.more_right(one) for one in people if one[key] == word)
        for word in example.BACKGROUND[key]
    }


def test_schooling_age_residence_and_work_tell_as_in_published_surveys():
    """China 2015 and 2020: town above country, young above old; schooling tells most."""
    chance = random.Random(4)
    people = [example.background(chance) for _ in range(20_000)]

    education, age = groups("education", people), groups("age", people)
    residence, work = groups("residence", people), groups("occupation", people)

    assert list(education.values()) == sorted(education.values())
    assert list(age.values()) == sorted(age.values(), reverse=True)
    assert (
        residence["urban"] - residence["rural"] > 0.05
    )  # schooling of the countryside counts, too
    assert work["official"] > work["worker"] > work["farmer"]
    assert max(education.values()) - min(education.values()) > max(age.values()) - min(age.values())
    assert abs(mean(map(example.more_right, people))) < 0.02  # the mean is the district's
