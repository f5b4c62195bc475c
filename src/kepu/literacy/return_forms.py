"""The shape of what is typed about statistical returns and their rounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.divisions import queries as divisions
from kepu.literacy.actions.returns import MOST_WORDS
from kepu.literacy.cross_checks import Finding, amount
from kepu.literacy.queries import rounds
from kepu.literacy.states import ReturnState
from kepu.literacy.statistics import Indicator, Section, Statistics

REMARK, WHY = "remark-", "why-"


class ReturnListForm(forms.Form):
    """How the list of returns is narrowed; sent by GET. Only districts whose units are asked."""

    q = forms.CharField(label=lazy("Name of the unit"), required=False, max_length=60)
    year = forms.IntegerField(label=lazy("Year"), required=False, min_value=2000, max_value=2100)
    state = forms.ChoiceField(
        label=lazy("State"), required=False, choices=[("", lazy("all")), *ReturnState.choices]
    )
    district = forms.ChoiceField(label=lazy("District"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("everywhere")), *divisions.districts_by_city(rounds.places())]
        self.fields["district"].choices = choices  # type: ignore[attr-defined]


class FilledTableForm(forms.Form):
    table = forms.FileField(
        label=lazy("Spreadsheet"), help_text=lazy("XLSX or CSV, at most 20,000 rows and 8 MB")
    )


class RoundForm(forms.Form):
    """Which year, and how long units have."""

    year = forms.IntegerField(
        label=lazy("Year"), min_value=2004, max_value=2100,
        help_text=lazy("The calendar year that is reported; stocks are those of 31 December."),
    )  # fmt: skip
    days = forms.IntegerField(
        label=lazy("Working days until the deadline"), min_value=1, max_value=120
    )


class RevenueForm(forms.Form):
    """By how much recurrent revenue grew, and who says so."""

    growth = forms.DecimalField(
        label=lazy("Growth of recurrent revenue (%)"), min_value=-100, max_value=1000,
        max_digits=6, decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip
    source = forms.CharField(
        label=lazy("Source"),
        max_length=200,
        help_text=lazy("Such as the final accounts of the year"),
    )


class FillForm(forms.Form):
    """One section of the form: a field for each figure, and one for each thing to be explained.

    Everything may stay empty: a draft is kept as it is.
    """

    rest_zero = forms.BooleanField(label=lazy("Write 0 in all fields left empty"), required=False)

    def __init__(
        self, *args: Any, rules: Statistics, section: Section, last: Mapping[str, Decimal],
        sources: Mapping[str, str] | None = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.rules, self.last, self.sources = rules, last, sources or {}
        asked = {key: one for key, one in section.indicators.items() if one.asked}
        self.asked = tuple(asked)
        for key, one in asked.items():
            named = _("%(indicator)s (%(unit)s)") % {
                "indicator": one.title,
                "unit": rules.unit_of(key),
            }
            self.fields[key] = _figure(named, one.places, self._below(key, one))
        self.order_fields([*asked, "rest_zero"])

    def _below(self, key: str, one: Indicator) -> str:
        """Where it is from, last year's figure, the definition, and whether anybody verified that."""
        last = self.last.get(key)
        told = _("last year: %(figure)s") % {"figure": amount(last)} if last is not None else ""
        doubt = "" if one.verified else _("unverified definition")
        parts = (self.sources.get(key, ""), told, one.means, doubt)
        return " · ".join(part for part in parts if part)

    def figures(self) -> Iterator[BoundField]:
        """The fields of figures, in the order of the form."""
        return (self[key] for key in self.asked)

    def values(self) -> dict[str, Decimal | None]:
        """What could be read of what was typed; what could not is left as it was."""
        self.is_valid()
        found = {key: self.cleaned_data[key] for key in self.asked if key in self.cleaned_data}
        if self.cleaned_data.get("rest_zero"):
            found = {key: Decimal() if one is None else one for key, one in found.items()}
        return found

    def explanations(self) -> dict[str, str]:
        """What was said to cross-checks that do not hold."""
        named = {name: words for name, words in self.data.items() if name.startswith(WHY)}
        return {name.removeprefix(WHY): str(words) for name, words in named.items()}


def _figure(named: str, places: int, below: str) -> forms.Field:
    keyboard = "decimal" if places else "numeric"
    widget = forms.TextInput(attrs={"inputmode": keyboard, "autocomplete": "off"})
    return forms.DecimalField(
        label=named, required=False, min_value=0, max_digits=16, decimal_places=places,
        widget=widget, help_text=below,
    )  # fmt: skip


class SendBackForm(forms.Form):
    """Why a return goes back, and what has to be looked at again, figure by figure."""

    reason = forms.CharField(
        label=lazy("Reason"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, *args: Any, rules: Statistics, found: Sequence[Finding], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.rules = rules
        said = {key: finding.sentence for finding in found for key in finding.keys[:1]}
        for key in rules.asked:
            self.fields[REMARK + key] = forms.CharField(
                label=rules.indicators[key].title, required=False, max_length=MOST_WORDS,
                help_text=said.get(key, ""),
            )  # fmt: skip

    def groups(self) -> Iterator[tuple[Section, list[BoundField]]]:
        """Remarks section by section, as the form stands."""
        for section in self.rules.steps.values():
            keys = [key for key, one in section.indicators.items() if one.asked]
            yield section, [self[REMARK + key] for key in keys]

    def remarks(self) -> dict[str, str]:
        data = self.cleaned_data
        return {key: data[REMARK + key] for key in self.rules.asked if data.get(REMARK + key)}
