"""Fieldwork as its pages show it: numbers, tables and a map out of counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kepu.kernel import clock
from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions import english
from kepu.kernel.roles.queries import Reach
from kepu.literacy import followed, quotas, schemas
from kepu.literacy.bridge import outcomes
from kepu.literacy.bridge.outcomes import Part
from kepu.literacy.models import Fieldwork, SampledCommunity
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.queries.fieldwork import Pile
from kepu.literacy.states import Disposition, FieldworkState
from kepu.ui import formats
from kepu.ui.cards import NumberTile
from kepu.ui.maps import Area, Map, choropleth

MOST_NAMED = 5
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Progress:
    """Doors and interviews of what one reader supervises."""

    of: Fieldwork
    reach: Reach
    piles: list[Pile]
    communities: list[SampledCommunity]
    whole: Part

    @classmethod
    def read(cls, of: Fieldwork, reach: Reach) -> Progress:
        """Two queries, whatever the number of doors."""
        piles = queries.piles(of, reach)
        return cls(of, reach, piles, queries.communities(of, reach), outcomes.part(piles))

    @property
    def planned(self) -> int:
        return sum(one.interviews for one in self.communities)

    @property
    def district(self) -> dict[int, str]:
        """The path of the district of each community."""
        return {one.pk: queries.district_of(self.of, one.division.path) for one in self.communities}


def rate(value: float | None) -> str:
    return "–" if value is None else formats.share(value)


def tiles(told: Progress, now: datetime) -> list[NumberTile]:
    """What is asked first."""
    whole = told.whole
    left = (told.of.closes_on - clock.day(now)).days
    over = told.of.state in (FieldworkState.CLOSED, FieldworkState.DROPPED)
    return [
        NumberTile(
            _("Interviews"), f"{whole.interviews:,}",
            note=_("of %(n)s planned") % {"n": f"{told.planned:,}"},
        ),
        NumberTile(_("Doors tried"), f"{whole.tried:,}", note=_("of %(n)s") % {"n": f"{whole.doors:,}"}),
        NumberTile(
            _("Response rate"), rate(whole.rates.response[2]),
            note=_("RR3, with e = %(e)s") % {"e": formats.decimal(whole.rates.e, 2)},
        ),
        NumberTile(_("Days left"), "–" if over else str(max(left, 0))),
    ]  # fmt: skip


@dataclass(frozen=True)
class Hand:
    """Something that waits for the reader, and where it is done."""

    words: str
    href: str


def hands(told: Progress, now: datetime) -> list[Hand]:
    """What needs a hand first. Two queries."""
    of, found = told.of, []
    free: Counter[int] = Counter()
    for one in told.piles:
        if one.interviewer is None:
            free[one.community] += one.doors
    doors = reverse("survey-fieldwork-doors", args=[of.pk])
    if free:
        words = ngettext(
            "%(n)s community has doors that nobody was given",
            "%(n)s communities have doors that nobody was given",
            len(free),
        )
        found.append(Hand(words % {"n": len(free)}, doors))
    found += _waiting(told) + _quiet(told, now)
    return found


def _waiting(told: Progress) -> list[Hand]:
    number = queries.waiting(told.of, told.reach)
    if not number:
        return []
    words = ngettext(
        "%(n)s record from a device needs a person",
        "%(n)s records from devices need a person",
        number,
    )
    return [Hand(words % {"n": number}, reverse("interviews-stuck"))]


def _quiet(told: Progress, now: datetime) -> list[Hand]:
    days = schemas.field_rules(now).attention.quiet_days
    since = queries.quiet_since(told.of, days, now)
    if told.of.state != FieldworkState.OPEN or since is None:
        return []
    by_person = Counter(
        queries.quiet(told.of, told.reach, since).values_list("interviewer", flat=True)
    )
    names = queries.names_of(by_person)
    found = []
    for person, number in by_person.most_common(MOST_NAMED):
        words = ngettext(
            "%(name)s: %(n)s door without an attempt for %(days)s days",
            "%(name)s: %(n)s doors without an attempt for %(days)s days",
            number,
        ) % {"name": names.get(person, ""), "n": number, "days": days}
        found.append(Hand(words, ""))
    return found


def quota_rows(told: Progress) -> list[Row]:
    """Kinds of people with their share, and interviews wanted and held. A query for each question."""
    return [
        (
            one.question, one.answer, formats.share(one.share), f"{one.wanted:,.0f}", f"{one.held:,}",
            _few_or_many(one),
        )
        for one in quotas.kinds(told.of, told.reach)
    ]  # fmt: skip


def _few_or_many(one: quotas.Kind) -> str:
    if not one.far:
        return ""
    return pgettext("quotas", "few") if one.held < one.wanted else pgettext("quotas", "many")


# --- tables ---------------------------------------------------------------------------------------


def dispositions(whole: Part) -> list[Row]:
    """Doors by what came of them, in the order of the codes; those not tried last."""
    words = dict(Disposition.choices)
    total = max(whole.doors, 1)
    rows: list[Row] = [
        (
            words[code],
            _code(code),
            f"{whole.by_code[code]:,}",
            formats.share(whole.by_code[code] / total),
        )
        for code in Disposition.values
        if whole.by_code.get(code)
    ]
    rest = whole.by_code.get("", 0)
    if rest:
        rows.append((_("not tried yet"), "", f"{rest:,}", formats.share(rest / total)))
    return rows


def _code(text: str) -> SafeString:
    return format_html("<code>{}</code>", text)


def rates(whole: Part) -> list[Row]:
    """Every rate under its name in AAPOR's book, with what it says."""
    told = whole.rates
    said = (
        ("RR", told.response, _("response: interviews of all who could have been asked")),
        ("COOP", told.cooperation, _("cooperation: interviews of those who were met")),
        ("REF", told.refusal, _("refusal: of all who could have been asked")),
        ("CON", told.contact, _("contact: somebody was met")),
    )
    return [
        (words, _code(f"{name}1–{len(values)}"), " · ".join(rate(one) for one in values))
        for name, values, words in said
    ]


