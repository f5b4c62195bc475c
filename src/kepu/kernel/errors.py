"""The two refusals, and the two guards that raise them.

A refusal carries a sentence for the person who asked and a stable code for machines. *Who* may
is asked of `authorize`; *whether it can be done now* of `require`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Other:
    """Something that stands in the way: what it is, when or where, and its address at the API, if the
    asker may look at it.
    """

    title: str
    detail: str
    href: str | None = None


class Refusal(Exception):
    """Something was asked that is not done; nothing has changed."""

    code = "refused"
    status = 400

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotAllowed(Refusal):
    """This person may not do it."""

    code = "not_allowed"
    status = 403


class RuleBroken(Refusal):
    """Nobody may do it to this object now."""

    code = "rule_broken"
    status = 409


class Alike(RuleBroken):
    """There is something like it already; who is sure does it all the same. `others` says what."""

    code = "alike"

    def __init__(self, reason: str, others: list[Other]) -> None:
        super().__init__(reason)
        self.others = others


class BadInput(Refusal):
    """What was handed in cannot be read as what it should be; `field` names the part at fault."""

    code = "bad_input"
    status = 422

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


class Outside(Refusal):
    """It does not exist, or lies outside the asker's scope; the two are not told apart."""

    code = "not_found"
    status = 404


def authorize(reason: str | None) -> None:
    """Raise NotAllowed when a rule about the person gave a reason."""
    if reason is not None:
        raise NotAllowed(reason)


def require(reason: str | None) -> None:
    """Raise RuleBroken when a rule about the object gave a reason."""
    if reason is not None:
        raise RuleBroken(reason)
