"""Forms about applications: where to begin, what to say at each step, and which to list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.forms.programmes import FilesInput
from kepu.appraisal.programme.schema import Exhibit, Programme, Subject
from kepu.appraisal.queries import calls
from kepu.appraisal.states import ApplicationState
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.days import DayField
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.forms import HomeField
from kepu.kernel.files.kinds import LOOKS

ALL = ("", lazy("All"))
MOST_CALLS = 200  # to choose from, the newest


class StartForm(forms.Form):
    """For whom: a venue of one's units, a unit, a place or oneself; and in which class."""

    venue = forms.ChoiceField(label=lazy("Venue that applies"))
    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        queryset=None, label=lazy("Unit that applies"), empty_label=None
    )
    place = HomeField(label=lazy("Where?"), help_text=lazy("District, street or community by name"))
    klass = forms.ChoiceField(label=lazy("Class"), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, programme: Programme, venues: list[tuple[int, str]],
        units: QuerySet[Organisation], **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = units  # type: ignore[attr-defined]
        self.fields["venue"].choices = venues  # type: ignore[attr-defined]
        self.fields["klass"].choices = [  # type: ignore[attr-defined]
            (one.key, str(one)) for one in programme.classes
        ]
        asked = {
            Subject.VENUE: {"venue"},
            Subject.UNIT: {"organisation"},
            Subject.PLACE: {"place"},
        }.get(programme.subject, {"place"})
        asked |= {"klass"} if programme.classes else set()
        for name in set(self.fields) - asked:
            del self.fields[name]


class FilesField(forms.FileField):
    """Several files at once; cleaned to a list."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each file is looked at like one alone."""
        given = data if isinstance(data, list) else [data]
        return [super(FilesField, self).clean(file, initial) for file in given]


class FilesForm(forms.Form):
    """Files of one entry of the list of evidence."""

    def __init__(self, *args: Any, exhibit: Exhibit, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = [LOOKS[kind].extension for kind in exhibit.kinds]
        words = lazy("%(kinds)s; at most %(most)s files of %(megabytes)s MB each")
        self.fields["files"] = FilesField(
            label=str(exhibit), widget=FilesInput(attrs={"accept": ",".join(kinds), "multiple": True}),
            help_text=words
            % {"kinds": " ".join(kinds), "most": exhibit.most, "megabytes": exhibit.megabytes},
        )  # fmt: skip


class ReasonForm(forms.Form):
    """Words to a step that was seen at a version."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=lazy("Reason"), max_length=600, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, label: Any = "", help_text: Any = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].label = label or self.fields["reason"].label
        self.fields["reason"].help_text = help_text


class OpinionForm(ReasonForm):
    """The opinion of the district, which stays with the application."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, label=lazy("Opinion of the district"), **options)


class RefusalForm(ReasonForm):
    """A refusal, under the number of a signed paper where there is one."""

    reference = forms.CharField(
        label=lazy("Number of the signed decision"), max_length=80, required=False,
        help_text=lazy("Such as: 渝中科协〔2026〕12号"),
    )  # fmt: skip


class ProposalForm(forms.Form):
    """The level that is proposed, and the words of the panel."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    grade = forms.ChoiceField(label=lazy("Level proposed"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=lazy("Opinion of the panel"), required=False, max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, programme: Programme, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["grade"].choices = [  # type: ignore[attr-defined]
            (one.key, str(one)) for one in programme.levels
        ]


class NamingForm(forms.Form):
    """The signed decision that an application is named by."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reference = forms.CharField(
        label=lazy("Number of the signed decision"), max_length=80,
        help_text=lazy("Such as: 渝中科协〔2026〕12号"),
    )  # fmt: skip


class NamedThereForm(NamingForm):
    """What another body decided: its document, its day, its batch."""

    since = DayField(label=lazy("Named on"))
    batch = forms.CharField(
        label=lazy("Batch"), max_length=60, required=False,
        help_text=lazy("Such as: 2026—2030 年第一批"),
    )  # fmt: skip


class ObjectionForm(forms.Form):
    """What somebody holds against a proposal."""

    text = forms.CharField(
        label=lazy("What do you object to, and why?"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=lazy(
            "The secretary reads your words and your name and answers you; the applicant and the public "
            "learn neither."
        ),
    )  # fmt: skip


class ReplyForm(forms.Form):
    """The answer to an objection: rejected or upheld, in words."""

    verb = forms.ChoiceField(
        label=lazy("Answer"), widget=forms.RadioSelect,
        choices=[
            ("reject", lazy("Not upheld: the public notice goes on")),
            ("uphold", lazy("Upheld: the application is judged anew")),
        ],
    )  # fmt: skip
    reply = forms.CharField(
        label=lazy("Words of the answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy("Who objected reads this; if it is upheld, the applicant too."),
    )  # fmt: skip


class AppealForm(forms.Form):
    """What speaks against a refusal."""

    text = forms.CharField(
        label=lazy("Why is the refusal wrong?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=lazy("An officer who did not refuse it reads this and answers you."),
    )  # fmt: skip


class AppealReplyForm(ReplyForm):
    """The answer to an appeal against a refusal."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["verb"].choices = [  # type: ignore[attr-defined]
            ("reject", lazy("Not upheld: the refusal stands")),
            ("uphold", lazy("Upheld: the application is judged anew")),
        ]
        self.fields["reply"].help_text = lazy("The applicant reads this.")


class DeskForm(forms.Form):
    """Which applications a secretary or an officer sees."""

    q = forms.CharField(label=lazy("Code or name"), required=False, max_length=60)
    call = forms.ChoiceField(label=lazy("Call for applications"), required=False)
    district = forms.ChoiceField(label=lazy("District"), required=False)
    state = forms.ChoiceField(
        label=lazy("State"), required=False,
        choices=[ALL, *(one for one in ApplicationState.choices if one[0] != "draft")],
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        places = [("", lazy("everywhere")), *divisions.districts_by_city()]
        self.fields["district"].choices = places  # type: ignore[attr-defined]
        found = [(str(one.pk), one.title) for one in calls.public()[:MOST_CALLS]]
        self.fields["call"].choices = [ALL, *found]  # type: ignore[attr-defined]
