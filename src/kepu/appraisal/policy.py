"""Programmes of this city: those that Kepu ships as examples, and those that a city officer added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kepu.appraisal.programme.schema import Programme
from kepu.kernel.errors import Outside
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.registry import Family, Kind

PREFIX = "appraisal"
FAMILY = Family(PREFIX, _("programme of appraisal"), Programme)


def _shipped(code: str, title: Promise) -> Kind:
    return Kind(f"{PREFIX}.{code}", title, Programme, "kepu.appraisal", f"{code}.yaml")


KINDS = (
    _shipped("museum", _("registration and evaluation of science museums")),
    _shipped("base", _("municipal kepu bases")),
    _shipped("district_base", _("district kepu bases")),
    _shipped("community", _("demonstration communities")),
    _shipped("science_title", _("professional titles of science communication")),
    _shipped("communicator", _("science communicators of the year")),
    _shipped("grant", _("kepu grants")),
    _shipped("national_base", _("national kepu bases, by recommendation")),
    _shipped("demonstration_county", _("national demonstration counties of kepu")),
    _shipped("safe_city", _("demonstration cities of safe development")),
)


@dataclass(frozen=True)
class Rule:
    """A programme with its code and the version that holds."""

    code: str
    version: int
    programme: Programme


def in_force(code: str, now: datetime) -> Rule:
    """The programme as it holds at `now`; raises Outside when there is none."""
    ruling = rulebooks.in_force(f"{PREFIX}.{code}", now)
    return _rule(code, ruling.version, ruling.rules)


def as_of(code: str, version: int) -> Rule:
    """The programme as a version says it: what was begun under it is judged by it to the end."""
    return _rule(code, version, rulebooks.version(f"{PREFIX}.{code}", version).rules)


def newest(code: str) -> Rule:
    """The latest version there is, in force yet or not; raises Outside when there is none."""
    last = rulebooks.versions(f"{PREFIX}.{code}").last()
    return as_of(code, last.version if last else 0)


def codes() -> list[str]:
    """Codes of every programme there is or will be. One query."""
    return [kind.key.removeprefix(f"{PREFIX}.") for kind in rulebooks.kinds(f"{PREFIX}.")]


def all_in_force(now: datetime) -> list[Rule]:
    """Programmes that a call may be opened for now."""
    found = []
    for code in codes():
        try:
            found.append(in_force(code, now))
        except Outside:
            continue
    return found


def _rule(code: str, version: int, rules: object) -> Rule:
    assert isinstance(rules, Programme)  # noqa: S101 (the registry's promise, for the reader)
    return Rule(code, version, rules)
