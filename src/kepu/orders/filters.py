"""The filter above the list of orders, read from the address so that it can be kept and sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts.models import Organisation
from kepu.kernel.choices import OneOf
from kepu.kernel.days import DayField
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders.listing import Asked
from kepu.orders.states import OrderState
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

MOST_PLACES = 300


class ListForm(forms.Form):
    """What a reader asks of the list."""

    q = forms.CharField(
        label=lazy("Search"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    state = forms.MultipleChoiceField(
        label=lazy("State"), required=False, choices=OrderState.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    place = forms.ChoiceField(label=lazy("Place"), required=False)
    topic = OneOf(queryset=None, label=lazy("Topic"), required=False)
    department = OneOf(
        queryset=Organisation.objects.none(), label=lazy("Department"), required=False
    )
    team = forms.CharField(label=lazy("Name of the team"), required=False, max_length=60)
    first = DayField(
        label=lazy("Wanted from"),
        required=False,
    )
    last = DayField(
        label=lazy("Wanted until"),
        required=False,
    )
    overdue = forms.BooleanField(label=lazy("Only overdue ones"), required=False)
    unanswered = forms.BooleanField(
        label=lazy("Only ratings my teams have not answered"), required=False
    )

    def __init__(self, *args: Any, person: User, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        everywhere = people.skills()
        self.fields["topic"].queryset = everywhere  # type: ignore[attr-defined]
        self.fields["department"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            kind="department", active=True
        ).order_by("name")
        held = roles.reaches(person, (Verb.ORDER_DISPATCH, Verb.ORDER_SUPERVISE), now)
        self.fields["place"].choices = _places(  # type: ignore[attr-defined]
            {path for reach in held.values() for path in reach.paths},
            person.home.path if person.home else "",
            str(self.data.get("place", "")),
        )
        self.teams = tuple(people.teams_led(person))
        if not self.teams:
            del self.fields["unanswered"]
        for name in ("topic", "department"):
            self.fields[name].empty_label = _("All")  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """The cleaned answer."""
        data = self.cleaned_data
        return Asked(
            states=tuple(data["state"]),
            place=data["place"],
            topic=data["topic"],
            department=data["department"],
            team=data["team"],
            overdue=data["overdue"],
            unanswered_by=self.teams if data.get("unanswered") else (),
            first=data["first"],
            last=data["last"],
            words=data["q"],
        )


class BoardForm(forms.Form):
    """What narrows a board; called as in the list, where the words lead."""

    q = forms.CharField(
        label=lazy("Search the orders"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    place = forms.ChoiceField(label=lazy("Place"), required=False)
    topic = OneOf(queryset=None, label=lazy("Topic"), required=False)

    def __init__(self, *args: Any, scopes: Iterable[str], near: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["topic"].queryset = people.skills()  # type: ignore[attr-defined]
        self.fields["topic"].empty_label = _("All")  # type: ignore[attr-defined]
        asked = str(self.data.get("place", ""))
        self.fields["place"].choices = _places(scopes, near, asked)  # type: ignore[attr-defined]

    def narrow(self, orders: Any) -> Any:
        """Those of the board's orders that lie in the place and are about the topic."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("place"):
            orders = orders.filter(path__within=asked["place"])
        return orders.filter(topic=asked["topic"]) if asked.get("topic") else orders


def _places(scopes: Iterable[str], near: str, asked: str) -> list[tuple[str, str]]:
    """The reader's places and those one level below, the own one first; and the one asked for, wherever."""
    found = divisions.at_and_below(scopes)
    found.sort(key=lambda row: not near.startswith(row.path))
    rows = {row.path: row.name for row in found[:MOST_PLACES]}
    if asked and asked not in rows:
        one = divisions.current().filter(path=asked).first()
        rows |= {one.path: one.name} if one else {}
    return [("", _("All")), *rows.items()]
