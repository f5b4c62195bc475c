"""Half-days of a week that a span of time touches."""

from datetime import timedelta

import pytest

from kepu.people import availability
from tests.factories import NOW

NINE = NOW.replace(hour=9)  # of a Thursday: half-days 6 and 7


@pytest.mark.parametrize(
    ("hours", "halves"),
    [
        (0.5, [6]),
        (3, [6]),
        (4, [6, 7]),
        (24, [6, 7, 8]),
        (4 * 24, [0, 6, 7, 8, 9, 10, 11, 12, 13]),
        (7 * 24, list(range(14))),
        (300 * 24, list(range(14))),
    ],
)
def test_a_span_touches_the_half_days_it_lies_in(hours, halves):
    mask = availability.between(NINE, NINE + timedelta(hours=hours))

    assert availability.halves_of(mask) == halves
