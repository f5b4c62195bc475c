"""Reading a body: JSON, of sane depth, in letters that a database can keep."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from kepu.kernel.errors import Refusal

DEEPEST = 20


class NotJson(Refusal):
    """Something else than JSON was sent."""

    code = "unsupported_media_type"
    status = 415


class Unreadable(Refusal):
    """What was sent cannot be read at all."""

    code = "bad_request"
    status = 400


class Reader(Parser):
    """JSON without what no database keeps: letter zero, halves of letters, endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as JSON; whatever this raises, the API answers with 400."""
        return load(request.body)

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        """The query; raises Unreadable."""
        found = super().parse_querydict(data, list_fields, request)
        try:
            _check(found)
        except ValueError as error:
            raise Unreadable(_("this request cannot be read")) from error
        return found


def require_json(request: HttpRequest) -> None:
    """Raise NotJson when a body is declared to be something else."""
    has_body = request.META.get("CONTENT_LENGTH") not in (None, "", "0")
    if has_body and request.content_type != "application/json":
        raise NotJson(_("send application/json"))


def load(octets: bytes) -> Any:
    """What the JSON says; raises ValueError for what is none, or what no database keeps."""
    try:
        body = json.loads(octets)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _check(body)
    return body


def _check(value: Any) -> None:
    """Walk level by level, so that depth costs no stack."""
    level = [value]
    for _depth in range(DEEPEST):
        level = [part for one in level for part in _parts(one)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _parts(value: Any) -> list[Any]:
    if isinstance(value, str):
        _check_text(value)
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("a number too large to keep")
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def _check_text(text: str) -> None:
    if "\0" in text:
        raise ValueError("letter zero")
    text.encode()  # half a letter has no encoding: UnicodeEncodeError is a ValueError
