"""Record what a wave taught of an item."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, authorize, require
from kepu.literacy.models import Calibration, DifFinding, Item
from kepu.literacy.rules import items as rules

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


@dataclass(frozen=True)
class Parameters:
    """Difficulty, discrimination and guessing with their standard errors, and from whose answers."""

    model: str
    difficulty: float
    difficulty_se: float
    people: int
    on: date
    wave: str
    discrimination: float = 1.0
    discrimination_se: float = 0.0
    guessing: float = 0.0
    guessing_se: float = 0.0
    example: bool = False

    def __post_init__(self) -> None:
        if not -6 <= self.difficulty <= 6:
            raise BadInput(_("a difficulty lies between -6 and 6"), field="difficulty")
        if not 0 < self.discrimination <= 5:
            raise BadInput(_("a discrimination lies above 0, up to 5"), field="discrimination")
        if not 0 <= self.guessing < 1:
            raise BadInput(_("a chance of guessing lies from 0 to below 1"), field="guessing")
        errors = (self.difficulty_se, self.discrimination_se, self.guessing_se)
        if not all(one >= 0 for one in errors):  # nor is it unknown
            raise BadInput(_("a standard error is not negative"))


@dataclass(frozen=True)
class Dif:
    """Whether an item favours one of two groups of the same ability."""

    grouping: str
    method: str
    size: float
    p_value: float
    level: str
    people: int
    on: date
    wave: str

    def __post_init__(self) -> None:
        if not 0 <= self.p_value <= 1:
            raise BadInput(_("a p-value lies between 0 and 1"), field="p_value")


@transaction.atomic
def record_calibration(item_id: int, known: Parameters, *, by: User, now: datetime) -> Calibration:
    """Record an item's parameters from one wave; once more for the same wave replaces them."""
    item = _kept(item_id, by, now)
    found, _new = Calibration.objects.update_or_create(
        item=item,
        wave=known.wave.strip(),
        defaults={
            **asdict(known),
            "wave": known.wave.strip(),
            "recorded_by": by,
            "recorded_at": now,
        },
    )
    audit.record(by, "item.calibrate", item, now=now, calibration=found.pk)
    return found


@transaction.atomic
def record_dif(item_id: int, known: Dif, *, by: User, now: datetime) -> DifFinding:
    """Record whether an item favours a group, from one wave."""
    item = _kept(item_id, by, now)
    wave = known.wave.strip()
    found, _new = DifFinding.objects.update_or_create(
        item=item,
        wave=wave,
        grouping=known.grouping,
        method=known.method,
        defaults={**asdict(known), "wave": wave, "recorded_by": by, "recorded_at": now},
    )
    audit.record(by, "item.record_dif", item, now=now, finding=found.pk)
    return found


def _kept(item_id: int, by: User, now: datetime) -> Item:
    item: Item = Item.objects.select_for_update().get(pk=item_id)
    authorize(rules.why_not_keep(by, item.path, now))
    require(rules.why_not_learn_of(item))
    return item
