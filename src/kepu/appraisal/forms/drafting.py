"""Pages on which a programme is written: a form for each section, made of the schema itself."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import Any, Union, get_args, get_origin

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.forms.conditions import ConditionFields
from kepu.appraisal.programme import drafting
from kepu.appraisal.programme.drafting import Draft, Row, Section
from kepu.appraisal.programme.facts import FACTS
from kepu.appraisal.programme.schema import Asked, Programme
from kepu.kernel.days import DayField
from kepu.kernel.rulebooks import rows as reading
from kepu.people.states import Track

Choices = Sequence[tuple[str, Any]]
NONE = ("", lazy("none"))
LONG = 150  # characters; what may be longer is typed in a box of several lines
CLASS = "each_class_"
HELP = {
    "text": lazy("Everybody reads this"),
    "choices": lazy("One choice a line; for a question with choices only"),
    "cites": lazy("One a line, such as: GB/T 45952-2025"),
    "longest": lazy("For words and lists"),
    "entries": lazy("For lists and budgets"),
    "bands": lazy(
        "One band a line, such as “300 = 10”: from 300 on, 10 points. None where people judge"
    ),
    "measure": lazy("None where people judge it"),
    "rubric.least": lazy("0: nothing is a must"),
    "report_due": lazy("Month and day, such as 03-31; empty: no report is asked"),
    "unit": lazy("Such as: days, m², %"),
    "classes": lazy("None ticked: of all classes"),
    "panel.quorum": lazy("Of the members of the panel"),
    "elected": lazy("None chosen: the highest level"),
    "part": lazy("Items with the same heading stand together"),
    "reach": lazy("For a number that is a must only"),
    "checklist.text": lazy("Inspectors read this on the spot"),
    "checklist.choices": lazy("One choice a line; for an item with choices only"),
    "percent": lazy("100: all. Less: drawn by lot from the published seed of the call"),
}


@dataclass(frozen=True)
class Known:
    """What pull-downs list: the draft itself, programmes of the city by code, fields of experts by key."""

    rules: Draft
    programmes: Choices = ()
    fields: Choices = field(default_factory=tuple)

    def rows(self, section: str, *kinds: str) -> list[tuple[str, str]]:
        """Rows of a section with a key, questions of some kinds only."""
        found = drafting.rows(self.rules, section)
        return [
            (str(one["key"]), drafting.name_of(one))
            for one in found
            if "key" in one and (not kinds or one.get("kind") in kinds)
        ]


class SectionForm(forms.Form):
    """One record or row. `said()` of a valid form is what the draft keeps."""

    def __init__(
        self, section: Section, known: Known, row: Row | None, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data)
        self.section, self.known, self.row = section, known, row or {}
        self.condition: ConditionFields | None = None
        if section.optional:
            self.fields["used"] = forms.BooleanField(
                label=lazy("This programme has it"), required=False, initial=row is not None
            )
        for name in names(section):
            self._add(name)
        if section.optional and data is not None and not data.get("used"):
            for one in self.fields.values():
                one.required = False

    def _add(self, name: str) -> None:
        if name == "needs":
            self.condition = ConditionFields(self.known.rules, self.known.programmes)
            self.fields.update(self.condition.fields(self.row.get("needs")))
        elif name == "each_class":
            said = self.row.get("each_class") or {}
            for key, title in self.known.rows("classes"):
                label = _("Of the class “%(title)s”") % {"title": title}
                self.fields[CLASS + key] = forms.IntegerField(
                    label=label, min_value=0, required=False, initial=said.get(key)
                )
        elif made := field_of(self.section, name, self.known):
            made.initial = self.row.get(name, _default(self.section, name))
            of_section = HELP.get(f"{self.section.key}.{name}", "")
            made.help_text = made.help_text or of_section or HELP.get(name, "")
            self.fields[name] = made
            _list_what_stands(made)

    def clean(self) -> dict[str, Any]:
        """What belongs together is said together."""
        data = super().clean() or {}
        if self.section.key in ("form", "checklist") and data.get("kind"):
            choice = data["kind"] == Asked.CHOICE
            if choice and not data.get("choices"):
                self.add_error("choices", _("write the choices, one a line"))
            if not choice:
                data["choices"] = []
        if self.section.key == "rubric":
            self._clean_criterion(data)
        if self.condition is not None and not self.errors:
            needs, faults = self.condition.read(data, self.row.get("needs"))
            for name, words in faults:
                self.add_error(name, words)
            data["needs"] = needs
        return data

    def _clean_criterion(self, data: dict[str, Any]) -> None:
        bands, points = data.get("bands") or [], data.get("points") or 0
        if data.get("measure") and not bands:
            self.add_error("bands", _("write the bands, one a line"))
        if bands and not data.get("measure"):
            self.add_error("measure", _("choose which answer the bands measure"))
        if any(one["points"] > points for one in bands):
            self.add_error("bands", _("no band gives more than the points of the criterion"))
        if (data.get("least") or 0) > points:
            self.add_error("least", _("no more than the points of the criterion"))

    def said(self) -> Row | None:
        """The record in the words of the schema; None where an optional one is not used."""
        data = self.cleaned_data
        if self.section.optional and not data.get("used"):
            return None
        row = {
            # what has no control, for want of anything to choose from, stays as it is
            name: _plain(data[name]) if name in data else self.row.get(name)
            for name in names(self.section)
        }
        if "each_class" in names(self.section):
            found = {one: data.get(CLASS + one) for one, _title in self.known.rows("classes")}
            row["each_class"] = {key: one for key, one in found.items() if one is not None}
        return {name: one for name, one in row.items() if one is not None and one != ""}


def names(section: Section) -> list[str]:
    """The fields of a section, in the order of the schema."""
    if section.key == drafting.GENERAL:
        return list(drafting.GENERAL_FIELDS)
    return [name for name in section.schema.model_fields if name != "key"]


def _default(section: Section, name: str) -> Any:
    info = section.schema.model_fields[name]
    return None if info.is_required() else info.get_default(call_default_factory=True)


def _plain(value: Any) -> Any:
    """As it stands in the draft: whole numbers without a point, choices by their value."""
    if isinstance(value, Enum):
        return value.value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _list_what_stands(made: forms.Field) -> None:
    """What was said once can be kept, though the list has it no more, as a field that was retired."""
    if not isinstance(made, forms.ChoiceField) or made.initial in (None, ""):
        return
    stands = made.initial if isinstance(made.initial, list) else [made.prepare_value(made.initial)]
    choices: Any = made.choices
    listed = [(str(value), label) for value, label in choices]
    known = dict(listed)
    made.choices = [*listed, *((one, one) for one in stands if str(one) not in known)]


# --- one field of a schema ------------------------------------------------------------------------


def field_of(section: Section, name: str, known: Known) -> forms.Field | None:
    """The control of one field; None where there is nothing to choose from."""
    made = OWN[name](known) if name in OWN else _generic(section, name)
    if made is None:
        return None
    told = reading.told(section.schema, name)
    said = {"question": told.label, "unit": told.unit}
    made.label = _("%(question)s (%(unit)s)") % said if told.unit else str(told.label)
    needed = section.schema.model_fields[name].is_required()
    made.required = needed and not isinstance(made, forms.BooleanField)
    return made


def _generic(section: Section, name: str) -> forms.Field:
    info = section.schema.model_fields[name]
    kind, bounds = _kind(info.annotation), _bounds(info.metadata)
    if kind is bool:
        return forms.BooleanField()
    if isinstance(kind, type) and issubclass(kind, Enum):
        optional = [] if info.is_required() else [NONE]
        return forms.ChoiceField(choices=[*optional, *((one.value, _label(one)) for one in kind)])
    if kind is int:
        return forms.IntegerField(min_value=bounds.get("ge"), max_value=bounds.get("le"))
    if kind is float:
        least = bounds.get("ge", 0.01 if "gt" in bounds else None)
        return forms.FloatField(min_value=least, max_value=bounds.get("le"))
    if get_origin(kind) is list:
        return _listed(get_args(kind)[0])
    longest = bounds.get("max_length", 1000)
    widget = forms.Textarea(attrs={"rows": 3}) if longest > LONG else forms.TextInput()
    return forms.CharField(max_length=longest, widget=widget)


def _kind(annotation: Any) -> Any:
    """The type without `| None`."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next(one for one in get_args(annotation) if one is not type(None))
    return annotation


