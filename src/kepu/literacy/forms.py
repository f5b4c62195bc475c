"""The shape of what is typed about items, reviews and booklets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import clock
from kepu.kernel.days import DayField
from kepu.literacy import schemas
from kepu.literacy.actions.items import Question, Words
from kepu.literacy.models import LETTERS
from kepu.literacy.rules.booklets import MOST_BOOKLETS
from kepu.literacy.states import (
    DifLevel,
    DifMethod,
    Grouping,
    ItemState,
    Model,
    Use,
    Verdict,
)
from kepu.people import queries as people

ALL = ("", lazy("all"))
LANGUAGES = {"zh-hans": lazy("Chinese"), "en": lazy("English")}


def dimensions() -> list[tuple[str, str]]:
    """The dimensions of the framework in force, to choose from."""
    known = schemas.framework(clock.now()).dimensions
    return [(key, one.title) for key, one in known.items()]


def _disciplines() -> list[tuple[str, str]]:
    return [(one.key, one.title) for one in people.fields()]


class ItemListForm(forms.Form):
    """How the bank is narrowed; sent by GET."""

    q = forms.CharField(
        label=lazy("Words of the question, or its code"), required=False, max_length=60
    )
    dimension = forms.ChoiceField(
        label=lazy("Dimension"), required=False, choices=lambda: [ALL, *dimensions()]
    )
    discipline = forms.ChoiceField(
        label=lazy("Discipline"), required=False, choices=lambda: [ALL, *_disciplines()]
    )
    state = forms.ChoiceField(
        label=lazy("State"), required=False, choices=[ALL, *ItemState.choices]
    )
    use = forms.ChoiceField(label=lazy("Use"), required=False, choices=[ALL, *Use.choices])


def _area(label: Any, rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=1000, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


ONE_A_LINE = lazy("One option in each line, in the same order in every language")


class ItemForm(forms.Form):
    """A question with its options in one or two languages, and which of them is right."""

    dimension = forms.ChoiceField(label=lazy("Dimension"), choices=dimensions)
    discipline: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=lazy("Discipline"), queryset=None, to_field_name="key"
    )
    use = forms.ChoiceField(
        label=lazy("Use"), choices=Use.choices, initial=Use.SURVEY, widget=forms.RadioSelect
    )
    stem_zh = _area(lazy("Question in Chinese"), 3)
    options_zh = _area(lazy("Options in Chinese"), 5, help_text=ONE_A_LINE)
    stem_en = _area(lazy("Question in English"), 3, required=False)
    options_en = _area(lazy("Options in English"), 5, required=False, help_text=ONE_A_LINE)
    key = forms.ChoiceField(
        label=lazy("Right option"), choices=[(n, letter) for n, letter in enumerate(LETTERS)]
    )
    source = forms.CharField(
        label=lazy("Source"),
        max_length=200,
        help_text=lazy("Who wrote it, or by whose leave it is used"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["discipline"].queryset = people.fields()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A question in English comes with its options, and the other way round."""
        data = super().clean() or {}
        if bool(data.get("stem_en")) != bool(data.get("options_en")):
            self.add_error("options_en", _("give both the question and its options, or neither"))
        return data

    def question(self) -> Question:
        """What was typed; raises BadInput where the parts do not fit together."""
        data = self.cleaned_data
        return Question(
            dimension=data["dimension"],
            discipline=data["discipline"],
            use=data["use"],
            key=int(data["key"]),
            source=data["source"],
            wordings=tuple(self._wordings()),
        )

    def _wordings(self) -> list[Words]:
        data, found = self.cleaned_data, []
        for language, end in (("zh-hans", "zh"), ("en", "en")):
            lines = [one.strip() for one in data[f"options_{end}"].splitlines() if one.strip()]
            if data[f"stem_{end}"]:
                found.append(Words(language, data[f"stem_{end}"], tuple(lines)))
        return found


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReviewerForm(forms.Form):
    """Which experts are asked; those with room for a duty, who know the discipline first."""

    experts = forms.MultipleChoiceField(label=lazy("Experts"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, able: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["experts"].choices = able  # type: ignore[attr-defined]


class VerdictForm(forms.Form):
    """What a reviewer says."""

    verdict = forms.ChoiceField(
        label=lazy("Your judgement"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    remark = forms.CharField(
        label=lazy("What should be changed"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy("Needed unless you find the item fit"),
    )


def real_field(label: Any, **options: Any) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        **options,
    )


class FindingForm(forms.Form):
    """From whose answers something was learnt."""

    wave = forms.CharField(label=lazy("Wave"), max_length=60)
    on = DayField(label=lazy("Day of the analysis"))
    people = forms.IntegerField(
        label=lazy("Answers it rests on"), min_value=1, max_value=100_000_000
    )


class CalibrationForm(FindingForm):
    model = forms.ChoiceField(label=lazy("Model"), choices=Model.choices, initial=Model.TWO)
    difficulty = real_field(lazy("Difficulty"))
    difficulty_se = real_field(lazy("Its standard error"), min_value=0)
    discrimination = real_field(lazy("Discrimination"), initial=1)
    discrimination_se = real_field(lazy("Its standard error"), min_value=0, initial=0)
    guessing = real_field(lazy("Chance of guessing right"), min_value=0, max_value=0.99, initial=0)
    guessing_se = real_field(lazy("Its standard error"), min_value=0, initial=0)


class DifForm(FindingForm):
    grouping = forms.ChoiceField(label=lazy("Groups compared"), choices=Grouping.choices)
    method = forms.ChoiceField(label=lazy("Method"), choices=DifMethod.choices)
    size = real_field(lazy("Size"), help_text=lazy("Above 0: it favours the first group"))
    p_value = real_field(lazy("p-value"), min_value=0, max_value=1)
    level = forms.ChoiceField(label=lazy("Level"), choices=DifLevel.choices)


UNKNOWN = "unknown"


class AnswerForm(forms.Form):
    """One answer in the self-test: an option, or that one does not know."""

    chosen = forms.ChoiceField(label=lazy("Your choice"), widget=forms.RadioSelect)
    position = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, options: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(str(n), words) for n, (_letter, words) in enumerate(options)]
        self.fields["chosen"].choices = [*choices, (UNKNOWN, _("I do not know"))]  # type: ignore[attr-defined]

    def clean_chosen(self) -> int | None:
        said = self.cleaned_data["chosen"]
        return None if said == UNKNOWN else int(said)


class BookletsForm(forms.Form):
    """How many booklets, how long, and how much any two may have in common."""

    title = forms.CharField(label=lazy("What they are for"), max_length=80)
    booklets = forms.IntegerField(
        label=lazy("How many booklets"), min_value=1, max_value=MOST_BOOKLETS, initial=2
    )
    items = forms.IntegerField(label=lazy("Items of a booklet"), min_value=5, max_value=100)
    most_common = forms.IntegerField(
        label=lazy("Items two booklets may share, at most"), min_value=0, max_value=100
    )


class TableForm(forms.Form):
    table = forms.FileField(
        label=lazy("Spreadsheet or XLSForm"),
        help_text=lazy("XLSX or CSV, at most 20,000 rows and 8 MB"),
    )


class AwayForm(forms.Form):
    """Which items are taken away, and how."""

    kind = forms.ChoiceField(
        label=lazy("Kind of file"),
        choices=[("csv", lazy("Text (CSV)")), ("xlsform", lazy("XLSForm (XLSX)"))],
        initial="csv",
        widget=forms.RadioSelect,
    )
    use = forms.ChoiceField(label=lazy("Use"), required=False, choices=[ALL, *Use.choices])
    state = forms.ChoiceField(
        label=lazy("State"), required=False, choices=[ALL, *ItemState.choices]
    )
