"""The demo city's yearly statistics: fictional units, a year published, and one under way."""

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
from kepu.people.actions import staff
from kepu.people.queries import staff as workers

if TYPE_CHECKING:
    from kepu.web.demo import City

KINDS = (
    ("中学（示例）", OrganisationKind.SCHOOL),
    ("医院（示例）", OrganisationKind.HOSPITAL),
    ("科普馆（示例）", OrganisationKind.VENUE),
)
SECTORS = {
    OrganisationKind.SCHOOL: "education",
    OrganisationKind.HOSPITAL: "health",
    OrganisationKind.VENUE: "venue",
}
DISTRICTS = 6  # besides the home district, with three units each
UNDER_WAY = {0: "send_back", 1: "draft", 2: "submit"}  # of the home district's units, this year


def build(city: City, home: Division) -> None:
    """Two years: the one before is published, the other is where everybody can try something."""
    places = [home, *divisions.below("50.", Level.DISTRICT).exclude(path=home.path)[:DISTRICTS]]
    units = [_unit(city, place, name, kind) for place in places for name, kind in KINDS]
    clerk = _clerk(city, units)
    year = clock.day(city.now).year - 1
    for at, ago in ((year - 1, 50), (year, 12)):
        _year(city, units, clerk, at, city.now - timedelta(days=ago), last=at == year)


def _unit(city: City, place: Division, name: str, kind: OrganisationKind) -> Organisation:
    return register.register_organisation(
        f"{place.name}{name}", kind=kind, division=place, by=None, now=city.begun
    )


def _clerk(city: City, units: list[Organisation]) -> User:
    """Who fills for every unit but the first, which is the demo statistician's."""
    personal = Personal(name="填报示例", phone=f"+86{next(city.phones)}", born="1988-06-01")
    clerk = register.register(personal, home=divisions.at("50."), by=None, now=city.begun)
    first = city.people["statistician"]
    for unit in units:
        who = first if unit == units[0] else clerk
        roles.grant(who.pk, role="statistician", organisation=unit, by=None, now=city.begun)
    return clerk


def _year(
    city: City, units: list[Organisation], clerk: User, year: int, begun: datetime, *, last: bool
) -> None:
    """Open a year and take its returns as far as they have come."""
    keeper, second = city.people["survey"], city.people["second"]
    made = rounds.open_round(
        place=divisions.at("50."), year=year, days=20, synthetic=True, by=keeper, now=begun
    )
    asked = {one.organisation_id: one for one in made.returns.all()}
    for number, unit in enumerate(units):
        who = city.people["statistician"] if number == 0 else clerk
        figures = _figures(city, unit, last)
        _kepu_workers(unit, year, figures, who, begun)
        far = UNDER_WAY.get(number, "accept" if number % 7 else "submit") if last else "accept"
        if number % 11 == 10 and last:
            continue  # has not begun yet
        returns.keep_figures(asked[unit.pk].pk, figures, by=who, now=begun)
        _carry_on(city, asked[unit.pk].pk, far, who, begun + timedelta(days=2))
    if not last:
        checker = city.people["officer50"]
        returns.lock_checked(made.pk, made.path, by=checker, now=begun + timedelta(days=5))
        rounds.lock_round(made.pk, by=keeper, now=begun + timedelta(days=6))
        rounds.publish_round(made.pk, by=second, now=begun + timedelta(days=7))


def _kepu_workers(
    unit: Organisation, year: int, figures: dict[str, Decimal], who: User, now: datetime
) -> None:
    """The same numbers by sector, which the return is filled with."""
    sector = workers.sectors().get(key=SECTORS[OrganisationKind(unit.kind)])
    counts = {column: int(figures[key]) for key, column in workers.INDICATORS.items()}
    counts |= {"middle": counts["full_middle"], "posts": 1}
    staff.state_staffing(unit, year=year, sector=sector, counts=counts, by=who, now=now)


def _carry_on(city: City, pk: int, far: str, who: User, now: datetime) -> None:
    if far == "draft":
        return
    returns.submit_return(pk, by=who, now=now)
    checker = city.people["officer50"]
    if far == "accept":
        returns.accept_return(pk, by=checker, now=now)
    if far == "send_back":
        remarks = {"venue_visits": "与门票系统的人次不一致（示例）"}
        returns.send_back_return(
            pk, reason="请核对参观人次（示例）", remarks=remarks, by=checker, now=now
        )


def _figures(city: City, unit: Organisation, last: bool) -> dict[str, Decimal]:
    """Invented, the same for a unit each time, a little more this year than the year before."""
    size = 1 + (unit.pk * 7919) % 5
    grown = Decimal(100 + (unit.pk * 31) % 16 if last else 100) / 100
    plain = {
        "staff_full": 4, "staff_full_mid": 3, "staff_full_female": 2, "staff_full_guide": 2,
        "staff_part": 20, "staff_part_months": 45, "staff_part_guide": 8, "volunteers": 60,
        "museum_sci": 1, "venue_floor": 1200, "venue_hall": 700, "venue_visits": 9000,
        "venue_free_days": 40, "comm_room": 2, "gallery": 3, "book_titles": 2, "book_copies": 1500,
        "websites": 1, "wechat": 1, "leaflets": 3000, "lecture_n": 24, "lecture_p": 1900,
        "exhibition_n": 3, "exhibition_p": 4000, "contest_n": 2, "contest_p": 600, "club_n": 4,
        "week_n": 3,
    }  # fmt: skip
    money = {
        "fund_raised": 62, "fund_gov": 48, "fund_special": 31, "fund_own": 9, "fund_used": 55,
        "fund_activity": 30, "fund_exhibit": 12, "fund_week": 3,
    }  # fmt: skip
    found = dict.fromkeys(statistics.in_force(city.now)[1].asked, Decimal())
    share = {key: size * grown * _own(unit, key) for key in (*plain, *money)}
    found |= {key: Decimal(int(many * share[key])) for key, many in plain.items()}
    found |= {key: round(many * share[key], 2) for key, many in money.items()}
    return found


def _own(unit: Organisation, key: str) -> Decimal:
    """What a unit does more of than others, the same for figures that are part of one another."""
    family = key if key == "venue_visits" else key.partition("_")[0]
    return Decimal(7 + (unit.pk * 13 + sum(map(ord, family))) % 7) / 10