def _bounds(metadata: Sequence[Any]) -> dict[str, Any]:
    known = ("ge", "le", "gt", "max_length")
    return {name: getattr(one, name) for one in metadata for name in known if hasattr(one, name)}


def _label(one: Enum) -> Any:
    return getattr(one, "label", str(one.value).upper())


def _listed(inner: Any) -> forms.Field:
    if isinstance(inner, type) and issubclass(inner, Enum):
        choices = [(one.value, _label(one)) for one in inner]
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)
    return LinesField()


class LinesField(forms.CharField):
    """Several words, one a line; cleaned to a list."""

    widget = forms.Textarea(attrs={"rows": 4})

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class BandsField(LinesField):
    """Bands as lines “from = points”; cleaned to rows, the highest first."""

    def clean(self, value: Any) -> Any:
        found = [self._band(line) for line in super().clean(value)]
        found.sort(key=lambda one: -one["least"])
        for higher, lower in pairwise(found):
            if higher["least"] == lower["least"] or higher["points"] < lower["points"]:
                raise forms.ValidationError(
                    _("who reaches more has no fewer points, and no line twice")
                )
        return found

    def _band(self, line: str) -> dict[str, Any]:
        least, _equals, points = line.replace("＝", "=").replace("：", "=").partition("=")
        try:
            return {"least": _plain(float(least)), "points": _plain(float(points))}
        except ValueError as error:
            words = _("“%(line)s” is no band; write such as “300 = 10”") % {"line": line}
            raise forms.ValidationError(words) from error

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            value = [f"{one['least']:.15g} = {one['points']:.15g}" for one in value]
        return super().prepare_value(value)


