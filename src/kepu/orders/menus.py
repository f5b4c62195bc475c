"""A menu from a spreadsheet: a dry run names every wrong row; then all of it is written, or nothing."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import tables
from kepu.kernel.errors import BadInput
from kepu.kernel.tables import Column, Fault, Row, Sheet
from kepu.orders import providers
from kepu.orders.actions.menu import Dish
from kepu.orders.states import Audience, MenuState
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.orders.providers import Provider


def columns(provider: Provider) -> list[Column]:
    """What stands above a spreadsheet of dishes."""
    topics = {word: skill for skill in people.skills() for word in _words(skill)}
    areas = {word: place for place in provider.areas() for word in (place.name, place.path)}
    audiences = {str(one.label): one.value for one in Audience}
    parted = lazy("parted by commas")
    return [
        Column("title", lazy("Title"), tables.text(80)),
        Column("topic", lazy("Topic"), _known(topics)),
        Column("description", lazy("What happens"), tables.text(1000), required=False),
        Column("audience", lazy("For whom"), tables.one_of(audiences), required=False),
        Column("minutes", lazy("Minutes"), tables.whole(10, 600)),
        Column("needs", lazy("What the place must have"), tables.text(200), required=False),
        Column("month_capacity", lazy("How often a month"), tables.whole(1, 1000)),
        Column("areas", lazy("Where it is offered"), _several(areas), hint=parted),
        Column("first_day", lazy("First day"), tables.a_date),
        Column("last_day", lazy("Last day"), tables.a_date, required=False),
    ]


def _words(skill: Any) -> tuple[str, ...]:
    return (skill.key, skill.title_zh, skill.title_en)


def _known(choices: dict[str, Any]) -> tables.Reader:
    def read(value: str) -> Any:
        if value not in choices:
            raise ValueError(_("not known: %(words)s") % {"words": value})
        return choices[value]

    return read


def _several(choices: dict[str, Any]) -> tables.Reader:
    def read(value: str) -> list[Any]:
        parts = [p.strip() for p in value.replace("，", "、").replace(",", "、").split("、")]
        unknown = [part for part in parts if part and part not in choices]
        if unknown:
            raise ValueError(_("not known: %(words)s") % {"words": "、".join(unknown)})
        return [choices[part] for part in parts if part]

    return read


def read(file: IO[bytes], name: str, provider: Provider) -> tuple[list[Dish], list[Fault]]:
    """The dishes a table holds, and everything that is wrong with it, row by row."""
    sheet = tables.read_table(file, name, columns(provider))
    written = set(
        providers.dishes(provider)
        .exclude(state=MenuState.WITHDRAWN)
        .values_list("title", flat=True)
    )
    dishes = [dish for row in sheet.rows if (dish := _dish(sheet, row, provider, written))]
    return dishes, sorted(sheet.faults, key=lambda fault: fault.row)


def _dish(sheet: Sheet, row: Row, provider: Provider, written: set[str]) -> Dish | None:
    values = dict(row.values)
    title = values["title"]
    if title in written:
        sentence = _("a service of this title is on your menu or above in this table")
        sheet.faults.append(Fault(row.number, str(_("Title")), sentence))
        return None
    written.add(title)
    areas = tuple(place.path for place in values.pop("areas"))
    optional = {key: value for key, value in values.items() if value is not None}
    try:
        return Dish(
            division=provider.home, areas=areas, team=provider.team,
            department=provider.department, **optional,
        )  # fmt: skip
    except BadInput as refusal:
        sheet.faults.append(Fault(row.number, "", refusal.reason))
        return None


def template(provider: Provider) -> bytes:
    """An empty table to fill in."""
    return tables.template(columns(provider))
