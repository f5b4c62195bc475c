"""Teams and volunteers from spreadsheets: a dry run names every wrong row; then all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kepu.kernel import tables
from kepu.kernel.accounts import phones
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.checks import birth_date, valid_id_number
from kepu.kernel.accounts.models import Organisation, Personal, User
from kepu.kernel.errors import BadInput, Refusal, authorize
from kepu.kernel.sheets import Told, unheard
from kepu.kernel.tables import Column, Fault, Row, Sheet
from kepu.people.actions import enrolment
from kepu.people.models import Skill
from kepu.people.newcomers import NewTeam, NewVolunteer
from kepu.people.places import Places
from kepu.people.queries.teams import team_taken_in
from kepu.people.queries.vocabulary import skills
from kepu.people.queries.volunteers import volunteer_of, volunteer_taken_in
from kepu.people.rules import enrolment as rules
from kepu.people.rules.volunteers import why_not_serve
from kepu.people.states import Tier

BATCH = 200
N_ = gettext_lazy


def _phone(value: str) -> str:
    try:
        return phones.normalise(value)
    except BadInput as refusal:
        raise ValueError(refusal.reason) from None


def _leader(value: str) -> User:
    """The active volunteer of a telephone; what is wrong is said to the officer, not to them."""
    person = accounts.by_phone(_phone(value))
    if person is None or volunteer_of(person) is None:
        raise ValueError(_("no volunteer has this number"))
    reason = why_not_serve(person)
    if reason:
        raise ValueError(reason)
    return person


def _id_number(value: str) -> str:
    if not valid_id_number(value.upper()):
        raise ValueError(_("the identity number is not right; please check each digit"))
    return value.upper()


def _topics(value: str) -> list[Skill]:
    """Topics by title or key, parted by commas of either kind."""
    known = {
        word: skill for skill in skills() for word in (skill.key, skill.title_zh, skill.title_en)
    }
    wanted = [part.strip() for part in value.replace("，", "、").replace(",", "、").split("、")]
    unknown = [part for part in wanted if part and part not in known]
    if unknown:
        raise ValueError(_("unknown topics: %(words)s") % {"words": "、".join(unknown)})
    return [known[part] for part in wanted if part]


def _tiers() -> dict[str, str]:
    return {str(tier.label): tier.value for tier in Tier}


def _words_of_tiers() -> str:
    return _("one of: %(words)s") % {"words": "、".join(_tiers())}


def _words_of_topics() -> str:
    """How topics are written, by two of them."""
    some = "、".join(str(skill.title) for skill in list(skills())[:2])
    return _("parted by commas, such as: %(words)s") % {"words": some}


def team_columns(places: Places) -> list[Column]:
    """The columns of a spreadsheet of teams."""
    return [
        Column("name", N_("team name"), tables.text(60)),
        Column("home", N_("home"), places.read, hint=N_("full name or official code of the place")),
        Column("leader", N_("leader's telephone"), _leader, hint=N_("of a registered volunteer")),
        Column(
            "agreed",
            N_("leader agreed on"),
            tables.a_date,
            hint=N_("day the leader said yes to you"),
        ),
        Column("tier", N_("tier"), tables.one_of(_tiers()), required=False, hint=_words_of_tiers()),
        Column("organisation", N_("credit code of the unit"), _unit, required=False),
        Column("skills", N_("topics"), _topics, hint=_words_of_topics()),
        Column("day_capacity", N_("orders a day"), tables.whole(1, 100)),
        Column("week_capacity", N_("orders a week"), tables.whole(1, 500)),
        Column("about", N_("about the team"), tables.text(1000), required=False),
    ]


def volunteer_columns(places: Places) -> list[Column]:
    """The columns of a spreadsheet of volunteers."""
    return [
        Column("name", N_("name"), tables.text(40)),
        Column("phone", N_("telephone"), _phone),
        Column("id_number", N_("identity number"), _id_number, required=False),
        Column("born", N_("date of birth"), tables.a_date, required=False, hint="1990-03-05"),
        Column("home", N_("home"), places.read, hint=N_("full name or official code of the place")),
        Column("skills", N_("topics"), _topics, required=False, hint=_words_of_topics()),
        Column(
            "consented", N_("consent signed on"), tables.a_date, hint=N_("day of the signed form")
        ),
        Column("national_number", N_("national volunteer number"), tables.text(30), required=False),
    ]


def _unit(value: str) -> Organisation:
    found = accounts.by_credit_code(value.upper())
    if found is None:
        raise ValueError(_("no unit with this credit code is registered"))
    if not found.active:
        raise ValueError(_("this unit is closed"))
    return found


@dataclass(frozen=True)
class Kind:
    """What can be imported: its columns, the check of a row and the verb that takes it in."""

    columns: Callable[[Places], list[Column]]
    prepare: Callable[[dict[str, Any]], Any]
    same: tuple[str, ...]  # values that may stand in one row only
    all_why_not: Callable[..., list[str]]
    enrol: Callable[..., Any]
    taken_in: Callable[[Any], bool]


def _as_team(values: dict[str, Any]) -> NewTeam:
    optional = {key: values[key] for key in ("tier", "about") if values[key]}
    kept = (
        "name", "home", "leader", "skills", "organisation", "day_capacity", "week_capacity", "agreed",
    )  # fmt: skip
    return NewTeam(**optional, **{key: values[key] for key in kept})


def _as_volunteer(values: dict[str, Any]) -> NewVolunteer:
    number = values["id_number"] or ""
    born: date | None = values["born"] or (birth_date(number) if number else None)
    personal = Personal(
        name=values["name"],
        phone=values["phone"],
        id_number=number,
        born=born.isoformat() if born else "",
    )
    return NewVolunteer(
        personal=personal,
        home=values["home"],
        consented=values["consented"],
        skills=values["skills"] or [],
        national_number=values["national_number"] or "",
    )


KINDS = {
    "teams": Kind(
        team_columns,
        _as_team,
        ("name",),
        rules.all_why_not_enrol_team,
        enrolment.enrol_team,
        team_taken_in,
    ),
    "volunteers": Kind(
        volunteer_columns,
        _as_volunteer,
        ("phone", "national_number"),
        rules.all_why_not_enrol_volunteer,
        enrolment.enrol_volunteer,
        volunteer_taken_in,
    ),
}


def dry_run(
    kind: str, file: IO[bytes], name: str, *, by: User, now: datetime, told: Told = unheard
) -> Sheet:
    """Read and check every row and write nothing. Faults are in the order of the rows.

    Rows that were taken in before are passed over, so that a table which was stopped in the middle
    can be given again.

    Raises NotAllowed if `by` takes nobody in anywhere, BadInput if the file is no such table.
    """
    authorize(rules.why_not_import(by, kind, now))
    what = KINDS[kind]
    sheet = tables.read_table(file, name, what.columns(Places(by, now)))
    faults = [*sheet.faults, *(fault for key in what.same for fault in _twice(sheet.rows, key))]
    rows = []
    for done, row in enumerate(sheet.rows):
        told("rows checked", done, len(sheet.rows))
        new = what.prepare(row.values)
        if what.taken_in(new):
            continue
        faults += [Fault(row.number, "", why) for why in what.all_why_not(new, by, now)]
        rows.append(Row(row.number, {"new": new}))
    return Sheet(rows, sorted(faults, key=lambda fault: fault.row))


def take_in(
    kind: str, file: IO[bytes], name: str, *, by: User, now: datetime, told: Told = unheard
) -> int:
    """Import a clean table, 200 rows to a transaction; raises BadInput and imports nothing if it is not."""
    sheet = dry_run(kind, file, name, by=by, now=now, told=told)
    if sheet.faults:
        raise BadInput(
            _("the table has %(count)s faults; nothing was imported") % {"count": len(sheet.faults)}
        )
    count = 0
    for start in range(0, len(sheet.rows), BATCH):
        told("rows imported", start, len(sheet.rows))
        count += _take_in_batch(sheet.rows[start : start + BATCH], KINDS[kind], by, now)
    return count


@transaction.atomic
def _take_in_batch(rows: Sequence[Row], what: Kind, by: User, now: datetime) -> int:
    """Another may take in the same table at this moment: what is there by now is passed over."""
    left = [row for row in rows if not what.taken_in(row.values["new"])]
    for row in left:
        try:
            what.enrol(row.values["new"], by=by, now=now)
        except (Refusal, IntegrityError) as error:
            raise BadInput(
                _("row %(row)s: %(reason)s; rows before this batch are imported")
                % {"row": row.number, "reason": _why(error)}
            ) from error
    return len(left)


def _why(error: Refusal | IntegrityError) -> str:
    if isinstance(error, Refusal):
        return error.reason
    return _("somebody else took it in at this moment; give the table once more")


def template(kind: str, *, by: User, now: datetime) -> bytes:
    """An empty XLSX to fill in."""
    return tables.template(KINDS[kind].columns(Places(by, now)))


def _twice(rows: Sequence[Row], key: str) -> list[Fault]:
    first: dict[Any, int] = {}
    faults = []
    for row in rows:
        value = row.values[key] if key != "name" else (row.values["name"], row.values["home"])
        if value and value in first:
            reason = _("the same as row %(row)s") % {"row": first[value]}
            faults.append(Fault(row.number, "", reason))
        first.setdefault(value, row.number)
    return faults