SHARES = (
    (0.5, lazy("half")),
    (0.5001, lazy("more than half")),
    (0.6, lazy("three fifths")),
    (0.6666, lazy("two thirds")),
    (0.75, lazy("three quarters")),
    (0.8, lazy("four fifths")),
    (1.0, lazy("all")),
)


class ShareField(forms.TypedChoiceField):
    """A share as people say it."""

    def __init__(self) -> None:
        choices = [("", lazy("Please choose")), *((f"{one:g}", words) for one, words in SHARES)]
        super().__init__(choices=choices, coerce=float)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:g}" if isinstance(value, int | float) else value


class DueField(forms.CharField):
    """A day of every year as month and day."""

    def clean(self, value: Any) -> Any:
        told = str(super().clean(value))
        if told:
            try:
                DayField().clean(f"2001-{told}")
            except forms.ValidationError as error:
                words = _("a month and a day that every year has, such as 03-31")
                raise forms.ValidationError(words) from error
        return told


def _boxes(choices: Choices) -> forms.Field | None:
    if not choices:
        return None
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)


def _select(choices: Choices) -> forms.Field:
    return forms.ChoiceField(choices=[NONE, *choices])


def _classes(known: Known) -> forms.Field | None:
    return _boxes(known.rows("classes"))


COUNTED = (Asked.NUMBER, Asked.LINES, Asked.AMOUNTS)
OWN: dict[str, Callable[[Known], forms.Field | None]] = {
    "classes": _classes,
    "fields": lambda known: _boxes(known.fields),
    "tracks": lambda _known: _boxes(Track.choices),
    "recognises": lambda known: _boxes(known.programmes),
    "measure": lambda known: _select(known.rows("form", *COUNTED)),
    "criterion": lambda known: _select(known.rows("rubric")),
    "level_asked": lambda known: _select(known.rows("form", Asked.CHOICE)),
    "fact": lambda _known: _select(list(FACTS.items())),
    "bands": lambda _known: BandsField(),
    "elected": lambda known: _select(known.rows("levels")),
    "quorum": lambda _known: ShareField(),
    "majority": lambda _known: ShareField(),
    "report_due": lambda _known: DueField(max_length=5),
}


class BeginForm(forms.Form):
    """From which programme to begin, and whether it becomes one of its own."""

    copied_from = forms.ChoiceField(label=lazy("Begin from a copy of"))
    kind = forms.ChoiceField(
        label=lazy("What it becomes"), widget=forms.RadioSelect, initial="new",
        choices=[("new", lazy("a new programme")), ("next", lazy("the next version of the same one"))],
    )  # fmt: skip
    title = forms.CharField(
        label=lazy("Name of the new programme"), max_length=80, required=False,
        help_text=lazy("A new programme needs it; the next version keeps its own"),
    )  # fmt: skip
    code = forms.CharField(
        label=lazy("Short name in Latin letters"), max_length=30, required=False,
        help_text=lazy(
            "A new programme needs it. It stands in addresses and numbers of certificates, and stays"
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, programmes: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["copied_from"].choices = programmes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A new programme has a name and a short one."""
        data = super().clean() or {}
        for name in ("title", "code"):
            if data.get("kind") == "next":
                data[name] = ""
            elif not data.get(name) and name not in self.errors:
                self.add_error(name, _("a new programme needs it"))
        return data


class IssueForm(forms.Form):
    """From which day on it holds."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    effective_from = DayField(label=lazy("Takes effect on"))


class LookForm(forms.Form):
    """For which class a preview is shown."""

    klass = forms.ChoiceField(label=lazy("Class"), required=False)

    def __init__(self, *args: Any, programme: Programme, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["klass"].choices = [(one.key, str(one)) for one in programme.classes]  # type: ignore[attr-defined]
