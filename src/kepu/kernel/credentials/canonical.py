"""JSON written in one way only, so that a signature holds however the file was laid out.

Source: RFC 8785, JSON Canonicalization Scheme (JCS).
"""

from __future__ import annotations

import json
import math
from typing import Any

from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput

SAFE = 2**53 - 1  # beyond it JSON readers differ about whole numbers
DEPTH = 64


def canonical(value: Any, depth: int = DEPTH) -> bytes:
    """The one way to write a value that JSON can hold, in UTF-8.

    Raises BadInput for what JSON readers do not agree about: numbers beyond 2^53, infinite ones, half
    characters, nesting deeper than DEPTH.
    """
    try:
        return _written(value, depth).encode()
    except UnicodeEncodeError as fault:
        raise BadInput(_("this file holds a broken character")) from fault


def _written(value: Any, depth: int) -> str:
    if depth == 0:
        raise BadInput(_("this file is nested too deeply"))
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be", "surrogatepass"))
        said = (f"{_text(key)}:{_written(one, depth - 1)}" for key, one in pairs)
        return "{" + ",".join(said) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_written(one, depth - 1) for one in value) + "]"
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return _number(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: int | float) -> str:
    if isinstance(value, int) and abs(value) <= SAFE:
        return str(value)
    if not isinstance(value, float) or not math.isfinite(value):
        raise BadInput(_("this file holds a number that readers of JSON do not agree about"))
    return _as_ecmascript(value)


def _as_ecmascript(value: float) -> str:
    """ECMAScript's Number::toString: the shortest digits, which Python finds too, laid out its way."""
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _e, power = f"{abs(value)!r}".partition("e")
    whole, _point, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(power or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    return sign + _laid_out(digits, point)


def _laid_out(digits: str, point: int) -> str:
    """`digits` with the decimal point after the first `point` of them."""
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    power = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"{digits[0]}.{digits[1:]}{power}" if count > 1 else f"{digits}{power}"
