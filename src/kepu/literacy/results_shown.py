"""Results of a run as pictures and words: the same for officers who look them over and for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from kepu.kernel.divisions import english, outlines
from kepu.literacy.models import Run
from kepu.literacy.queries import runs as queries
from kepu.literacy.run.doubts import doubt
from kepu.ui import formats
from kepu.ui.cards import NumberTile
from kepu.ui.charts import Bar, Bars
from kepu.ui.maps import Area, Map, choropleth

Row = dict[str, Any]

CITY, AREA = "city", "area"
BELOW, ALONE = (
    "below all",
    " alone",
)  # how a run names who is in no level, and in one and none above
# An interval wider than this times its figure says little more than that there is one.
VAGUE = 1.0
MOST_ODD = 12  # codes that are named before results are published


def level_words(run: Run, level: str) -> str:
    """A level of the run's framework by name."""
    names = {"advanced": _("advanced"), "literate": _("literate"), "basic": _("basic")}
    own = run.record.get("scoring", {}).get("levels", {}).get(level, {})
    title = own.get("en" if (get_language() or "").startswith("en") else "zh")
    return str(names.get(level) or title or level)


def group_words(group: str) -> str:
    names = {
        "sex": _("Sex"), "age": _("Age"), "residence": _("Town and country"),
        "education": _("Schooling"), "occupation": _("Occupation"), "key": _("Key groups"),
    }  # fmt: skip
    return str(names.get(group, group))


def cell_words(cell: str) -> str:
    names = {
        "male": _("men"), "female": _("women"), "urban": _("town"), "rural": _("country"),
        "primary": _("primary school or less"), "junior": _("junior middle school"),
        "senior": _("senior middle school"), "college": _("college or more"),
        "young": pgettext("key group", "young people"), "farmers": _("farmers"),
        "workers": _("industrial workers"),
        "older": _("older people"), "officials": _("officials and civil servants"),
    }  # fmt: skip
    return str(names.get(cell, cell))


def first(run: Run) -> Row:
    """The figure that everybody asks for: the city's share of the run's level."""
    return _one(run, CITY, f"{run.level} or above")


def headline(run: Run) -> NumberTile:
    """The first figure with its interval."""
    row = first(run)
    label = _("Citizens who are %(level)s or above") % {"level": level_words(run, run.level)}
    level = run.record["interval"]
    told = _("%(level)s interval: %(interval)s") % {
        "level": f"{level:.0%}",
        "interval": interval(row),
    }
    return NumberTile(label, percent(row["estimate"], 2), note=told)


def tiles(run: Run) -> list[NumberTile]:
    """The first figure, how sure it is, and how many answered."""
    drawn, answered = run.record["drawn"], run.record["answered"]
    said = _("of %(drawn)s people drawn") % {"drawn": f"{drawn:,}"}
    return [
        headline(run),
        NumberTile(_("Standard error"), percent(first(run)["se"], 2)),
        NumberTile(_("Answers"), f"{answered:,}", note=f"{said} ({percent(answered / drawn)})"),
        *_combined(run),
    ]


def _combined(run: Run) -> list[NumberTile]:
    """The first figure by homes and volunteers together, where people were asked online too."""
    row = run.record.get("combined")
    if not row or row["estimate"] is None:
        return []
    told = _("%(share)s of it from volunteers online; interval: %(interval)s") % {
        "share": percent(row["share"]),
        "interval": interval(row),
    }
    return [NumberTile(_("Homes and online together"), percent(row["estimate"], 2), note=told)]


def percent(value: float | None, places: int = 1) -> str:
    return formats.share(value, places=places) if value is not None else ""


def probability(value: float) -> str:
    """A probability; what is nearly certain, or nearly out of the question, is not called so."""
    if value < 0.01:
        return _("under 1%")
    return _("over 99%") if value > 0.99 else percent(value, 0)


def interval(row: Row, low: str = "low", high: str = "high") -> str:
    """From where to where the figure may lie."""
    if row[low] is None or row[high] is None:
        return ""
    return _("%(low)s to %(high)s") % {"low": percent(row[low]), "high": percent(row[high])}


def _unbroken(words: str) -> str:
    """In one line, wherever there is room for it."""
    return words.replace(" ", "\u00a0")


def levels(run: Run) -> Bars:
    """The share of each level and those above it."""
    rows = [row for row in run.figures if row["table"] == CITY and "or above" in row["measure"]]
    bars = [
        _bar(_("%(level)s or above") % {"level": level_words(run, row["measure"].split()[0])}, row)
        for row in rows
    ]
    return _bars(run, _("Levels of science literacy"), bars, _("Level"))


def bands(run: Run) -> Bars | None:
    """The share of each level alone: everybody is in one of them, and they add up to all."""
    rows = [row for row in run.figures if row["table"] == CITY and _is_band(row["measure"])]
    if not rows:
        return None
    lowest = [row["measure"].split()[0] for row in rows if row["measure"] != BELOW][-1]
    below = _("below %(level)s") % {"level": level_words(run, lowest)}
    alone = _("%(level)s (this level alone)")
    bars = [
        _bar(
            below
            if row["measure"] == BELOW
            else alone % {"level": level_words(run, row["measure"].split()[0])},
            row,
        )
        for row in rows
    ]
    return _bars(run, _("Each citizen counted in one level"), bars, _("Level"))


