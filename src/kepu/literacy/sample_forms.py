"""The shape of what is typed about a sample."""

from __future__ import annotations

from collections.abc import Callable, Collection
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

MOST_PEOPLE = 100_000_000  # of a district
PERCENT = ("share", "response", "icc_community", "icc_township", "icc_district")


def typed(of: Sample) -> dict[str, Any]:
    """What was typed for a sample, so that another can be designed from it."""
    names = (
        dict(divisions.standing(of.frame_on).values_list("path", "name"))
        if of.shares or of.adults
        else {}
    )
    known = {name: getattr(of, name) for name in SampleForm.base_fields}
    known |= {name: round(100 * known[name], 6) for name in PERCENT}
    lines = (f"{names.get(path, path)} {100 * share:g}" for path, share in of.shares.items())
    adults = (f"{names.get(path, path)} {number}" for path, number in of.adults.items())
    typed_in = {"shares": "\n".join(lines), "adults": "\n".join(adults)}
    return known | typed_in | {"earlier": of.earlier_id}


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
    adults = forms.CharField(
        label=lazy("People aged 18 to 69 of each district"), required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy(
            "A district and its number in each line, such as: 渝中区 412000; two columns of a table can be "
            "pasted. Of every district, or of none: then residents of all ages are counted, and it is said"
        ),
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
        for name, read in (("shares", _share), ("adults", _people)):
            if data.get(name) and data.get("frame_on"):
                data[name] = self._by_district(name, data[name], data["frame_on"], read)
        return data

    def _by_district(
        self, field: str, text: str, day: date, read: Callable[[str], float]
    ) -> dict[str, float]:
        """Districts by path with what was typed for each; `read` raises ValueError in words."""
        there = divisions.standing(day).filter(path__within=self.place.path, level=Level.DISTRICT)
        paths = dict(there.values_list("name", "path"))
        found: dict[str, float] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            # A pasted line may have full-width blanks, and one before its per cent sign.
            words = " ".join(line.split()).rstrip("%％ ")
            name, _space, said = words.rpartition(" ")
            try:
                path = _district(name.strip(), said, paths, found)
                found[path] = read(said)
            except ValueError as why:
                self.add_error(field, _("Line %(n)s: %(why)s") % {"n": number, "why": why})
                return {}
        return found

    def design(self) -> Design:
        """What was typed; shares as fractions."""
        data = dict(self.cleaned_data)
        data |= {name: data[name] / 100 for name in PERCENT}
        data |= {name: data[name] or {} for name in ("shares", "adults")}
        return Design(**data)


def _district(name: str, said: str, paths: dict[str, str], found: Collection[str]) -> str:
    """The path of a district that was named, once."""
    if name not in paths:
        words = _("“%(name)s” is no district here; write its name, a blank, and the number")
        raise ValueError(words % {"name": name or said})
    if paths[name] in found:
        raise ValueError(_("%(name)s stands there twice") % {"name": name})
    return paths[name]


def _number(said: str) -> float:
    try:
        return float(said)
    except ValueError as error:
        raise ValueError(_("“%(said)s” is no number") % {"said": said}) from error


def _share(said: str) -> float:
    """A share in per cent, as a fraction."""
    share = _number(said)
    if not 0 < share < 100:
        raise ValueError(_("a share lies between 0 and 100"))
    return share / 100


def _people(said: str) -> int:
    """A whole number of people; commas of a table may stand in it."""
    number = _number(said.replace(",", "").replace("，", ""))
    if not (1 <= number <= MOST_PEOPLE and number == int(number)):
        raise ValueError(_("people are a whole number above 0"))
    return int(number)
