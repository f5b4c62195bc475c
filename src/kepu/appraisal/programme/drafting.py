"""A programme while it is being written: plain data with the keys of the schema, right or not yet.

A section is a list of rows (classes, levels, questions ...) or one record (reviewing, notice ...). Keys
of rows are given here, so that nobody who writes a programme need think of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy
from pydantic import ValidationError

from kepu.appraisal.programme import schema
from kepu.appraisal.programme.conditions import Condition
from kepu.appraisal.programme.schema import Programme
from kepu.kernel import faults
from kepu.kernel.rulebooks import rows as reading
from kepu.kernel.rulebooks.registry import Rules

Draft = dict[str, Any]
Row = dict[str, Any]
GENERAL = "about"


@dataclass(frozen=True)
class Section:
    """A part of a programme on a page of its own. `letter` begins the keys of its rows."""

    key: str
    title: Promise | str
    about: Promise | str
    schema: type[Rules]
    letter: str = ""
    optional: bool = False

    @property
    def many(self) -> bool:
        return self.key in MANY


MANY = ("classes", "levels", "eligibility", "form", "evidence", "rubric", "checklist")
SECTIONS = {
    one.key: one
    for one in (
        Section(
            GENERAL, lazy("Who and what"),
            lazy("How the programme is called, where it comes from, who is judged and who decides"),
            Programme,
        ),
        Section(
            "classes", lazy("Classes"),
            lazy("Applications of one class are judged among themselves; none are needed"),
            schema.Class, "k",
        ),
        Section(
            "levels", lazy("Levels"), lazy("What is given, and from which score on"), schema.Grade, "l"
        ),
        Section(
            "form", pgettext_lazy("of a programme", "Form"),
            lazy("What applicants are asked; eligibility and measured points stand on the answers"),
            schema.Question, "q",
        ),
        Section(
            "eligibility", lazy("Eligibility"),
            lazy("Who misses one of these is told its words, and cannot hand in"),
            schema.Requirement,
        ),
        Section(
            "evidence", lazy("Evidence"), lazy("Files that are handed in"), schema.Exhibit, "e"
        ),
        Section(
            "rubric", lazy("Rubric"),
            lazy("What gives points: measured from an answer by bands, or judged by reviewers"),
            schema.Criterion, "c",
        ),
        Section(
            "nominating", lazy("Nomination"),
            lazy("Who puts others forward, where the programme is one for which one is put forward"),
            schema.Nominating,
        ),
        Section(
            "reviewing", lazy("Expert review"), lazy("How many reviewers, and what they may know"),
            schema.Reviewing, optional=True,
        ),
        Section(
            "inspection", lazy("Field inspection"),
            lazy("Who is visited before anything is proposed, by how many, announced or not"),
            schema.Inspection, optional=True,
        ),
        Section(
            "checklist", lazy("Checklist of the inspection"),
            lazy("What inspectors look at on the spot, count and photograph"),
            schema.Check, "i",
        ),
        Section(
            "panel", lazy("Panel"), lazy("The meeting that proposes, and how it votes"),
            schema.Panel, optional=True,
        ),
        Section(
            "ballot", lazy("Final vote"), lazy("Of a selection that ends with a vote"),
            schema.Ballot, optional=True,
        ),
        Section(
            "notice", lazy("Public notice"), lazy("How long, and how soon an objection is answered"),
            schema.Notice,
        ),
        Section("clocks", lazy("Clocks"), lazy("How long each step may take"), schema.Clocks),
        Section(
            "quota", lazy("How many are named at most"), lazy("Left empty, as many as deserve it"),
            schema.Quota,
        ),
        Section(
            "term", lazy("How long a title holds"), lazy("And what its holder owes in that time"),
            schema.Term,
        ),
    )
}  # fmt: skip
GENERAL_FIELDS = (
    "title", "title_en", "text", "subject", "decided_at", "recommended_at", "named_by",
    "nominated",
    "level_asked", "recognises",
)  # fmt: skip
WITH_CLASSES = ("eligibility", "form", "evidence", "rubric", "checklist")


@dataclass(frozen=True)
class Fault:
    """Something wrong: in which section, in which row of it (None: in none), and what to put right."""

    section: str
    row: int | None
    words: str


def rows(rules: Draft, section: str) -> list[Row]:
    """The rows of a section as they stand."""
    return list(rules.get(section) or [])


def record(rules: Draft, section: str) -> Row | None:
    """The one record of a section, None where an optional one is not used."""
    if section == GENERAL:
        return {name: rules[name] for name in GENERAL_FIELDS if name in rules}
    found = rules.get(section)
    return None if found is None else dict(found)


def with_record(rules: Draft, section: str, said: Row | None) -> Draft:
    """The draft with a section said anew."""
    if section == GENERAL:
        kept = {key: one for key, one in rules.items() if key not in GENERAL_FIELDS}
        return {**(said or {}), **kept}
    return {**rules, section: said}


def with_row(rules: Draft, section: str, at: int | None, said: Row) -> Draft:
    """The draft with a row said anew, or, `at` None, with one more."""
    found = rows(rules, section)
    if at is None:
        named = {"key": new_key(rules, section)} if SECTIONS[section].letter else {}
        found.append({**named, **said})
    else:
        named = {"key": found[at]["key"]} if "key" in found[at] else {}
        found[at] = {**named, **said}
    if section == "levels":  # the highest stands first, whoever types them
        found.sort(key=lambda one: -one.get("cut", 0))
    return {**rules, section: found}


def moved(rules: Draft, section: str, at: int, by: int) -> Draft:
    """The draft with a row further up (`by` -1) or down (1); at the end of the list it stays."""
    found = rows(rules, section)
    to = at + by
    if 0 <= to < len(found):
        found[at], found[to] = found[to], found[at]
    return {**rules, section: found}


def removed(rules: Draft, section: str, at: int) -> Draft:
    """The draft without a row."""
    return {
        **rules,
        section: [one for number, one in enumerate(rows(rules, section)) if number != at],
    }


def new_key(rules: Draft, section: str) -> str:
    """A key that no row of the section has."""
    letter = SECTIONS[section].letter
    pattern = re.compile(rf"{letter}(\d+)")
    taken = [pattern.fullmatch(str(one.get("key", ""))) for one in rows(rules, section)]
    return f"{letter}{max((int(one[1]) for one in taken if one), default=0) + 1}"


def most_points(rules: Draft) -> list[tuple[str, float]]:
    """For each class, or for all where there are none, the most points that its criteria add up to."""
    classes = [(one["key"], name_of(one)) for one in rows(rules, "classes")] or [("", "")]
    return [
        (
            name,
            sum(
                one.get("points") or 0
                for one in rows(rules, "rubric")
                if not one.get("classes") or key in one["classes"]
            ),
        )
        for key, name in classes
    ]


def why_not_remove(rules: Draft, section: str, at: int) -> str | None:
    """Nothing is removed that something else stands on."""
    row = rows(rules, section)[at]
    used = list(_users(rules, section, str(row.get("key", ""))))
    if not used:
        return None
    return _("“%(title)s” is used by: %(users)s. Change that first.") % {
        "title": name_of(row),
        "users": _(", ").join(used),
    }


def _users(rules: Draft, section: str, key: str) -> Iterator[str]:
    """Names of the rows that stand on the row of this key."""
    if section == "classes":
        for place in WITH_CLASSES:
            yield from (name_of(one) for one in rows(rules, place) if key in one.get("classes", []))
        if key in ((rules.get("quota") or {}).get("each_class") or {}):
            yield str(SECTIONS["quota"].title)
    if section == "rubric":
        found = rows(rules, "checklist")
        yield from (name_of(one) for one in found if one.get("criterion") == key)
    if section == "form":
        yield from (name_of(one) for one in rows(rules, "rubric") if one.get("measure") == key)
        yield from (
            name_of(one)
            for one in rows(rules, "eligibility")
            if key in _asked(one.get("needs") or {})
        )
        if rules.get("level_asked") == key:
            yield str(SECTIONS["levels"].title)


def _asked(needs: Mapping[str, Any]) -> set[str]:
    joined = [*(needs.get("all") or []), *(needs.get("any") or [])]
    return {str(needs.get("answer") or ""), *(key for one in joined for key in _asked(one))} - {""}


def name_of(row: Row) -> str:
    """How a row is called: by its name, or by the words of its rule."""
    return str(row.get("title") or row.get("text") or _("without a name"))


def faults_of(rules: Draft) -> list[Fault]:
    """Everything that keeps the draft from being issued, in the order of the sections."""
    try:
        Programme.model_validate(rules)
    except ValidationError as error:
        found = [_fault(one) for one in error.errors()]
        order = list(SECTIONS)
        return sorted(found, key=lambda one: (order.index(one.section), one.row or 0))
    return []


def _fault(error: Any) -> Fault:
    loc = error["loc"]
    section = loc[0] if loc and loc[0] in SECTIONS else GENERAL
    row = loc[1] if len(loc) > 1 and isinstance(loc[1], int) else None
    place = reading.place(Programme, loc).rsplit(" › ", 1)[-1] if loc else ""
    words = EMPTY.get(section) if error["type"] == "too_short" and row is None else None
    if error["type"] == "string_too_short":
        error = {**error, "type": "missing"}
    said = str(words or faults.sentence(error))
    named = place and error["type"] != "value_error" and not words
    return Fault(section, row, place + _(": ") + said if named else said)


EMPTY = {
    "levels": lazy("say at least one level that can be reached"),
    "rubric": lazy("say at least one criterion that gives points"),
}


def programme(rules: Draft) -> Programme | None:
    """The programme that the draft says, None while something is wrong with it."""
    try:
        return Programme.model_validate(rules)
    except ValidationError:
        return None


def plain(rules: Programme) -> Draft:
    """A programme as the data a draft begins with."""
    return rules.model_dump(mode="json", exclude_defaults=True)


def text(rules: Draft) -> str:
    """The draft as the text of a rulebook."""
    return yaml.safe_dump(
        plain(Programme.model_validate(rules)), allow_unicode=True, sort_keys=False, width=100
    )


def condition_in_words(needs: Mapping[str, Any], names: Mapping[str, object]) -> str:
    """A condition as a sentence, empty where it is none yet."""
    try:
        return Condition.model_validate(needs).told(names)
    except ValidationError:
        return ""
