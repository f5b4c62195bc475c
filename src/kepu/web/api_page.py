"""The API as a page that people read, made from the document that machines read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.api import problems
from kepu.kernel.api.problems import CODES
from kepu.web.api import api
from kepu.web.api_document import operations

HEADERS = {
    "Idempotency-Key": lazy("Sent again within 30 days, it is answered as before"),
    "If-Match": lazy("Done only if the order still has this version"),
    "limit": lazy("Rows of a page, 1 to 100"),
    "after": lazy("Where the page begins; follow `next`"),
}


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of the body."""

    name: str
    where: str
    kind: str
    needed: bool
    words: str


@dataclass(frozen=True)
class Entry:
    """One operation as people read it."""

    anchor: str
    method: str
    path: str
    title: str
    fields: list[Field]
    answers: list[str]
    example: str
    open: bool


@dataclass(frozen=True)
class Group:
    """Operations that belong together."""

    title: str
    entries: list[Entry] = field(default_factory=list)


def root(request: HttpRequest) -> HttpResponse:
    """The address itself leads to the page."""
    return redirect("api-docs")


def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever else is asked for under /api/ is not there."""
    return problems.of_status(request, 404)


def page(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, its body, its refusals and an example."""
    document = api.get_openapi_schema()
    base = f"{request.scheme}://{request.get_host()}"
    codes = [(code, status, str(title)) for code, (status, title) in CODES.items()]
    context = {"groups": list(groups(document, base)), "codes": codes, "base": base}
    return render(request, "web/api.html", context)


def groups(document: dict[str, Any], base: str) -> Iterator[Group]:
    """The document's operations under the titles of their groups."""
    found: dict[str, Group] = {}
    for path, method, operation in operations(document):
        tag = operation.get("tags", ["API"])[0]
        group = found.setdefault(tag, Group(_(tag)))
        group.entries.append(_entry(document, base, path, method, operation))
    yield from found.values()


def _entry(
    document: dict[str, Any], base: str, path: str, method: str, operation: dict[str, Any]
) -> Entry:
    return Entry(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        title=_(operation["summary"]),
        fields=[*_parameters(operation), *_body(document, operation)],
        answers=sorted(operation["responses"]),
        example=_example(document, base + path, method, operation),
        open="security" not in operation,
    )


def _parameters(operation: dict[str, Any]) -> Iterator[Field]:
    for given in operation["parameters"]:
        words = HEADERS.get(given["name"], "")
        yield Field(
            given["name"], given["in"], kind(given["schema"]), given["required"], str(words)
        )


def _body(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[Field]:
    schema = _body_schema(document, operation)
    needed = schema.get("required", [])
    for name, about in schema.get("properties", {}).items():
        yield Field(name, "body", kind(_choices(document, about)), name in needed, "")


def _body_schema(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return _followed(document, schema)


def _followed(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"][name] if name else schema
    return found


def _choices(document: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    """A field that names one of a few words shows them; any other stays as it is."""
    inner = about["allOf"][0] if "allOf" in about else about
    found = _followed(document, inner)
    return found if "enum" in found else about


def kind(schema: dict[str, Any]) -> str:
    """What a value looks like, in a few letters."""
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(kind(one) for one in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if schema.get("type") == "array":
        return f"[{kind(schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type") or "any")


def _example(document: dict[str, Any], url: str, method: str, operation: dict[str, Any]) -> str:
    """A command that could be typed."""
    lines = [f"curl -X {method.upper()} '{url}'"]
    if "security" in operation:
        lines.append("-H 'Authorization: Bearer kepu_...'")
    schema = _body_schema(document, operation)
    if schema:
        values = ", ".join(f'"{name}": ...' for name in schema.get("required", []))
        lines += ["-H 'Content-Type: application/json'", f"-d '{{{values}}}'"]
    return " \\\n  ".join(lines)
