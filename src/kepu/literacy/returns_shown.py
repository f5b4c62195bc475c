"""A round of the kepu statistics as pictures and words: the same for officers and for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions import english
from kepu.literacy import national
from kepu.literacy.cross_checks import amount
from kepu.literacy.models import Round
from kepu.literacy.statistics import Section, Statistics
from kepu.ui import formats
from kepu.ui.cards import NumberTile
from kepu.ui.maps import Area, Map, choropleth

Told = Mapping[str, Any]
TONES = {
    "above": "success", "rises": "information", "below": "danger", "falls": "warning",
    "unknown": "plain",
}  # fmt: skip


def verdict_words(verdict: str) -> str:
    """How the growth rule stands, in words."""
    return {
        "above": _("faster than revenue"),
        "below": _("not faster than revenue"),
        "rises": _("rises; revenue is not stated"),
        "falls": _("does not rise; revenue is not stated"),
        "unknown": "",
    }[verdict]


def coverage(row: Told) -> str:
    """How many units of how many stand behind a figure."""
    return pgettext("units", "%(n)s of %(of)s") % {"n": row["counted"], "of": row["asked"]}


def yuan(value: str | Decimal | None) -> str:
    if value is None:
        return "–"
    return _("%(amount)s yuan") % {"amount": formats.decimal(Decimal(value), 2)}


def percent(value: float | None) -> str:
    return "–" if value is None else formats.share(value / 100)


def tiles(told: Told, rules: Statistics, year: int) -> list[NumberTile]:
    """The three figures that everybody asks for."""
    total = told["total"]
    return [
        NumberTile(_("Special funds per head"), _funds(total), note=_beside(total, year)),
        NumberTile(
            _("Growth of government funds"), percent(total["growth"]),
            note=_("of %(n)s units counted in both years") % {"n": total["compared"]},
        ),
        NumberTile(
            _("Units counted"), coverage(total), note=formats.share(_share(total)) + _(" of those asked")
        ),
    ]  # fmt: skip


def _lacks_units(total: Told) -> bool:
    return total["per_head"] is not None and total["counted"] < total["asked"]


def _funds(total: Told) -> str:
    """While units are missing, what they spend comes on top."""
    words = _("at least %(amount)s") if _lacks_units(total) else "%(amount)s"
    return words % {"amount": yuan(total["per_head"])}


def _beside(total: Told, year: int) -> str:
    """The country's figure; a lower bound does not stand beside it."""
    if _lacks_units(total):
        return _(
            "a lower bound: funds of %(coverage)s units, over all residents; it cannot be compared with "
            "other places or the country"
        ) % {"coverage": coverage(total)}
    if country := national.nearest("fund_percap", year):
        told = {"year": country.year, "amount": yuan(country.value)}
        return _("the country in %(year)s: %(amount)s") % told
    return ""


def _share(row: Told) -> float:
    return row["counted"] / row["asked"] if row["asked"] else 0.0


def on_the_map(told: Told, one: Round, day: date) -> Map | None:
    """Districts by special funds per head; hatched where fewer than half of the units are counted."""
    rows = {row["path"]: row for row in told["rows"]}
    city = crosswalk.boundaries(one.path.split(".")[0], on=day)
    areas = [
        Area(
            key=shape.path,
            name=english.title(shape.name),
            rings=shape.rings,
            value=_number(rows[shape.path]["per_head"]),
            uncertain=_share(rows[shape.path]) < 0.5 and rows[shape.path]["per_head"] is not None,
            words=_words(rows[shape.path]),
        )
        for shape in city.outlines
        if shape.path in rows
    ]
    return choropleth(areas, places=2) if any(area.value is not None for area in areas) else None


def _number(value: str | None) -> float | None:
    return None if value is None else float(value)


def _words(row: Told) -> str:
    if row["per_head"] is None:
        return _why_none(row)
    units = _("%(coverage)s units") % {"coverage": coverage(row)}
    return f"{yuan(row['per_head'])} ({units})"


def _why_none(row: Told) -> str:
    if row["people"] is None:
        return _("residents not known")
    return _("no unit counted") if not row["counted"] else _("withheld or not filled")


@dataclass(frozen=True)
class District:
    """A line of the table of districts."""

    name: str
    coverage: str
    per_head: str
    growth: str
    verdict: str
    tone: str
    path: str


def _name(row: Told, told: Told) -> str:
    """In the reader's language: a year is kept with the words of whoever published it."""
    own = row["path"] == told["total"]["path"] and row is not told["total"]
    return _("units of the city itself") if own else english.title(str(row["name"]))


def districts(told: Told) -> list[District]:
    """Every district that was asked, and the whole last."""
    asked = [row for row in told["rows"] if row["asked"]]
    return [
        District(
            _name(row, told), coverage(row),
            _why_none(row) if row["per_head"] is None else yuan(row["per_head"]),
            percent(row["growth"]), verdict_words(row["verdict"]), TONES[row["verdict"]], row["path"],
        )
        for row in [*asked, told["total"]]
    ]  # fmt: skip


@dataclass(frozen=True)
class Line:
    """An indicator: the city's figure, and the country's beside it."""

    title: str
    unit: str
    value: str
    national: str
    verified: bool


def sections(told: Told, rules: Statistics, year: int) -> list[tuple[str, list[Line]]]:
    """What the form asked for, added up, section by section."""
    values = told["total"]["values"]
    found = []
    for part in rules.sections.values():
        lines = [
            Line(
                one.title, rules.unit_of(key),
                amount(Decimal(values[key])) if values.get(key) is not None else "–",
                _country(key, year), one.verified,
            )
            for key, one in part.indicators.items()
            if key in rules.counted
        ]  # fmt: skip
        lines += _measured(told, part, rules, year)
        if lines:
            found.append((part.title, lines))
    return found


def _measured(told: Told, part: Section, rules: Statistics, year: int) -> list[Line]:
    """The share of literate citizens as a published survey says, where the year knows of one."""
    share, one = told.get("literacy") or {}, part.indicators.get("csl")
    if one is None or not share:
        return []
    limits = _("published survey; interval %(low)s to %(high)s") % {
        "low": share["low"] or "–", "high": share["high"] or "–"
    }  # fmt: skip
    beside = "; ".join(words for words in (limits, _country("csl", year)) if words)
    return [Line(one.title, rules.unit_of("csl"), share["csl"], beside, one.verified)]


def _country(key: str, year: int) -> str:
    known = national.nearest(key, year)
    if known is None:
        return ""
    return _("the country in %(year)s: %(amount)s") % {
        "year": known.year, "amount": amount(known.value)
    }  # fmt: skip


def sources(rules: Statistics, year: int) -> list[str]:
    """Where the national values that stand on the page come from."""
    codes = {
        known.source
        for key in (*rules.counted, "fund_percap")
        if (known := national.nearest(key, year)) is not None
    }
    return [rules.sources[code] for code in sorted(codes) if code in rules.sources]


def without_people(told: Told) -> list[str]:
    """Districts whose residents are not known, with the reason."""
    rows = [row for row in told["rows"] if row["people"] is None and row["counted"]]
    reasons = [
        (english.title(row["name"]), crosswalk.Unknown.again(row["why_no_people"])) for row in rows
    ]
    return [f"{name}{_(': ')}{reason}" for name, reason in reasons if reason]


def called(rule: str) -> str:
    """A form or a rule: the shipped examples by what they are, what a city enacted by its own name."""
    examples = {
        "kepu-statistics-example": _("example form"), "kepu-cells-example": _("example rule"),
    }  # fmt: skip
    return examples.get(rule, rule)
