"""Waves of the bank that stood on a scale of their own, joined once items in common lead to the others."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kepu.kernel.audit import actions as audit
from kepu.literacy.bridge import linking
from kepu.literacy.models import Calibration, Item, Run
from kepu.literacy.queries import items as bank
from kepu.literacy.queries import learnt as queries

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu_engines.survey.irt.linking import Link

BY_HAND = ""  # figures recorded by hand are taken to be on the bank's scale
MOVED = ("scale", "difficulty", "difficulty_se", "discrimination", "discrimination_se",
         "raw_difficulty", "raw_discrimination")  # fmt: skip


@transaction.atomic
def join_scales(run: Run, *, items: Iterable[Item], by: User, now: datetime) -> None:
    """Bring scales of a bank that stood apart to the one where most items stand.

    Where what the run taught leads there; what they were is kept with each figure.
    """
    paths = {one.path for one in items}
    held = Item.objects.filter(path__in=paths).values_list("pk", flat=True)
    joined = 0
    while found := _bridge(bank.on_scales(held)):
        joined += _move(*found, wave=queries.wave(run))
    if joined:
        audit.record(by, "run.join_scales", run, now=now, calibrations=joined)


@transaction.atomic
def part_scales(run: Run, *, by: User, now: datetime) -> None:
    """Put back what a run joined that no longer stands, and what was joined on top of it."""
    wave, parted = queries.wave(run), []
    for one in Calibration.objects.select_for_update().exclude(joins=[]):
        at = next((n for n, step in enumerate(one.joins) if step["by"] == wave), None)
        if at is not None:
            for name in MOVED:
                setattr(one, name, one.joins[at][name])
            one.joins = one.joins[:at]
            parted.append(one)
    Calibration.objects.bulk_update(parted, [*MOVED, "joins"])
    if parted:
        audit.record(by, "run.part_scales", run, now=now, calibrations=len(parted))


def _bridge(scales: dict[str, bank.Newest]) -> tuple[str, str, Link] | None:
    """A scale that stands apart, the bank's, and the link by the items that both know."""
    name, main = bank.main(scales)
    for apart in sorted(scales.keys() - {name, BY_HAND}):
        own = scales[apart]
        common = [
            linking.Common(main[pk], own[pk].discrimination, own[pk].difficulty)
            for pk in sorted(main.keys() & own.keys())
        ]
        if link := linking.link_of(common):
            return apart, name, link
    return None


def _move(apart: str, name: str, link: Link, *, wave: str) -> int:
    """Tell all figures of a scale on another; how many."""
    found = list(Calibration.objects.select_for_update().filter(scale=apart))
    for one in found:
        before: dict[str, Any] = {field: getattr(one, field) for field in MOVED}
        one.joins = [*one.joins, {"by": wave, **before}]
        if one.raw_difficulty is None:
            one.raw_difficulty, one.raw_discrimination = one.difficulty, one.discrimination
        one.difficulty_se = math.hypot(link.slope * one.difficulty_se, link.error(one.difficulty))
        one.difficulty = link.slope * one.difficulty + link.shift
        one.discrimination /= link.slope
        one.discrimination_se /= link.slope
        one.scale = name
    Calibration.objects.bulk_update(found, [*MOVED, "joins"])
    return len(found)
