"""How calls and applications look at /api/."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from kepu.appraisal import queries, rules
from kepu.appraisal.models import Application, Call
from kepu.appraisal.programme.schema import Asked as AskedFor
from kepu.appraisal.programme.schema import Exhibit, Programme, Question
from kepu.appraisal.states import MENDABLE, ApplicationCallState, ApplicationState
from kepu.kernel.api.shapes import Spot
from kepu.kernel.files import queries as files

Said = bool | int | float | str | None
TYPES: dict[AskedFor, Literal["number", "boolean", "string"]] = {
    AskedFor.NUMBER: "number",
    AskedFor.YES: "boolean",
}


class AppraisalCallOut(Schema):
    """A call for titles or grants."""

    id: int
    programme: str = Field(description="Its code; its name stands in `programme_name`")
    programme_name: str
    title: str
    place: Spot
    opens_at: datetime
    closes_at: datetime
    state: ApplicationCallState
    why_not_apply: str | None = Field(description="Null while it takes applications")


class ApplicationClassOut(Schema):
    key: str
    title: str


class FormQuestionOut(Schema):
    """A question with the keywords of JSON Schema for its answer."""

    key: str
    title: str
    type: Literal["number", "boolean", "string"]
    format: str | None = Field(description="date, or null")
    enum: list[str] | None
    minimum: float | None
    maximum: float | None
    max_length: int | None
    max_lines: int | None = Field(description="Of a list or a budget, which has a line for each")
    unit: str
    required: bool
    classes: list[str] = Field(description="Keys; empty where it is asked of every class")
    registered: bool = Field(description="Taken from the venue's registration; nobody sends it")


class ExhibitOut(Schema):
    """An entry of the list of evidence."""

    key: str
    title: str
    required: bool
    kinds: list[str]
    most: int
    megabytes: int
    classes: list[str]


class OneAppraisalCallOut(AppraisalCallOut):
    """With the form of its programme, in the version that holds for this call to the end."""

    about: str
    rules_version: int
    subject: str = Field(description="venue, unit, place, person or work")
    classes: list[ApplicationClassOut]
    levels: list[ApplicationClassOut]
    form: list[FormQuestionOut]
    evidence: list[ExhibitOut]
    eligibility: list[str]


class ApplicationFileOut(Schema):
    id: int
    key: str = Field(description="The entry of the list of evidence")
    name: str
    kind: str
    size: int


class ApplicationStepOut(Schema):
    """One step. Who took it is told to officers alone, on the page."""

    verb: str
    state: ApplicationState
    reason: str
    reference: str
    at: datetime


class ApplicationOut(Schema):
    """An application as its writers and its officers know it."""

    id: int
    call_id: int
    code: str
    applicant: str
    class_key: str
    place: Spot
    state: ApplicationState
    due_at: datetime | None
    level: str = Field(description="The key of the level that is proposed or was given")
    version: int


class OneApplicationOut(ApplicationOut):
    """With what it says and shows, and every step since."""

    answers: dict[str, Said]
    files: list[ApplicationFileOut]
    gaps: list[str] = Field(description="What stands in the way of handing it in, for its writers")
    history: list[ApplicationStepOut]


def call_out(call: Call, now: datetime) -> dict[str, Any]:
    return {
        "id": call.pk,
        "programme": call.programme,
        "programme_name": str(queries.calls.programme(call)),
        "title": call.title,
        "place": Spot(path=call.path, name=call.division_now.name),
        "opens_at": call.opens_at,
        "closes_at": call.closes_at,
        "state": call.state,
        "why_not_apply": rules.calls.why_not_take(call, now),
    }


def whole_call(call: Call, now: datetime) -> dict[str, Any]:
    programme = queries.calls.programme(call)
    return call_out(call, now) | {
        "about": call.about,
        "rules_version": call.rules_version,
        "subject": programme.subject.value,
        "classes": [_named(one) for one in programme.classes],
        "levels": [_named(one) for one in programme.levels],
        "form": [_question(one) for one in programme.form],
        "evidence": [_exhibit(one) for one in programme.evidence],
        "eligibility": [one.text for one in programme.eligibility],
    }


def _named(one: Any) -> dict[str, str]:
    return {"key": one.key, "title": str(one)}


def _question(one: Question) -> dict[str, Any]:
    number, counted = one.kind is AskedFor.NUMBER, one.kind in (AskedFor.LINES, AskedFor.AMOUNTS)
    kind = TYPES.get(one.kind, "string")
    return {
        "key": one.key,
        "title": str(one),
        "type": kind,
        "format": "date" if one.kind is AskedFor.DAY else None,
        "enum": one.choices or None,
        "minimum": one.least if number else None,
        "maximum": one.most if number else None,
        "max_length": one.longest if kind == "string" else None,
        "max_lines": one.entries if counted else None,
        "unit": one.unit,
        "required": one.required,
        "classes": one.classes,
        "registered": bool(one.fact),
    }


def _exhibit(one: Exhibit) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": str(one),
        "required": one.required,
        "kinds": [kind.value for kind in one.kinds],
        "most": one.most,
        "megabytes": one.megabytes,
        "classes": one.classes,
    }


def application_out(one: Application) -> dict[str, Any]:
    return {
        "id": one.pk,
        "call_id": one.call_id,
        "code": one.code,
        "applicant": queries.applications.name_of(one),
        "class_key": one.klass,
        "place": Spot(path=one.path, name=one.division_now.name),
        "state": one.state,
        "due_at": one.due_at,
        "level": one.grade,
        "version": one.version,
    }


def whole_application(one: Application, programme: Programme, *, own: bool) -> dict[str, Any]:
    """`own` is for its writers: what stands in the way of handing it in."""
    rows = one.evidence.select_related("file", "file__owner")
    return application_out(one) | {
        "answers": queries.applications.answers(one),
        "files": [file_out(row) for row in rows],
        "gaps": rules.applications.gaps(one, programme) if own and one.state in MENDABLE else [],
        "history": [
            {
                "verb": step.verb, "state": step.state, "reason": step.reason,
                "reference": step.reference, "at": step.at,
            }
            for step in one.steps.order_by("-at", "-pk")
        ],
    }  # fmt: skip


def file_out(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "key": row.key,
        "name": files.name(row.file),
        "kind": row.file.kind,
        "size": row.file.size,
    }
