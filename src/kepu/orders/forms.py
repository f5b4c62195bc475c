"""The shape of what people type; whether it may be done is asked of rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.orders import rules
from kepu.orders.models import Order
from kepu.orders.states import Audience, MenuState, Priority
from kepu.people import queries as people
from kepu.ui import formats


class MomentField(forms.DateTimeField):
    """A day and time in Beijing, typed with the browser's own picker."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class WishForm(forms.Form):
    """What a resident wants."""

    title = forms.CharField(
        label=_("What do you need?"),
        max_length=80,
        help_text=_("A few words, such as: a talk on safe use of medicine"),
    )
    topic: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label=_("Topic"), empty_label=_("Please choose")
    )
    community: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label=_("Community or village"), empty_label=_("Please choose")
    )
    place = forms.CharField(
        label=_("Where exactly?"),
        max_length=200,
        required=False,
        help_text=_("Only those who serve the order can read it"),
    )
    wanted_from = MomentField(label=_("Earliest time"))
    wanted_until = MomentField(label=_("Latest time"))
    people = forms.IntegerField(
        label=_("How many people?"),
        min_value=1,
        max_value=100_000,
        initial=20,
        error_messages={
            "min_value": _("Write one person at least."),
            "max_value": _("Write 100,000 people at most."),
        },
    )
    audience = forms.ChoiceField(label=_("For whom?"), choices=Audience.choices)
    need = forms.CharField(
        label=_("Anything else we should know?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    def __init__(
        self, *args: Any, township: str, now: datetime, fixed: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.now = now
        self.fields["topic"].queryset = people.skills()  # type: ignore[attr-defined]
        self.fields["community"].queryset = divisions.below(  # type: ignore[attr-defined]
            township, Level.COMMUNITY
        )
        if fixed:
            del self.fields["topic"]
        for name, moment in _week_from_tomorrow(now).items():
            self.initial.setdefault(name, moment)

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if blocked := rules.why_not_title(title):
            raise forms.ValidationError(blocked)
        return title

    def clean(self) -> dict[str, Any]:
        """Say at its field what is wrong with the time, beside whatever else is wrong."""
        data: dict[str, Any] = super().clean() or {}
        _check_window(self, data, self.now)
        return data


def _week_from_tomorrow(now: datetime) -> dict[str, datetime]:
    morning = (now.astimezone(clock.BEIJING) + timedelta(days=1)).replace(
        hour=9, minute=0, second=0, microsecond=0
    )
    return {"wanted_from": morning, "wanted_until": morning.replace(hour=17) + timedelta(days=7)}


def _check_window(form: forms.Form, data: dict[str, Any], now: datetime) -> None:
    begin, end = data.get("wanted_from"), data.get("wanted_until")
    if begin and end and (wrong := rules.why_not_want(begin, end, now)):
        form.add_error("wanted_until", wrong)


class ForSomebodyForm(forms.Form):
    """Who telephoned, when a worker writes an order down for somebody."""

    caller_name = forms.CharField(label=_("Name of the caller"), max_length=40)
    caller_phone = forms.CharField(
        label=_("Telephone of the caller"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    of_age = forms.BooleanField(
        label=_("The caller is 14 or older"),
        help_text=_("Ask. For a younger child the guardian orders."),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The other side will read it"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PriorityForm(ReasonForm):
    """How urgent, and why."""

    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, coerce=int, widget=forms.RadioSelect
    )
    field_order = ("priority", "reason")


class ReopenForm(ReasonForm):
    """Why another visit is needed, and when it is wanted: as before, unless that time has begun."""

    wanted_from = MomentField(label=_("Earliest time"))
    wanted_until = MomentField(label=_("Latest time"))

    def __init__(self, *args: Any, order: Order, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now
        before = {"wanted_from": order.wanted_from, "wanted_until": order.wanted_until}
        self.initial.update(before if order.wanted_from > now else _week_from_tomorrow(now))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        _check_window(self, data, self.now)
        return data


class DispatchForm(forms.Form):
    """Which department the order goes to; those that answer for the topic come first, by nearness."""

    department = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label=_("Department"),
        empty_label=_("Please choose"),
    )
    note = forms.CharField(
        label=_("Note to the department"),
        required=False,
        max_length=300,
        help_text=_("The resident and the team that takes the order read it too"),
    )

    station: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label=_("Station that dispatches"), empty_label=None, required=False
    )

    def __init__(self, *args: Any, departments: Any, stations: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        self.fields["station"].queryset = stations  # type: ignore[attr-defined]
        if len(stations) < 2:
            del self.fields["station"]


class ScheduleForm(forms.Form):
    starts_at = MomentField(label=_("When does the visit begin?"))


class TeamForm(forms.Form):
    """Which team, of those the person leads or may name."""

    team: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label=_("Team"), empty_label=_("Please choose")
    )

    def __init__(self, *args: Any, teams: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]


class LikeOrderField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, order: Any) -> str:
        day = formats.day(order.wanted_from, clock.now())
        return f"{order.number} {order.title} · {order.division_now.name} · {day}"


class MergeForm(forms.Form):
    """Which like order this one joins."""

    into = LikeOrderField(
        queryset=None, label=_("The order it joins"), widget=forms.RadioSelect, empty_label=None,
        help_text=_("Its people are added there, and this one ends"),
    )  # fmt: skip

    def __init__(self, *args: Any, like: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["into"].queryset = like  # type: ignore[attr-defined]


class CheckInForm(forms.Form):
    code = forms.CharField(
        label=_("Code of the visit"),
        max_length=8,
        help_text=_("Six letters and figures that the receiving side shows you"),
    )


class DeliverForm(forms.Form):
    attended = forms.IntegerField(label=_("How many people came?"), min_value=0, max_value=100_000)
    ended_at = MomentField(
        label=_("When did the visit end?"),
        required=False,
        help_text=_(
            "Hours count from arrival to then, and to now at the latest: report when the visit is over."
        ),
    )
    note = forms.CharField(label=_("How did it go?"), required=False, max_length=300)


class RateForm(forms.Form):
    stars = forms.TypedChoiceField(
        label=_("How was it?"),
        coerce=int,
        choices=[(n, str(n)) for n in range(1, 6)],
        error_messages={"required": _("Please choose how many stars")},
    )
    words = forms.CharField(
        label=_("A few words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=_("Your answer"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class DishForm(forms.Form):
    """A dish for the menu."""

    title = forms.CharField(label=_("Title"), max_length=80)
    topic: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label=_("Topic"), empty_label=_("Please choose")
    )
    description = forms.CharField(
        label=_("What happens, and what people take home"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )
    audience = forms.ChoiceField(label=_("For whom?"), choices=Audience.choices)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=10, max_value=600, initial=60)
    needs = forms.CharField(label=_("What the place must have"), required=False, max_length=200)
    month_capacity = forms.IntegerField(
        label=_("How often a month"), min_value=1, max_value=1000, initial=10
    )
    areas = forms.ModelMultipleChoiceField(
        queryset=Division.objects.none(),
        label=_("Where it is offered"),
        widget=forms.CheckboxSelectMultiple,
    )
    first_day = forms.DateField(
        label=_("First day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    venue: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None,
        label=_("Venue where it takes place"),
        required=False,
        empty_label=_("none: we come to the residents"),
        help_text=_("While the venue cannot be used, nothing is ordered or agreed there."),
    )
    contract: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label=_("Contract it was purchased under"), required=False
    )

    def __init__(
        self,
        *args: Any,
        areas: Any,
        now: datetime,
        venues: Any,
        contracts: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["venue"].queryset = venues  # type: ignore[attr-defined]
        self.fields["contract"].queryset = contracts  # type: ignore[attr-defined]
        if contracts is None:
            del self.fields["contract"]
        self.fields["topic"].queryset = people.skills()  # type: ignore[attr-defined]
        self.fields["areas"].queryset = areas  # type: ignore[attr-defined]
        self.initial.setdefault("first_day", clock.day(now))


class RehomeForm(forms.Form):
    """Another venue for an order that lost its own."""

    venue: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label=_("Venue where it takes place"), empty_label=_("Please choose")
    )

    def __init__(self, *args: Any, venues: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["venue"].queryset = venues  # type: ignore[attr-defined]


class TopicsForm(forms.Form):
    """Topics that a department answers for; none is a choice too."""

    topics = forms.ModelMultipleChoiceField(
        queryset=people.skills(),
        label=_("Topics we answer for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class EditDishForm(DishForm):
    """A dish that is there already, and the version of it that was looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class TableForm(forms.Form):
    table = forms.FileField(
        label=_("Spreadsheet"), help_text=_("XLSX or CSV, at most 20,000 rows and 8 MB")
    )


class DishListForm(forms.Form):
    """What narrows a list of dishes; sent by GET."""

    q = forms.CharField(
        label=_("Search the menu"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    audience = forms.ChoiceField(
        label=_("For whom"), required=False, choices=[("", _("All")), *Audience.choices]
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        topics = [(one.key, one.title) for one in people.skills()]
        self.fields["topic"].choices = [("", _("All")), *topics]  # type: ignore[attr-defined]


class MenuListForm(DishListForm):
    """What a resident asks of the menu of a place."""

    district = forms.ChoiceField(label=_("Where they come from"), required=False)
    by = forms.CharField(label=_("Team or department"), required=False, max_length=60)
    place = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("everywhere")), *divisions.districts_by_city()]
        self.fields["district"].choices = choices  # type: ignore[attr-defined]


class OwnDishListForm(DishListForm):
    """What those who offer ask of their own dishes."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *MenuState.choices]
    )
    by = forms.CharField(label=_("Team or department"), required=False, max_length=60)


class ContractListForm(forms.Form):
    """How the list of contracts is narrowed; sent by GET."""

    q = forms.CharField(label=_("Number or seller"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), ("running", _("Still runs")), ("ended", _("Has run out"))],
    )


class ContractForm(forms.Form):
    """A purchased service: who pays whom, how much, for how many services, until when."""

    number = forms.CharField(label=_("Number of the contract"), max_length=60)
    buyer = forms.ModelChoiceField(
        queryset=Organisation.objects.none(), label=_("Buying department")
    )
    seller = forms.ModelChoiceField(
        queryset=Organisation.objects.filter(active=True), label=_("Seller")
    )
    yuan = forms.DecimalField(
        label=_("Amount in yuan"), max_digits=12, decimal_places=2, min_value=0
    )
    services = forms.IntegerField(label=_("How many services"), min_value=1, max_value=100_000)
    first_day = forms.DateField(
        label=_("First day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    last_day = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, buyers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["buyer"].queryset = buyers  # type: ignore[attr-defined]


class PlanLineListForm(forms.Form):
    """How the lines of a plan are narrowed; sent by GET."""

    q = forms.CharField(label=_("Order or team"), required=False, max_length=60)
    topic: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label=_("Topic"), required=False, empty_label=_("All")
    )
    served = forms.ChoiceField(
        label=_("In the plan"),
        required=False,
        choices=[("", _("All")), ("served", _("With a team")), ("left", _("Without a team"))],
    )
    plan = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["topic"].queryset = people.skills()  # type: ignore[attr-defined]
