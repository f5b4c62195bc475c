"""The OpenAPI document: what all operations share is added once, here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ninja.openapi.schema import OpenAPISchema

from kepu.kernel.api.problems import MEDIA_TYPE, Problem

ABOUT = """\
Every action of the order loop, with the same rules as the pages.

Send a key as `Authorization: Bearer kepu_...` (make one under your account), or use the session of a
page with its CSRF token. A POST may carry an `Idempotency-Key`: sent again within 30 days it is
answered as before and nothing happens twice. An order's `version` comes back as `ETag`; sent as
`If-Match`, a move is done only if nothing has changed meanwhile. Lists come in pages: follow `next`.
Refusals are `application/problem+json`: decide by `code`, show `detail`. Times need an offset.
"""

REFUSALS = {
    "400": "The request cannot be read",
    "401": "Nobody is known to ask",
    "403": "not_allowed: this person may not do it",
    "404": "not_found: not there, or outside the caller's scope",
    "409": "rule_broken: nobody may do it now; conflict: somebody else was faster",
    "412": "version_differs: it has changed since the caller looked",
    "415": "Only JSON is read",
    "422": "bad_input: some fields are not right; key_reused: the key was used for another request",
    "429": "Too many requests; see Retry-After",
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "1 to 100 printable characters",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
}
_SEEN = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the version seen",
    "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
}
_ETAG = {"description": "The order's version", "schema": {"type": "string"}}


def completed(document: OpenAPISchema) -> OpenAPISchema:
    """The document with ways in, headers and refusals."""
    parts = document["components"]
    parts["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "A key to the API"},
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    }
    parts.setdefault("schemas", {})["Problem"] = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    parts["schemas"].update(parts["schemas"]["Problem"].pop("$defs"))
    parts["responses"] = {status: _refusal(words) for status, words in REFUSALS.items()}
    for path, method, operation in operations(document):
        _complete(operation, path, method)
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation of the document with its address and method."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _refusal(words: str) -> dict[str, Any]:
    return {
        "description": words,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _complete(operation: dict[str, Any], path: str, method: str) -> None:
    for status in _statuses(operation, path, method):
        operation["responses"][status] = {"$ref": f"#/components/responses/{status}"}
    operation["responses"] = {str(key): value for key, value in operation["responses"].items()}
    if "security" in operation:
        operation["security"] = [{"key": []}, {"session": []}]
    if method == "post":
        operation["parameters"].append(_KEY)
    if "{order_id}" in path:
        _version(operation, method)


def _version(operation: dict[str, Any], method: str) -> None:
    if method == "post":
        operation["parameters"].append(_SEEN)
    schema = operation["responses"]["200"].get("content", {}).get("application/json", {})
    if schema.get("schema", {}).get("$ref", "").endswith("/OrderOut"):
        operation["responses"]["200"]["headers"] = {"ETag": _ETAG}


def _statuses(operation: dict[str, Any], path: str, method: str) -> list[str]:
    """Refusals that may answer this operation."""
    found = ["400", "404", "415", "422", "429"]
    if "security" in operation:
        found += ["401", "403"]
    if method == "post":
        found += ["409"]
    if method == "post" and "{order_id}" in path:
        found += ["412"]
    return sorted(found)
