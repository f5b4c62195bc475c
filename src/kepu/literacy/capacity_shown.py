"""The capacity index as pictures, lines and sentences: the same for officers and for everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions import english
from kepu.literacy.capacity import RESIDENTS, Capacity
from kepu.literacy.models import Round
from kepu.literacy.states import Joining, Normalising, Weighing
from kepu.literacy.statistics import Statistics
from kepu.ui import formats
from kepu.ui.cards import NumberTile
from kepu.ui.charts import Bar, Bars
from kepu.ui.maps import Area, Map, choropleth

Told = Mapping[str, Any]
VAGUE = 0.5  # a rank that may lie anywhere in this share of the places says little


@dataclass(frozen=True)
class Scale:
    """How scores are told: of 100, or in standard deviations."""

    scheme: Capacity

    @property
    def times(self) -> float:
        return 1 if self.scheme.normalising == Normalising.Z else 100

    def words(self, value: float) -> str:
        return formats.decimal(value * self.times, 2 if self.times == 1 else 1)


def rank_words(row: Told) -> str:
    """A rank is never told without where it may lie."""
    return _("%(rank)s (%(low)s to %(high)s)") % {
        "rank": row["rank"], "low": row["low"], "high": row["high"]
    }  # fmt: skip


def why_none(told: Told, scheme: Capacity) -> str:
    """Why a year has no index, and what to do about it."""
    few = ngettext(
        "An index compares at least %(n)s district of which every figure is known.",
        "An index compares at least %(n)s districts of which every figure is known.",
        scheme.fewest,
    )
    return {
        "no_scheme": _(
            "The rulebook “capacity index” names no indicator. A city officer issues a version "
            "that does."
        ),
        "few": few % {"n": scheme.fewest},
        "nothing_tells": _(
            "No indicator of the scheme is known in enough districts and differs between them. "
            "A city officer can choose others in the rulebook “capacity index”."
        ),
        "refused": _(
            "The figures of this year do not allow what the scheme asks for. A city officer can "
            "change the rulebook “capacity index”."
        ),
    }[told["why"]]


def tiles(told: Told) -> list[NumberTile]:
    """How many districts are judged, how unequal they are, and whether the judgements agree."""
    judged, others = len(told["districts"]), len(told["not_judged"])
    found = [
        NumberTile(
            _("Districts judged"), pgettext("districts", "%(n)s of %(of)s") % {
                "n": judged, "of": judged + others
            },
            note=_("the others are “not judged”, which is no zero") if others else "",
        )
    ]  # fmt: skip
    if told["inequality"]:
        first = told["inequality"][0]
        found.append(
            NumberTile(
                _("Gini of the score"),
                formats.decimal(first["gini"], 3),
                note=_("0: all residents alike"),
            )
        )
    if told["ratio"] is not None:
        found.append(
            NumberTile(
                _("Consistency ratio of the judgements"),
                formats.decimal(told["ratio"], 3),
                note=_("up to 0.1 is taken"),
            )
        )
    return found


def on_the_map(told: Told, scheme: Capacity, one: Round, day: date, href: str) -> Map | None:
    """Districts by score; hatched where the rank may lie in more than half of the places."""
    rows = {row["path"]: row for row in told["districts"]}
    others = {row["path"] for row in told["not_judged"]}
    city = crosswalk.boundaries(one.path.split(".")[0], on=day)
    order = {path: at for at, path in enumerate(rows)}
    shapes = [one for one in city.outlines if one.path in rows or one.path in others]
    areas = [
        _area(shape, rows.get(shape.path), len(rows), Scale(scheme), href)
        for shape in sorted(shapes, key=lambda shape: order.get(shape.path, len(order)))
    ]
    return choropleth(areas) if any(area.value is not None for area in areas) else None


def _area(shape: Any, row: Told | None, places: int, scale: Scale, href: str) -> Area:
    if row is None:
        return Area(shape.path, english.title(shape.name), shape.rings, words=_("not judged"))
    rank = _("rank %(rank)s") % {"rank": rank_words(row)}
    return Area(
        shape.path, english.title(shape.name), shape.rings, row["score"] * scale.times,
        href=f"{href}?district={shape.path}#parts",
        uncertain=row["high"] - row["low"] + 1 > VAGUE * places,
        words=f"{scale.words(row['score'])} · {rank}",
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line of the table: a district, its score, its rank, and what each group brings."""

    path: str
    name: str
    score: str
    rank: str
    parts: tuple[str, ...]


