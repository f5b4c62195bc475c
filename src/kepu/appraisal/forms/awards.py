"""Forms about votes, nominations and lists of who was named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from kepu.appraisal import policy
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import titles
from kepu.kernel.accounts.models import Organisation

ALL = ("", lazy("All"))


class JuryForm(forms.Form):
    """Who votes: experts who may judge every candidate."""

    jury = forms.TypedMultipleChoiceField(
        label=lazy("Members of the jury"), coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=lazy("Experts who may judge every candidate. The list does not change later."),
    )  # fmt: skip

    def __init__(self, *args: Any, able: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["jury"].choices = able  # type: ignore[attr-defined]


class ChoiceOfCandidatesForm(forms.Form):
    """Whom one votes for, by places on the paper."""

    chosen = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("vote", "Your choice"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        candidates: Sequence[tuple[int, str]],
        most: int,
        needed: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["chosen"].required = needed
        self.fields["chosen"].choices = candidates  # type: ignore[attr-defined]
        self.fields["chosen"].help_text = _("Choose %(n)s at most.") % {"n": most}


class NominateForm(forms.Form):
    """Whom one puts forward, why, and for which of the units that may nominate still; or `alone`."""

    name = forms.CharField(
        label=lazy("Whom do you nominate?"), max_length=60,
        help_text=lazy("Kept sealed until the nominee agrees"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    klass = forms.ChoiceField(label=lazy("Class"), widget=forms.RadioSelect)
    unit: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        queryset=None, label=lazy("Unit that nominates"), required=False,
        empty_label=lazy("none: I nominate as a person"),
    )  # fmt: skip
    reason = forms.CharField(
        label=pgettext_lazy("nomination", "Why?"), max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=lazy("The nominee reads this."),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        programme: Programme,
        units: QuerySet[Organisation],
        alone: bool,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        classes = [(one.key, str(one)) for one in programme.classes]
        self.fields["klass"].choices = classes  # type: ignore[attr-defined]
        if not classes:
            del self.fields["klass"]
        if not units.exists():
            del self.fields["unit"]
        elif not alone:
            self.fields["unit"].required = True


class AwardListForm(forms.Form):
    """Of which programme, level, class and year."""

    programme = forms.ChoiceField(label=lazy("Programme"), required=False)
    grade = forms.ChoiceField(label=pgettext_lazy("title", "Level"), required=False)
    klass = forms.ChoiceField(label=pgettext_lazy("title", "Class"), required=False)
    year = forms.IntegerField(label=lazy("Year"), required=False, min_value=1990, max_value=2200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rules = [policy.as_of(*one) for one in titles.programmes_there_are()]
        chosen = [one for one in rules if one.code == self.data.get("programme")] or rules
        offered = {
            "programme": {one.code: str(one.programme) for one in rules},
            "grade": {row.key: str(row) for one in chosen for row in one.programme.levels},
            "klass": {row.key: str(row) for one in chosen for row in one.programme.classes},
        }
        for name, found in offered.items():
            self.fields[name].choices = [ALL, *found.items()]  # type: ignore[attr-defined]
