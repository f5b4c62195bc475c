"""The demo city's yearly statistics: fictional units, last year locked and published, this year under way."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from kepu.kernel import clock
from kepu.kernel.accounts import actions as register
from kepu.kernel.accounts.models import Organisation, OrganisationKind, Personal, User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.roles import actions as roles
from kepu.literacy import statistics
from kepu.literacy.actions import returns, rounds
from kepu.literacy.queries import returns as queries

if TYPE_CHECKING:
    from kepu.web.demo import City

KINDS = (
    ("中学（示例）", OrganisationKind.SCHOOL),
    ("医院（示例）", OrganisationKind.HOSPITAL),
    ("科普馆（示例）", OrganisationKind.VENUE),
)
DISTRICTS = 9  # besides the home district, with three units each
UNDER_WAY = {0: "submit", 1: "draft", 2: "send_back"}  # of the home district's units, this year


def build(city: City, home: Division) -> None:
    """Two years: the one before is published, the other is where everybody can try something."""
    places = [home, *divisions.below("50.", Level.DISTRICT).exclude(path=home.path)[:DISTRICTS]]
    units = [_unit(city, place, name, kind) for place in places for name, kind in KINDS]
    clerk = _clerk(city, units)
    year = clock.day(city.now).year - 1
    for at, ago in ((year - 1, 50), (year, 12)):
        _year(city, units, clerk, at, city.now - timedelta(days=ago), last=at == year)
