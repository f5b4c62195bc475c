"""The shape of what is typed about a sample."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.days import DayField
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.literacy.actions.samples import Design
from kepu.literacy.forms import real_field
from kepu.literacy.models import Sample
from kepu.literacy.rules.samples import MOST_APIECE, MOST_INTERVIEWS
from kepu.literacy.states import Coordination, Sharing, Stages

PERCENT = ("share", "response", "icc_community", "icc_township", "icc_district")


def typed(of: Sample) -> dict[str, Any]:
    """What was typed for a sample, so that another can be designed from it."""
    names = dict(divisions.standing(of.frame_on).values_list("path", "name")) if of.shares else {}
    known = {name: getattr(of, name) for name in SampleForm.base_fields}
    known |= {name: round(100 * known[name], 6) for name in PERCENT}
    lines = (f"{names.get(path, path)} {100 * share:g}" for path, share in of.shares.items())
    return known | {"shares": "\n".join(lines), "earlier": of.earlier_id}


class SampleForm(forms.Form):
    """A design: how many people, shared out how, drawn in which stages, and what is expected of them."""

    title = forms.CharField(label=lazy("What it is for"), max_length=80)
    interviews = forms.IntegerField(
        label=lazy("Interviews in all"), min_value=100, max_value=MOST_INTERVIEWS, initial=23_000
    )
    sharing = forms.ChoiceField(
        label=lazy("Shared out over the districts"), choices=Sharing.choices,
        initial=Sharing.BETWEEN, widget=forms.RadioSelect,
    )  # fmt: skip
    exponent = real_field(
        lazy("Power of the people"), min_value=0, max_value=1, initial=0.5,
        help_text=lazy(
            "0 gives each district as many, 1 in proportion to its people; the root, 0.5, is usual"
        ),
    )  # fmt: skip
    least = forms.IntegerField(
        label=lazy("At least so many in each district"), min_value=0, max_value=500_000, initial=400
    )
    stages = forms.ChoiceField(
        label=lazy("Drawn in a district"), choices=Stages.choices, initial=Stages.COMMUNITIES,
        widget=forms.RadioSelect,
    )  # fmt: skip
    apiece = forms.IntegerField(
        label=lazy("Communities in one township"), min_value=1, max_value=MOST_APIECE, initial=2,
        help_text=lazy("Only where townships are drawn first"),
    )  # fmt: skip
    together = forms.IntegerField(
        label=lazy("Interviews in one community"), min_value=2, max_value=200, initial=20,
        help_text=lazy("More in one place is cheaper, and tells less"),
    )  # fmt: skip
    districts = forms.IntegerField(
        label=lazy("Districts drawn"), min_value=2, max_value=1_000, required=False,
        help_text=lazy(
            "Empty: each district is asked and has a figure. With a number, so many are drawn by their "
            "people: the city alone has a figure, and a less exact one, for districts differ"
        ),
    )  # fmt: skip
    share = real_field(lazy("Share you expect (%)"), min_value=0.1, max_value=99.9, initial=15)
    shares = forms.CharField(
        label=lazy("Districts where you expect another share"), required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy("A district and its share (%) in each line, such as: 渝中区 22.5"),
    )  # fmt: skip
    icc_community = real_field(
        lazy("Supposed to lie between communities (% of the variance)"),
        min_value=0, max_value=99, initial=2,
        help_text=lazy("An example, as are the two below: your last survey tells your own"),
    )  # fmt: skip
    icc_township = real_field(
        lazy("Supposed to lie between townships (% of the variance)"),
        min_value=0, max_value=99, initial=1,
    )  # fmt: skip
    icc_district = real_field(
        lazy("Supposed to lie between districts (% of the variance)"),
        min_value=0, max_value=99, initial=1,
        help_text=lazy("Counts only where districts are drawn"),
    )  # fmt: skip
    deff = real_field(
        lazy("Design effect of unequal weights"), min_value=0.2, max_value=20, initial=1.2,
        help_text=lazy("1 where all weigh the same; households and non-response mostly make it 1.1 to 1.4"),
    )  # fmt: skip
    response = real_field(lazy("Share who answer (%)"), min_value=1, max_value=100, initial=70)
    earlier = forms.ModelChoiceField(
        label=lazy("Earlier sample"), queryset=Sample.objects.none(), required=False,
        empty_label=lazy("none: a new draw"),
    )  # fmt: skip
    coordination = forms.ChoiceField(
        label=lazy("What this one has to do with it"), required=False,
        choices=[("", lazy("nothing")), *Coordination.choices], widget=forms.RadioSelect,
    )  # fmt: skip
    seed = forms.IntegerField(
        label=lazy("Seed"), min_value=0, max_value=2**31 - 1,
        help_text=lazy("The same seed draws the same again; with an earlier sample, its seed is taken"),
    )  # fmt: skip

    frame_on = DayField(
        label=lazy("Divisions of"),
        help_text=lazy("A day on which the people of every district are known"),
    )

    def __init__(
        self, *given: Any, place: Division, earlier: QuerySet[Sample] | None = None, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self.place = place
        if earlier is not None:
            self.fields["earlier"].queryset = earlier  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or self.cleaned_data)
        if data.get("shares") and data.get("frame_on"):
            data["shares"] = self._shares(data["shares"], data["frame_on"])
        return data

    def _shares(self, text: str, day: date) -> dict[str, float]:
        """Districts by path with the share typed for each, as a fraction."""
        there = divisions.standing(day).filter(path__within=self.place.path, level=Level.DISTRICT)
        paths = dict(there.values_list("name", "path"))
        found: dict[str, float] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            # A pasted line may have full-width blanks, and one before its per cent sign.
            words = " ".join(line.split()).rstrip("%％ ")
            name, _space, said = words.rpartition(" ")
            why_not = self._why_not_share(name.strip(), said, paths, found)
            if why_not:
                self.add_error("shares", _("Line %(n)s: %(why)s") % {"n": number, "why": why_not})
                return {}
            found[paths[name.strip()]] = float(said) / 100
        return found

    def _why_not_share(
        self, name: str, said: str, paths: dict[str, str], found: dict[str, float]
    ) -> str | None:
        if name not in paths:
            return _("“%(name)s” is no district here; write its name, a blank, and the share") % {
                "name": name or said
            }
        if paths[name] in found:
            return _("%(name)s stands there twice") % {"name": name}
        try:
            share = float(said)
        except ValueError:
            return _("“%(said)s” is no number") % {"said": said}
        return None if 0 < share < 100 else _("a share lies between 0 and 100")

    def design(self) -> Design:
        """What was typed; shares as fractions."""
        data = dict(self.cleaned_data)
        data |= {name: data[name] / 100 for name in PERCENT}
        data["shares"] = data["shares"] or {}
        return Design(**data)
