"""The spreadsheets of this room for `kepu import` and `kepu export`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import IO, Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts import queries as accounts
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.sheets import Errand, Sheet, Taking, Written
from kepu.kernel.tables import Fault
from kepu.people import imports, units
from kepu.people.models import Entry, Team, Volunteer

BATCH = 500


def _attempt(kind: str, file: IO[bytes], name: str, errand: Errand) -> list[Fault]:
    return imports.dry_run(kind, file, name, by=errand.by, now=errand.now, told=errand.told).faults


def _take_in(kind: str, file: IO[bytes], name: str, errand: Errand) -> int:
    return imports.take_in(kind, file, name, by=errand.by, now=errand.now, told=errand.told)


def _template(kind: str, errand: Errand) -> bytes:
    return imports.template(kind, by=errand.by, now=errand.now)


def _taking(kind: str) -> Taking:
    return Taking(partial(_attempt, kind), partial(_take_in, kind), partial(_template, kind))


def teams(scope: str, now: datetime) -> Written:
    """Teams at home in `scope`, by place and name."""
    headers = [
        _("team name"), _("home"), _("state"), _("tier"), _("unit"), _("topics"),
        _("orders a day"), _("orders a week"), _("approved on"),
    ]  # fmt: skip
    found = Team.objects.filter(path__within=scope).select_related("organisation", "division_now")
    return headers, _team_rows(found.prefetch_related("skills").order_by("path", "sort_key", "pk"))


def _team_rows(found: Any) -> Iterator[list[Any]]:
    for team in found.iterator(BATCH):
        yield [
            team.name, team.division_now.name, team.get_state_display(), team.get_tier_display(),
            team.organisation.name if team.organisation else None, _titles(team.skills.all()),
            team.day_capacity, team.week_capacity, team.joined_at,
        ]  # fmt: skip


def volunteers(scope: str, now: datetime) -> Written:
    """Volunteers at home in `scope`; telephones with their middles taken out."""
    headers = [
        _("number"), _("name"), _("telephone"), _("home"), _("state"), _("topics"),
        _("agreed hours"), _("registered on"),
    ]  # fmt: skip
    found = Volunteer.objects.filter(path__within=scope).annotate(
        agreed=Sum("person__hours__minutes")
    )
    found = found.select_related("person", "division_now").prefetch_related("skills")
    return headers, _volunteer_rows(found.order_by("path", "pk"))


def _volunteer_rows(found: Any) -> Iterator[list[Any]]:
    for one in found.iterator(BATCH):
        yield [
            one.number, one.person.name, accounts.masked_phone(one.person), one.division_now.name,
            one.get_state_display(), _titles(one.skills.all()), (one.agreed or 0) / 60,
            one.active_at,
        ]  # fmt: skip


def hours(scope: str, now: datetime) -> Written:
    """The ledger of hours that both sides agreed on, line by line as it was written."""
    headers = [
        _("line"), _("volunteer"), _("name"), _("team"), _("what was done"), _("place"),
        _("began"), _("minutes"), _("corrects line"), _("reason"), _("entered"),
    ]  # fmt: skip
    found = Entry.objects.filter(service__path__within=scope).select_related(
        "person__volunteer", "team", "service__division_now"
    )
    return headers, _hour_rows(found.order_by("pk"))


def _hour_rows(found: Any) -> Iterator[list[Any]]:
    for line in found.iterator(BATCH):
        number = getattr(getattr(line.person, "volunteer", None), "number", "")
        yield [
            line.pk, number, line.person.name, line.team.name if line.team else None,
            line.service.title, line.service.division_now.name, line.service.began_at, line.minutes,
            line.corrects_id, line.reason, line.at,
        ]  # fmt: skip


def organisations(scope: str, now: datetime) -> Written:
    """Units within `scope`, with their credit codes."""
    headers = [str(column.header) for column in units.columns(None)]
    return headers, _unit_rows(scope)


def _unit_rows(scope: str) -> Iterator[list[Any]]:
    from kepu.kernel.accounts.models import Organisation

    found = Organisation.objects.filter(path__within=scope).order_by("path", "sort_key", "pk")
    names = divisions.full_names(set(found.values_list("path", flat=True)))
    for unit in found.iterator(BATCH):
        yield [unit.name, unit.get_kind_display(), names[unit.path], unit.credit_code]


def _titles(skills: Any) -> str:
    return "、".join(str(skill.title) for skill in skills)


SHEETS = (
    Sheet("teams", lazy("teams"), _taking("teams"), teams),
    Sheet("volunteers", lazy("volunteers"), _taking("volunteers"), volunteers),
    Sheet("hours", lazy("hours"), None, hours),
    Sheet(
        "organisations",
        lazy("organisations"),
        Taking(units.attempt, units.take_in, units.template),
        organisations,
    ),
)
