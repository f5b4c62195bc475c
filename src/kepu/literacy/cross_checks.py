"""Do the figures of a return hold together? Plain numbers in, sentences out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from kepu.literacy.statistics import Check, Statistics, Values
from kepu.ui import formats


@dataclass(frozen=True)
class Finding:
    """A cross-check that does not hold: what it says, of which figures; a hard one cannot be explained."""

    key: str
    keys: tuple[str, ...]
    sentence: str
    hard: bool


def findings(rules: Statistics, values: Values, last: Values) -> list[Finding]:
    """Every cross-check that does not hold, the hard ones first. What is not filled is not judged."""
    inside = [
        Finding(key, check.keys, _with_figures(rules, check, values), check.hard)
        for key, check in rules.checks()
        if _broken(check, values)
    ]
    return sorted([*inside, *_changes(rules, values, last)], key=lambda one: not one.hard)


def explainable(rules: Statistics) -> set[str]:
    """Keys of the cross-checks that a sentence may be said to."""
    soft = {key for key, check in rules.checks() if not check.hard}
    return soft | {f"change.{key}" for key in rules.asked}


def missing(rules: Statistics, values: Values) -> list[str]:
    """Indicators that are not filled yet."""
    return [key for key in rules.asked if key not in values]


def with_sums(rules: Statistics, values: Values) -> dict[str, Decimal]:
    """The figures with the sums that the form computes, where all parts are there."""
    sums = {
        key: sum((values[part] for part in parts), Decimal())
        for key, parts in rules.computed.items()
        if all(part in values for part in parts)
    }
    return {**values, **sums}


def _broken(check: Check, values: Values) -> bool:
    return all(key in values for key in check.keys) and check.broken(values)


def _with_figures(rules: Statistics, check: Check, values: Values) -> str:
    """The sentence, and the figures it is about, so that nobody has to look for them."""
    if any(key not in values for key in check.keys):
        return check.sentence
    told = _(", ").join(_figure(rules, key, values[key]) for key in check.keys)
    return _("%(sentence)s (%(figures)s)") % {"sentence": check.sentence, "figures": told}


def _figure(rules: Statistics, key: str, value: Decimal) -> str:
    return f"{rules.indicators[key].title} {amount(value)}"


def amount(value: Decimal | None) -> str:
    """A figure with as many decimals as it has."""
    if value is None:
        return ""
    return formats.decimal(value, 0 if value == value.to_integral_value() else 2)


def _changes(rules: Statistics, values: Values, last: Values) -> Iterator[Finding]:
    for key in rules.asked:
        if key in values and key in last and _far(rules, values[key], last[key]):
            yield Finding(
                f"change.{key}", (key,), _change(rules, key, values[key], last[key]), False
            )


def _far(rules: Statistics, new: Decimal, old: Decimal) -> bool:
    apart = abs(new - old)
    return apart >= Decimal(str(rules.change.least)) and apart > old * Decimal(
        str(rules.change.share)
    )


def _change(rules: Statistics, key: str, new: Decimal, old: Decimal) -> str:
    return _("%(indicator)s went from %(old)s last year to %(new)s: please say why") % {
        "indicator": rules.indicators[key].title, "old": amount(old), "new": amount(new),
    }  # fmt: skip