@dataclass(frozen=True)
class DistrictRow:
    """A district: interviews against the plan, and its rates."""

    path: str
    name: str
    planned: int
    part: Part
    free: int

    @property
    def done(self) -> float:
        return self.part.interviews / self.planned if self.planned else 0.0


def by_district(told: Progress) -> list[DistrictRow]:
    """Every district the reader supervises a part of; who is furthest behind first."""
    district, e = told.district, told.whole.rates.e
    parts = outcomes.parts(told.piles, lambda one: district.get(one.community), e)
    planned: Counter[str] = Counter()
    free: Counter[str] = Counter()
    for one in told.communities:
        planned[district[one.pk]] += one.interviews
    for pile in told.piles:
        if pile.interviewer is None:
            free[district[pile.community]] += pile.doors
    names = {row["path"]: row["name"] for row in told.of.sample.summary.get("districts", ())}
    rows = [
        DistrictRow(path, english.title(names.get(path, path)), planned[path], part, free[path])
        for path, part in parts.items()
    ]
    return sorted(rows, key=lambda one: (one.done, one.path))


def district_rows(rows: list[DistrictRow], of: Fieldwork) -> list[Row]:
    doors = reverse("survey-fieldwork-doors", args=[of.pk])
    return [
        (
            format_html('<a href="{}?district={}">{}</a>', doors, one.path, one.name),
            f"{one.part.interviews:,} / {one.planned:,}", rate(one.part.rates.response[2]),
            rate(one.part.rates.refusal[1]), rate(one.part.rates.contact[1]),
            f"{one.free:,}",
        )
        for one in rows
    ]  # fmt: skip


def interviewer_rows(told: Progress) -> list[Row]:
    """Every interviewer with doors here; who has the most left first."""
    parts = outcomes.parts(told.piles, lambda one: one.interviewer, told.whole.rates.e)
    names = queries.names_of(parts)
    ordered = sorted(parts.items(), key=lambda pair: pair[1].tried - pair[1].doors)
    return [
        (
            names.get(person, str(person)), f"{part.tried:,} / {part.doors:,}",
            f"{part.interviews:,}", rate(part.rates.cooperation[0]), rate(part.rates.refusal[1]),
            rate(part.rates.contact[1]),
        )
        for person, part in ordered
    ]  # fmt: skip


def on_the_map(rows: list[DistrictRow], of: Fieldwork) -> Map | None:
    """Districts by the share of their interviews that is held."""
    told: Mapping[str, DistrictRow] = {one.path: one for one in rows}
    city = crosswalk.boundaries(of.path.split(".")[0], on=of.sample.frame_on)
    areas = [
        Area(
            key=one.path, name=english.title(one.name), rings=one.rings,
            value=100 * told[one.path].done if one.path in told else None,
            words=formats.share(told[one.path].done) if one.path in told else "",
        )
        for one in city.outlines
    ]  # fmt: skip
    return choropleth(areas) if any(area.value is not None for area in areas) else None


def facts(of: Fieldwork, handles: bool) -> list[tuple[str, Any]]:
    return [
        followed.sample_of(of, handles),
        (_("Booklets"), of.booklets.title),
        (_("Fieldwork begins"), of.opens_on.isoformat()),
        (_("Fieldwork ends"), of.closes_on.isoformat()),
        (_("Seed"), str(of.seed)),
    ]