def groups(told: Told, scheme: Capacity) -> dict[str, str]:
    """Groups that count this year, by name."""
    counted = dict.fromkeys(one["group"] for one in told["indicators"])
    return {key: scheme.groups[key].title for key in counted}


def lines(told: Told, scheme: Capacity) -> list[Line]:
    """Districts in the order of their rank."""
    scale, counted = Scale(scheme), groups(told, scheme)
    return [
        Line(
            row["path"], english.title(row["name"]), scale.words(row["score"]), rank_words(row),
            tuple(scale.words(row["parts"][key]) for key in counted),
        )
        for row in told["districts"]
    ]  # fmt: skip


def parts(told: Told, scheme: Capacity, path: str) -> Bars:
    """What each group brings to the score of a district, beside the mean of those judged."""
    rows, scale = told["districts"], Scale(scheme)
    row = next((one for one in rows if one["path"] == path), rows[0])
    bars = []
    for key, title in groups(told, scheme).items():
        mean = sum(one["parts"][key] for one in rows) / len(rows)
        beside = _("mean of districts %(mean)s") % {"mean": scale.words(mean)}
        value = row["parts"][key]
        bars.append(Bar(title, value * scale.times, scale.words(value), margin=beside))
    said = {
        "name": english.title(row["name"]),
        "score": scale.words(row["score"]),
        "rank": rank_words(row),
    }
    apart = _("Each group by itself; the score is their weighted geometric mean")
    adds = scheme.joining == Joining.LINEAR
    return Bars(
        title=_("%(name)s: score %(score)s, rank %(rank)s") % said,
        source=scheme.name,
        uncertainty=_("The groups add up to the score") if adds else apart,
        bars=bars,
        label_head=_("Group"),
        value_head=_("Points of the score"),
    )


# --- inequality, and what is missing --------------------------------------------------------------


@dataclass(frozen=True)
class Unequal:
    """How unequal a figure is between residents of the districts, and what of it lies between regions."""

    what: str
    gini: str
    theil: str
    between: str


def inequality(told: Told, form: Statistics) -> list[Unequal]:
    return [
        Unequal(
            _("Score") if row["of"] == "score" else form.indicators[row["of"]].title,
            formats.decimal(row["gini"], 3), formats.decimal(row["theil"], 3), _between(row),
        )
        for row in told["inequality"]
    ]  # fmt: skip


def _between(row: Told) -> str:
    if row["between"] is None or not row["theil"]:
        return "–"
    share = formats.share(max(0.0, row["between"]) / row["theil"], places=0)
    return f"{formats.decimal(max(0.0, row['between']), 3)} ({share})"


def regions(told: Told, scheme: Capacity) -> list[str]:
    """Regions that the judged districts lie in."""
    found = dict.fromkeys(scheme.region_of(row["path"]) for row in told["districts"])
    return [scheme.regions[key].title for key in scheme.regions if key in found]


def not_judged(told: Told, form: Statistics) -> list[tuple[str, str]]:
    """Why districts are not judged, and which they are."""
    found: dict[str, list[str]] = {}
    for row in told["not_judged"]:
        found.setdefault(_why_not(row, form), []).append(english.title(row["name"]))
    return [(why, _(", ").join(names)) for why, names in found.items()]


