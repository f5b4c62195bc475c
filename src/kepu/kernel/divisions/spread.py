"""Approximate places for townships: there is no open data of where they lie.

A sunflower: the k-th township of a district stands at k golden angles from a point inside the
district and at a distance that grows with the square root of k, so that points keep even
distances; what falls outside the outline is passed over. The order is that of the official codes,
so the same frame always gives the same points. They say "somewhere in this district", no more.
"""

from __future__ import annotations

import math

from kepu.kernel.divisions.outlines import Point, Ring, area, holds

GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
_FILL = 0.8  # a little closer than an exact filling, so that points keep off the outline
_TRIES = 60  # per wanted point; a long, thin district lets many fall outside


def sunflower(rings: tuple[Ring, ...], centre: Point, count: int) -> list[Point]:
    """`count` points (longitude, latitude) inside the outline, evenly about `centre`.

    Where the outline is so thin that too few fall inside, the rest stand at the centre.
    """
    squeeze = math.cos(math.radians(centre[1]))  # a degree of longitude is that much shorter
    step = _FILL * math.sqrt(area(rings) * squeeze / (math.pi * max(count, 1)))
    found: list[Point] = []
    for k in range(_TRIES * count):
        radius, angle = step * math.sqrt(k), k * GOLDEN_ANGLE
        lon = centre[0] + radius * math.cos(angle) / squeeze
        point = (round(lon, 5), round(centre[1] + radius * math.sin(angle), 5))
        if holds(rings, point):
            found.append(point)
            if len(found) == count:
                return found
    return found + [centre] * (count - len(found))
