"""A condition of eligibility chosen from pull-downs: question, comparison, value; all or any of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.programme import drafting
from kepu.appraisal.programme.drafting import Draft
from kepu.appraisal.programme.schema import Asked

LINES = 3
TITLE = "title:"
AT_LEAST, AT_MOST, ONE_OF, YES, NO, HELD = "at_least", "at_most", "one_of", "yes", "no", "held"
HOW = (
    (AT_LEAST, lazy("is at least")),
    (AT_MOST, lazy("is at most")),
    (ONE_OF, lazy("is one of these")),
    (YES, lazy("was answered with yes")),
    (NO, lazy("was answered with no")),
    (HELD, lazy("is held")),
)
FITTING = {
    Asked.NUMBER: (AT_LEAST, AT_MOST),
    Asked.LINES: (AT_LEAST, AT_MOST),
    Asked.AMOUNTS: (AT_LEAST, AT_MOST),
    Asked.YES: (YES, NO),
    Asked.CHOICE: (ONE_OF,),
}
Fault = tuple[str, str]  # name of the field, words


class ConditionFields:
    """The fields of a condition, and what they say together."""

    def __init__(self, rules: Draft, programmes: Sequence[tuple[str, Any]]) -> None:
        self.questions = {
            str(one.get("key")): one
            for one in drafting.rows(rules, "form")
            if one.get("kind") in FITTING
        }
        self.programmes = dict(programmes)

    def fields(self, needs: Mapping[str, Any] | None) -> dict[str, forms.Field]:
        """One choice of all or any, and LINES comparisons; filled with what `needs` says on one level."""
        join, lines = _flat(needs or {})
        made: dict[str, forms.Field] = {}
        made["join"] = forms.ChoiceField(
            label=lazy("Met when"), required=False, initial=join, widget=forms.RadioSelect,
            choices=[("all", lazy("all of these hold")), ("any", lazy("one of these holds"))],
        )  # fmt: skip
        if needs and lines is None:
            made["join"].help_text = lazy(
                "This condition has parts within parts. Left empty below, it stays: %(words)s"
            ) % {"words": _told(needs, self.questions)}
        for number in range(1, LINES + 1):
            said = lines[number - 1] if lines and number <= len(lines) else {}
            made |= self._line(number, said)
        return made

    def _line(self, number: int, said: Mapping[str, Any]) -> dict[str, forms.Field]:
        asked = [(key, drafting.name_of(one)) for key, one in self.questions.items()]
        held = [(TITLE + code, title) for code, title in self.programmes.items()]
        groups = [
            ("", lazy("Please choose")),
            (lazy("An answer"), asked),
            (lazy("A title of the applicant"), held),
        ]
        what, how, value = _shown(said)
        label = {"n": number}
        return {
            f"what{number}": forms.ChoiceField(
                label=_("%(n)s. What is looked at") % label, choices=groups, required=False, initial=what
            ),
            f"how{number}": forms.ChoiceField(
                label=_("%(n)s. How") % label, choices=[("", lazy("Please choose")), *HOW],
                required=False, initial=how,
            ),
            f"value{number}": forms.CharField(
                label=_("%(n)s. Value") % label, required=False, initial=value, max_length=300,
                help_text=lazy("A number, or choices with 、 between them"),
            ),
        }  # fmt: skip

    def read(
        self, data: Mapping[str, Any], old: Mapping[str, Any] | None
    ) -> tuple[dict[str, Any], list[Fault]]:
        """The condition that was chosen, and what is wrong with it, field by field."""
        found, faults = [], []
        for number in range(1, LINES + 1):
            what = data.get(f"what{number}")
            if not what:
                continue
            one, fault = self._compared(what, data.get(f"how{number}"), data.get(f"value{number}"))
            if fault:
                faults.append((f"{fault[0]}{number}", fault[1]))
            found.append(one)
        if not found and old and _flat(old)[1] is None:
            return dict(old), []
        if not found:
            return {}, [("what1", _("choose what is looked at"))]
        return (found[0] if len(found) == 1 else {data.get("join") or "all": found}), faults

    def _compared(self, what: str, how: Any, value: Any) -> tuple[dict[str, Any], Fault | None]:
        if what.startswith(TITLE):
            return {"holds": what.removeprefix(TITLE)}, None
        question = self.questions[what]
        fitting = FITTING[question["kind"]]
        how = how if how or len(fitting) > 1 else fitting[0]
        if how not in fitting:
            words = [str(label) for key, label in HOW if key in fitting]
            return {}, (
                "how",
                _("for this question choose: %(ways)s") % {"ways": _(", ").join(words)},
            )
        if how in (YES, NO):
            return {"answer": what, "is_yes": how == YES}, None
        if how == ONE_OF:
            return self._one_of(what, question, str(value or ""))
        try:
            return {"answer": what, how: float(str(value).replace(",", ""))}, None
        except ValueError:
            return {}, ("value", _("a number is needed"))

    def _one_of(
        self, what: str, question: Mapping[str, Any], value: str
    ) -> tuple[dict[str, Any], Fault | None]:
        chosen = [one.strip() for one in re.split(r"[、,，;；\n]", value) if one.strip()]
        unknown = [one for one in chosen if one not in question.get("choices", [])]
        if unknown or not chosen:
            told = {"choices": "、".join(question.get("choices", []))}
            return {}, ("value", _("choose of: %(choices)s") % told)
        return {"answer": what, "one_of": chosen}, None


def _flat(needs: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]] | None]:
    """How it is joined, and its comparisons; None where there are parts within parts, or too many."""
    join = "any" if needs.get("any") else "all"
    parts = needs.get("all") or needs.get("any") or ([needs] if needs else [])
    both = any(one.get("at_least") is not None and one.get("at_most") is not None for one in parts)
    deep = any(one.get("all") or one.get("any") for one in parts)
    return join, None if deep or both or len(parts) > LINES else list(parts)


def _shown(said: Mapping[str, Any]) -> tuple[str, str, str]:
    if said.get("holds"):
        return TITLE + said["holds"], HELD, ""
    what = said.get("answer") or ""
    if said.get("one_of"):
        return what, ONE_OF, "、".join(said["one_of"])
    if said.get("is_yes") is not None:
        return what, YES if said["is_yes"] else NO, ""
    for how in (AT_LEAST, AT_MOST):
        if said.get(how) is not None:
            return what, how, f"{said[how]:.15g}"
    return what, "", ""


def _told(needs: Mapping[str, Any], questions: Mapping[str, Mapping[str, Any]]) -> str:
    names = {key: drafting.name_of(dict(one)) for key, one in questions.items()}
    return drafting.condition_in_words(needs, names)
