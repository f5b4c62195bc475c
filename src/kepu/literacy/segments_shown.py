"""Segments of the public in a run as pictures and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.literacy.models import Run
from kepu.literacy.results_shown import cell_words, group_words, interval, level_words, percent
from kepu.ui.charts import Bar, Bars

SIZE = "size"
Row = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """Sizes and literate shares as pictures, and a table of answers and groups by segment."""

    names: list[str]
    sizes: Bars
    literate: Bars
    tables: list[tuple[str, list[list[str]]]]
    told: str


def of_run(run: Run) -> Shown | None:
    """The segments of a run; nothing where its plan asked for none."""
    record = run.record.get("segments")
    if not record:
        return None
    lines: list[Row] = record["lines"]
    sizes = [row for row in lines if row["table"] == SIZE]
    literate = [row for row in lines if row["table"] == run.level]
    names = [pgettext("segment", "Segment %(n)s") % {"n": row["segment"]} for row in sizes]
    marked = [
        f"{name} · {told}" if (told := _marks(marks)) else name
        for name, marks in zip(names, record["marks"], strict=True)
    ]
    level = _("%(level)s or above") % {"level": level_words(run, run.level)}
    return Shown(
        names,
        _bars(run, _("How large each segment is"), sizes, marked),
        _bars(run, _("Share of each segment: %(level)s") % {"level": level}, literate, names),
        _tables(lines, {SIZE, run.level}),
        _told(record),
    )


def question_words(question: str) -> str:
    """A question about how people meet science, by name."""
    names = {
        "tv": _("Television and radio"), "phone": _("Short videos and social media"),
        "venue": _("Science museums and the like"), "event": _("Kepu events"),
        "interest": _("Interest in science"), "trust": _("Trust in scientists"),
    }  # fmt: skip
    return str(names.get(question, group_words(question)))


def answer_words(answer: str) -> str:
    names = {
        "yes": pgettext("answer", "yes"), "no": pgettext("answer", "no"),
        "high": pgettext("answer", "high"), "some": pgettext("answer", "some"),
        "little": pgettext("answer", "little"),
    }  # fmt: skip
    return str(names.get(answer, cell_words(answer)))


def _marks(marks: list[tuple[str, str, float]]) -> str:
    """What sets a segment apart: answers given more or less often than by everybody."""
    said = []
    for question, answer, apart in marks:
        more = apart > 0
        words = _("more: %(what)s") if more else _("less: %(what)s")
        if answer == "no":
            words = _("less: %(what)s") if more else _("more: %(what)s")
        name = question_words(question)
        what = name if answer in ("yes", "no") else f"{name} ({answer_words(answer)})"
        said.append(words % {"what": what})
    return _(", ").join(said)


def _bars(run: Run, title: str, rows: list[Row], labels: list[str]) -> Bars:
    bars = [
        Bar(
            label=label,
            value=(row["estimate"] or 0.0) * 100,
            words=percent(row["estimate"]) or _("not published"),
            low=None if row["low"] is None else row["low"] * 100,
            high=None if row["high"] is None else row["high"] * 100,
            margin=interval(row),
        )
        for label, row in zip(labels, rows, strict=True)
    ]
    return Bars(
        title=title,
        source=run.title,
        uncertainty=_("The thin line is the interval"),
        bars=bars,
        label_head=pgettext("segment", "Segment"),
        value_head=_("Share"),
        unit="%",
    )


def _tables(lines: list[Row], apart: set[str]) -> list[tuple[str, list[list[str]]]]:
    """Of each question or group its cells, and their share in each segment."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in lines:
        if row["table"] not in apart:
            cells = found.setdefault(row["table"], {})
            cells.setdefault(row["cell"], []).append(percent(row["estimate"]) or "–")
    return [
        (question_words(table), [[answer_words(cell), *shares] for cell, shares in cells.items()])
        for table, cells in found.items()
    ]


def _told(record: Row) -> str:
    return _(
        "Weighted latent class model; %(how)s; entropy %(entropy)s (1: everybody's segment is sure); "
        "%(missing)s of the answers missing, taken as missing at random. Literate shares and groups "
        "are put right for wrong assignment (BCH)."
    ) % {
        "how": _how_many(record["models"]), "entropy": f"{record['entropy']:.2f}",
        "missing": percent(record["missing"]),
    }  # fmt: skip


def _how_many(models: list[Row]) -> str:
    taken = next(one for one in models if one["taken"])["segments"]
    if len(models) == 1:
        return _("%(n)s segments, as the plan says") % {"n": taken}
    most = max(one["segments"] for one in models)
    return _("%(n)s segments, chosen by BIC among 1 to %(most)s") % {"n": taken, "most": most}
