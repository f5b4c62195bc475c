"""What an inspector's device takes along: own inspections with checklist and own notes, as plain data."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kepu.appraisal.inspection_states import InspectionState
from kepu.appraisal.models import Inspection, Inspector
from kepu.appraisal.programme.schema import Check, Noted
from kepu.appraisal.queries import inspections as queries
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions

# Each notes alone; once all have signed they see where they differ.
COMPARED = (InspectionState.HANDED_IN, InspectionState.SENT_BACK)


def pack(person: User, now: datetime) -> dict[str, Any]:
    """All that a person inspects now. A dozen queries for each inspection: there are few."""
    found = [_inspection(one, person) for one in queries.of_person(person, now)]
    return {"at": now.isoformat(), "inspections": found}


def _inspection(one: Inspection, person: User) -> dict[str, Any]:
    inspectors = list(one.inspectors.select_related("person"))
    own = next(who for who in inspectors if who.person_id == person.pk)
    others = [who.person.name for who in inspectors if who.person_id != person.pk]
    return {
        "id": one.pk,
        "name": queries.name(one),
        "programme": str(queries.programme(one)),
        "place": _place(one),
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(),
        "state": one.state,
        "state_words": one.get_state_display(),
        "words": one.words,
        "sent_back_times": one.sent_back_times,
        "others": others,
        "signed": own.signed_at is not None,
        "opinion": own.opinion,
        "venue_words": own.venue_words,
        "venue_post": own.venue_post,
        "checks": [_check(check) for check in queries.checks(one)],
        "differs": _differences(one) if one.state in COMPARED else [],
        **_own(own),
    }


def _own(own: Inspector) -> dict[str, Any]:
    found = {
        one.item: {"value": one.value, "note": one.note, "turn": one.turn}
        for one in own.findings.all()
    }
    return {"findings": found, "photos": dict(Counter(own.photos.values_list("item", flat=True)))}


def _place(one: Inspection) -> str:
    about = queries.subject(one)
    address = about.venue.address if about.venue is not None else ""
    return f"{divisions.full_name(about.path)} {address}".strip()


def _check(check: Check) -> dict[str, Any]:
    return {
        "key": check.key, "part": check.part, "title": str(check), "text": check.text,
        "kind": str(check.kind), "unit": check.unit, "least": check.least, "most": check.most,
        "choices": check.choices, "needed": check.needed, "photo": check.photo,
    }  # fmt: skip


def _differences(one: Inspection) -> list[dict[str, Any]]:
    return [
        {
            "title": str(row.check),
            "said": [
                [who.person.name, in_words(row.check, found.value if found else None)]
                for who, found in row.found
            ],
        }
        for row in queries.rows(one)
        if row.differs
    ]


def in_words(check: Check, value: Any) -> str:
    """What was noted, as people say it."""
    if value is None or value == "":
        return _("not noted")
    if check.kind is Noted.YES:
        return _("yes") if value else _("no")
    if check.kind is Noted.NUMBER:
        return f"{value:g} {check.unit}".strip()
    return str(value)
