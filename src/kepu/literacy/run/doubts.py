"""How unsure a share is, so that districts can be compared by it."""

from math import asin, sqrt


def doubt(low: float, high: float) -> float:
    """How wide an interval is as an angle, where large shares are no less sure than small ones."""
    return asin(sqrt(high)) - asin(sqrt(low))