def _why_not(row: Told, form: Statistics) -> str:
    if row["why"] == "no_people":
        return str(crosswalk.Unknown.again(row["detail"])) or _("residents not known")
    if row["why"] == "figures":
        return _("withheld or not filled: %(what)s") % {"what": _titles(row["keys"], form)}
    return {
        "not_asked": _("no unit was asked"),
        "no_return": _("no return of a unit is checked"),
    }[row["why"]]


def _titles(keys: Sequence[str], form: Statistics) -> str:
    return _(", ").join(form.indicators[key].title for key in keys)


def left_out(told: Told, form: Statistics) -> list[str]:
    """Indicators of the scheme that do not count this year, each with the reason."""
    return [f"{_title(row['key'], form)}{_(': ')}{_why_out(row)}" for row in told["left_out"]]


def _why_out(row: Told) -> str:
    if row["why"] == "same":
        return _("the same in every district compared")
    said = {"n": row["known"], "of": row["of"]}
    return _("known in %(n)s of %(of)s districts that reported") % said


def _title(key: str, form: Statistics) -> str:
    return form.indicators[key].title if key in form.indicators else key


# --- how it is made -------------------------------------------------------------------------------


def indicators(told: Told, scheme: Capacity, form: Statistics) -> Iterator[tuple[str, str, str]]:
    """Group, indicator with what it is divided by, and weight."""
    for one in told["indicators"]:
        group, key = scheme.groups[one["group"]].title, one["key"]
        yield group, _counted(key, scheme, form), formats.share(one["weight"])


def _counted(key: str, scheme: Capacity, form: Statistics) -> str:
    """An indicator as it counts: in what, over what, and which way is better."""
    how, unit = scheme.indicators[key], form.unit_of(key)
    per = {RESIDENTS: _("%(unit)s per 10,000 residents"), "": "%(unit)s"}.get(how.over)
    said = (per or _("%(unit)s per %(other)s of %(what)s")) % {
        "unit": unit,
        "other": form.unit_of(how.over) if not per else "",
        "what": form.indicators[how.over].title if not per else "",
    }
    falls = _("; less is better") if how.falling else ""
    return f"{form.indicators[key].title} ({said}{falls})"


def method(scheme: Capacity) -> list[str]:
    """What the scheme chose, in sentences."""
    said = [
        _("Made comparable: %(how)s.") % {"how": scheme.normalising.label},
        _("Weights: %(how)s.") % {"how": scheme.weighing.label},
        _("Joined: %(how)s.") % {"how": scheme.joining.label},
    ]
    if scheme.normalising == Normalising.MIN_MAX:
        least = _(
            "The least of the districts counts 0 and the most 1: years are not compared by it."
        )
        said.append(least)
    if scheme.weighing == Weighing.AHP:
        agree = _(
            "The judgements of groups stand in the rulebook; over a ratio of 0.1 none is taken."
        )
        said.append(agree)
    return said


# --- as a table -----------------------------------------------------------------------------------


def table(told: Told, scheme: Capacity, form: Statistics) -> tuple[list[str], list[list[Any]]]:
    """Judged districts with every figure behind them, then the others with the reason."""
    counted = groups(told, scheme)
    keys = [one["key"] for one in told["indicators"]]
    headers = [
        _("District"), _("Score"), _("Rank"), _("Rank from"), _("Rank to"),
        _("Residents of the 2020 census"), *counted.values(),
        *(_counted(key, scheme, form) for key in keys), _("Why it is not judged"),
    ]  # fmt: skip
    times = Scale(scheme).times
    rows = [
        [
            english.title(row["name"]), row["score"] * times, row["rank"], row["low"],
            row["high"], row["people"],
            *(row["parts"][key] * times for key in counted), *(row["values"][key] for key in keys), "",
        ]
        for row in told["districts"]
    ]  # fmt: skip
    none = [None] * (5 + len(counted) + len(keys))
    left = [[english.title(row["name"]), *none, _why_not(row, form)] for row in told["not_judged"]]
    return headers, rows + left
