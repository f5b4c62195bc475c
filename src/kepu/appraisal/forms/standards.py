"""The shape of what people type about standards; whether it may be done is asked of rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from kepu.appraisal.models import Standard
from kepu.appraisal.standards_states import (
    BEFORE_TAKING_UP,
    OWN_LEVELS,
    SIGNED,
    Choice,
    CommentVerdict,
    DrafterRole,
    StandardKind,
    StandardLevel,
    StandardState,
)
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.days import DayField
from kepu.kernel.roles.forms import PersonField

ALL = ("", lazy("All"))
NOBODYS = lazy("Everybody reads this. Write nothing about a person.")


def _area(label: Any, most: int, rows: int = 4, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


class StandardForm(forms.Form):
    """What is proposed, by one of the units the reader speaks for."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        queryset=None, label=lazy("Unit"), empty_label=None
    )
    title = forms.CharField(label=lazy("Title of the standard"), max_length=120)
    title_en = forms.CharField(label=lazy("Title in English"), max_length=160, required=False)
    level = forms.ChoiceField(
        label=lazy("Level of the standard"),
        choices=[(one.value, one.label) for one in OWN_LEVELS],
    )
    kind = forms.ChoiceField(label=lazy("Subject of the standard"), choices=StandardKind.choices)
    about = _area(
        lazy("What it is needed for"), 2000, 6, required=False,
        help_text=lazy("Who will use it, for what, and which standards there are already."),
    )  # fmt: skip
    replaces: forms.ModelChoiceField[Standard] = forms.ModelChoiceField(
        queryset=None, label=lazy("Revises the standard"), required=False,
        empty_label=lazy("none: a new one"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, units: QuerySet[Organisation], older: QuerySet[Standard], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = units  # type: ignore[attr-defined]
        self.fields["replaces"].queryset = older  # type: ignore[attr-defined]


class StandardChangeForm(StandardForm):
    """The same, of a proposal whose unit stands."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["organisation"]


class DrafterForm(forms.Form):
    """Somebody for the drafting group."""

    person = PersonField(
        label=lazy("Who"), max_length=60, help_text=lazy("Login, telephone or pseudonym")
    )
    role = forms.ChoiceField(
        label=lazy("Part in the group"), choices=DrafterRole.choices, initial=DrafterRole.MEMBER
    )
    unit = forms.CharField(
        label=lazy("Credit code of the unit they write for"), required=False, max_length=18,
        help_text=lazy("Left empty, they write for themselves."),
    )  # fmt: skip


class ClauseForm(forms.Form):
    """One clause."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    number = forms.CharField(
        label=lazy("Number of the clause"), max_length=20, help_text=lazy("Such as 5, 5.2 or A.1")
    )
    heading = forms.CharField(label=lazy("Heading"), max_length=120, required=False)
    text = _area(pgettext_lazy("clause", "Text"), 8000, 10, required=False)

    def __init__(self, *args: Any, new: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not new:
            self.fields["number"].widget = forms.HiddenInput()


class RoundForm(forms.Form):
    """How long a draft is out for comments, and what is said to it."""

    days = forms.IntegerField(
        label=lazy("Comments are taken for (days)"), min_value=1, max_value=365
    )
    explained = _area(
        lazy("How the draft came to be"), 4000, 6,
        help_text=lazy("Everybody reads this beside the draft. Write nothing about a person."),
    )  # fmt: skip


class CommentForm(forms.Form):
    """What somebody says of a draft."""

    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        queryset=None, label=lazy("In whose name"), required=False, empty_label=lazy("in my own")
    )
    clause = forms.ChoiceField(label=lazy("About which clause"), required=False)
    text = _area(
        lazy("What should be changed"), 2000, 4,
        help_text=lazy(
            "Everybody reads it with its answer once the round is closed; your name is not shown. "
            "Write nothing about a person."
        ),
    )  # fmt: skip
    reason = _area(lazy("Why"), 1000, 3, required=False)
    contact = forms.CharField(
        label=lazy("How to ask you back"), required=False, max_length=120,
        help_text=lazy("Telephone or mail. Only the drafting group reads it."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, units: QuerySet[Organisation], draft: list[dict[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        whole = ("", lazy("the draft as a whole"))
        rows = [(one["number"], f"{one['number']} {one['heading']}".strip()) for one in draft]
        self.fields["clause"].choices = [whole, *rows]  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = units  # type: ignore[attr-defined]
        if not units.exists():
            del self.fields["organisation"]


class ReplyForm(forms.Form):
    """The answer to a comment."""

    verdict = forms.ChoiceField(
        label=lazy("What becomes of it"), choices=CommentVerdict.choices, widget=forms.RadioSelect
    )
    reply = _area(
        lazy("Answer"), 1000, 4,
        help_text=lazy("Who commented hears it at once, everybody once the round is closed."),
    )  # fmt: skip


class OpinionForm(forms.Form):
    """What the review meeting found."""

    held_on = DayField(label=lazy("Day of the meeting"))
    present = forms.IntegerField(label=lazy("Experts present"), min_value=1, max_value=999)
    passed = forms.TypedChoiceField(
        label=lazy("What the meeting found"), coerce=lambda word: word == "yes",
        choices=[("yes", lazy("the draft goes on")), ("no", lazy("the draft goes back to be mended"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    opinion = _area(lazy("Opinion of the meeting"), 4000, 6)
    reference = forms.CharField(
        label=lazy("Number of the minutes"), max_length=80,
        help_text=lazy("Such as: 渝标审〔2026〕3号"),
    )  # fmt: skip


class MembersForm(forms.Form):
    """Who may vote."""

    members = forms.TypedMultipleChoiceField(
        label=lazy("Members who may vote"), coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=lazy("Experts at work, without drafters and people of their units."),
    )  # fmt: skip

    def __init__(self, *args: Any, able: list[User], **options: Any) -> None:
        super().__init__(*args, **options)
        rows = [(one.pk, one.name) for one in able]
        self.fields["members"].choices = rows  # type: ignore[attr-defined]


class VoteForm(forms.Form):
    """One vote."""

    choice = forms.ChoiceField(
        label=lazy("Your vote"), choices=Choice.choices, widget=forms.RadioSelect
    )


class DecideForm(forms.Form):
    """Why, under which signed decision; and of what is published its number and its day."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    number = forms.CharField(label=lazy("Number of the standard"), max_length=60)
    in_force_on = DayField(label=lazy("In force from"))
    reason = _area(lazy("Reason"), 600, 3)
    reference = forms.CharField(
        label=lazy("Number of the signed decision"), max_length=80,
        help_text=lazy("Such as: 渝中科协〔2026〕12号"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, verb: str, explained: bool, example: str, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["number"].help_text = example
        self.fields["reason"].help_text = (
            NOBODYS if verb in ("abolish", "confirm") else lazy("The drafting group reads this.")
        )
        asked = {"number": verb == "publish", "in_force_on": verb == "publish"}
        asked |= {"reason": explained, "reference": verb in SIGNED}
        for name, wanted in asked.items():
            if not wanted:
                del self.fields[name]


class StandardListForm(forms.Form):
    """Which standards everybody sees."""

    q = forms.CharField(label=lazy("Number, title or unit"), required=False, max_length=60)
    level = forms.ChoiceField(
        label=lazy("Level of the standard"), required=False, choices=[ALL, *StandardLevel.choices]
    )
    kind = forms.ChoiceField(
        label=lazy("Subject of the standard"), required=False, choices=[ALL, *StandardKind.choices]
    )
    state = forms.ChoiceField(
        label=lazy("State"), required=False,
        choices=[ALL, *(one for one in StandardState.choices if one[0] not in BEFORE_TAKING_UP)],
    )  # fmt: skip


class StandardDeskForm(StandardListForm):
    """Which standards of the office's places."""

    state = forms.ChoiceField(
        label=lazy("State"), required=False,
        choices=[ALL, *(one for one in StandardState.choices if one[0] != StandardState.DRAFT)],
    )  # fmt: skip


class CommentListForm(forms.Form):
    """Which comments on one standard."""

    q = forms.CharField(label=lazy("Words of a comment"), required=False, max_length=60)
    verdict = forms.ChoiceField(
        label=lazy("Answer"), required=False,
        choices=[ALL, ("open", lazy("not answered yet")), *CommentVerdict.choices],
    )  # fmt: skip
    standard = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
