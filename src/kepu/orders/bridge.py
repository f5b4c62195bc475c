"""From open orders and teams to arrays, through the engine, and back to lines of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import Organisation


@dataclass(frozen=True)
class Line:
    """What the engine would do with one order."""

    order_id: int
    team_id: int | None
    starts_at: datetime | None
    km: float | None
    reason: str


@dataclass(frozen=True)
class Proposal:
    """The whole backlog, and the engine's figures: objective, bound, gap, served, unserved by reason."""

    lines: list[Line]
    summary: dict[str, Any]


def propose(department: Organisation, now: datetime) -> Proposal:
    """Match the department's open orders with teams that may claim them."""
    raise NotImplementedError
