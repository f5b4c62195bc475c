"""The applicant's form, made of a programme's questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.programme import fitness
from kepu.appraisal.programme.conditions import Answer
from kepu.appraisal.programme.schema import Asked, Exhibit, Programme, Question
from kepu.kernel.days import DayField
from kepu.kernel.files.kinds import LOOKS

ANSWER, EXHIBIT = "answer_", "exhibit_"
LONG = 120  # characters; what may be longer is typed in a box of several lines


@dataclass(frozen=True)
class Known:
    """What is known before anybody types: answers `kept` so far by key of the question, and what the
    venue's registration tells by name of the fact."""

    kept: Mapping[str, Answer] = field(default_factory=dict)
    facts: Mapping[str, Answer] = field(default_factory=dict)


def answers_form(  # noqa: PLR0913 (what a Django form takes, and two choices)
    programme: Programme,
    klass: str,
    data: Mapping[str, Any] | None = None,
    initial: Mapping[str, Answer] | None = None,
    files: bool = False,
    *,
    uploads: MultiValueDict[str, UploadedFile[Any]] | None = None,
    facts: Mapping[str, Answer] | None = None,
    whole: bool = True,
) -> AnswersForm:
    """The form of a programme for applicants of one class.

    `data` and `uploads` are what a request sends (`request.POST`, `request.FILES`), `initial` the
    answers kept so far by key of the question. `facts` are what the venue's registration says, by name
    of the fact (`queries.programmes.facts_of`): a question whose fact is told there is shown filled and
    cannot be typed. With `files` the form also takes the files of the list of evidence. A draft may be
    kept with gaps: not `whole`, nothing is needed, and what is there has to be right all the same.

    Of a valid form, `form.answers()` is what to keep, by key of the question, and `form.exhibits()` the
    uploaded files by key of the exhibit. Fields are called `answer_KEY` and `exhibit_KEY`.
    """
    known = Known(initial or {}, facts or {})
    form = AnswersForm(programme, klass, known, data, uploads)
    if files:
        form.take_files()
    if not whole:
        form.take_gaps()
    return form


class AnswersForm(forms.Form):
    """One field for each question of the class; see `answers_form`."""

    def __init__(
        self,
        programme: Programme,
        klass: str,
        known: Known,
        data: Mapping[str, Any] | None = None,
        uploads: MultiValueDict[str, UploadedFile[Any]] | None = None,
    ) -> None:
        super().__init__(data, uploads)
        self.questions = programme.of_class(programme.form, klass)
        self.evidence = programme.of_class(programme.evidence, klass)
        for one in self.questions:
            told = known.facts.get(one.fact) if one.fact else None
            self.fields[ANSWER + one.key] = _field(one, told, known.kept.get(one.key))

    def take_files(self) -> None:
        """Also take the files of the list of evidence."""
        for one in self.evidence:
            self.fields[EXHIBIT + one.key] = _upload(one)

    def take_gaps(self) -> None:
        """Take a form that is not finished."""
        for one in self.fields.values():
            one.required = False

    def clean(self) -> dict[str, Any]:
        """Every answer can be one, in the words of the programme."""
        data = super().clean() or {}
        for one in self.questions:
            name = ANSWER + one.key
            if name not in data:
                continue  # the field has said what is wrong
            data[name] = value = fitness.parse(one, data[name])
            reason = fitness.why_not_answer(one, value)
            if reason and (value is not None or self.fields[name].required):
                self.add_error(name, reason)
        return data

    def answers(self) -> dict[str, Answer]:
        """What was answered, by key of the question; questions left out have no key."""
        given = {one.key: self.cleaned_data.get(ANSWER + one.key) for one in self.questions}
        return {key: value for key, value in given.items() if value is not None}

    def exhibits(self) -> dict[str, list[UploadedFile[Any]]]:
        """The files that were sent, by key of the exhibit."""
        sent = {one.key: self.files.getlist(EXHIBIT + one.key) for one in self.evidence}
        return {key: files for key, files in sent.items() if files}


def _field(question: Question, told: Answer, kept: Answer) -> forms.Field:
    made = _KINDS.get(question.kind, _words)(question)
    said = {"question": question, "unit": question.unit}
    made.label = _("%(question)s (%(unit)s)") % said if question.unit else str(question)
    made.required = question.required
    made.initial = shown(question, kept if told is None else told)
    if told is not None:
        made.disabled = True
        made.help_text = lazy("Taken from the registration of the venue; change it there")
    return made


def shown(question: Question, value: Answer) -> Any:
    """A kept answer as its control shows it."""
    if question.kind is Asked.YES and isinstance(value, bool):
        return fitness.YES if value else fitness.NO
    return value


def _words(question: Question) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 4}) if question.longest > LONG else forms.TextInput()
    return forms.CharField(max_length=question.longest, widget=widget)


def _number(question: Question) -> forms.Field:
    return forms.CharField(
        max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )


def _day(question: Question) -> forms.Field:
    return DayField()


def _choice(question: Question) -> forms.Field:
    choices = [(one, one) for one in question.choices]
    if len(choices) > 6:
        return forms.ChoiceField(choices=[("", lazy("Please choose")), *choices])
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect)


def _yes(question: Question) -> forms.Field:
    choices = [(fitness.YES, lazy("Yes")), (fitness.NO, lazy("No"))]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect)


def _lines(question: Question) -> forms.Field:
    return forms.CharField(
        max_length=question.longest, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=lazy("One line for each, at most %(most)s") % {"most": question.entries},
    )  # fmt: skip


def _amounts(question: Question) -> forms.Field:
    words = lazy("One line for each, at most %(most)s: what it is for, then the amount in yuan")
    return forms.CharField(
        max_length=question.longest, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=words % {"most": question.entries},
    )  # fmt: skip


_KINDS = {
    Asked.NUMBER: _number,
    Asked.DAY: _day,
    Asked.CHOICE: _choice,
    Asked.YES: _yes,
    Asked.LINES: _lines,
    Asked.AMOUNTS: _amounts,
}


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


def _upload(exhibit: Exhibit) -> forms.Field:
    kinds = [LOOKS[kind].extension for kind in exhibit.kinds]
    named = " ".join(one[1:].upper() for one in kinds)
    words = lazy("%(kinds)s; at most %(most)s files of %(megabytes)s MB each")
    return forms.FileField(
        label=str(exhibit), required=False,  # what is missing is told at handing in, not here
        widget=FilesInput(attrs={"accept": ",".join(kinds), "multiple": True}),
        help_text=words
        % {"kinds": named, "most": exhibit.most, "megabytes": exhibit.megabytes},
    )  # fmt: skip