def _is_band(measure: str) -> bool:
    return measure == BELOW or measure.endswith(ALONE)


def groups(run: Run) -> list[Bars]:
    """A picture for each breakdown; a cell too small to be published is left out."""
    found: dict[str, list[Bar]] = {}
    for row in run.figures:
        if row["table"] not in (CITY, AREA) and row["estimate"] is not None:
            found.setdefault(row["table"], []).append(_bar(cell_words(row["cell"]), row))
    return [_bars(run, group_words(key), bars, group_words(key)) for key, bars in found.items()]


def withheld(run: Run) -> int:
    """How many cells rest on too few people to be shown."""
    return sum(bool(row["withheld"]) for row in run.figures)


def facts_to_publish(run: Run, agreement: str) -> list[tuple[str, str]]:
    """What an officer looks at once more before everybody reads it."""
    drawn, answered = run.record["drawn"], run.record["answered"]
    return [
        (_("Year"), str(run.year)),
        (_("Framework"), format_html("<code>{}</code>", run.framework)),
        (_("Answers"), f"{answered:,} ({percent(answered / drawn)})"),
        (_("Not published"), str(withheld(run))),
        (_("Districts"), str(len(run.districts))),
        (_("Agrees with R survey"), agreement),
    ]


def to_be_known(run: Run) -> list[str]:
    """What may be a reason not to publish yet."""
    found = []
    if run.synthetic:
        found.append(
            _("The people and their answers are invented; that is said wherever it is shown.")
        )
    if not run.record.get("agreement"):
        found.append(_("R did not find these figures again: it was not asked."))
    if odd := run.record.get("odd"):
        found.append(
            _("Hardly anybody has these codes; they may be slips of the pen: %(codes)s")
            % {"codes": "; ".join(f"{one['column']} {one['code']}" for one in odd[:MOST_ODD])}
        )
    if queries.of_the_year(run).exists():
        found.append(_("Other results of this year are published already; both will stand."))
    return found


def on_the_map(run: Run) -> Map | None:
    """Districts by the model's figure, the paler the less sure; hatched where the interval is wider than
    the figure itself, or nobody answered and the model alone speaks.
    """
    if not run.districts:
        return None
    shapes = outlines.of_province(run.districts[0]["code"][:2])
    areas = [
        Area(
            key=row["code"],
            name=english.title(row["name"]),
            rings=shapes[row["code"]],
            value=row["model"] * 100,
            uncertain=not row["n"] or row["model_high"] - row["model_low"] > VAGUE * row["model"],
            doubt=doubt(row["model_low"], row["model_high"]),
            words=f"{percent(row['model'])} ({_unbroken(interval(row, 'model_low', 'model_high'))})",
        )
        for row in run.districts
        if row["code"] in shapes
    ]
    return choropleth(areas) if areas else None


def places(run: Run) -> list[tuple[str, str, str, str, str]]:
    """Districts with their own figure, that of the model, its interval and the places it may have."""
    return [
        (
            english.title(row["name"]),
            percent(row["direct"]) or _why_none(row),
            percent(row["model"]),
            interval(row, "model_low", "model_high"),
            pgettext("ranks", "%(low)s to %(high)s")
            % {"low": int(row["place_low"]), "high": int(row["place_high"])},
        )
        for row in run.districts
    ]


def _why_none(row: Row) -> str:
    if not row["n"]:
        return _("nobody answered: the model alone")
    return _("too few people asked") if row["withheld"] else "–"


def brought(run: Run) -> str:
    """By how much districts were moved to meet the city's figure, and that their intervals know of it."""
    told = run.record.get("areas")
    if not told:
        return ""
    alone = _(
        "Districts and ranks rest on home visits alone: volunteers of one district are too few to tell its "
        "own bias from chance."
    )
    words = _(
        "Figures of districts were brought to the city's, by %(moved)s percentage points in the mean; "
        "intervals and ranks count the error of that step."
    )
    said = words % {"moved": f"{told['moved'] * 100:+.2f}"}
    return f"{said} {alone}" if run.record.get("combined") else said


def _one(run: Run, table: str, measure: str) -> Row:
    return next(r for r in run.figures if r["table"] == table and r["measure"] == measure)


def _bar(label: str, row: Row) -> Bar:
    known = row["estimate"] is not None
    return Bar(
        label=label,
        value=row["estimate"] * 100 if known else 0.0,
        words=percent(row["estimate"]) if known else _("not published"),
        low=row["low"] * 100 if row["low"] is not None else None,
        high=row["high"] * 100 if row["high"] is not None else None,
        margin=interval(row),
    )


def _bars(run: Run, title: str, bars: Iterable[Bar], head: str) -> Bars:
    return Bars(
        title=title,
        source=run.title,
        uncertainty=_("The thin line is the interval"),
        bars=list(bars),
        label_head=head,
        value_head=_("Share"),
        unit="%",
    )
