"""What a published run of a fieldwork taught of the bank's items; and none of it once it is withdrawn."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from kepu.kernel import clock
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput
from kepu.literacy.actions import joining
from kepu.literacy.actions.findings import Dif, Parameters
from kepu.literacy.bridge import linking
from kepu.literacy.models import Calibration, DifFinding, Exposure, Fieldwork, Item, Run
from kepu.literacy.queries import fieldwork as interviews
from kepu.literacy.queries import items as bank
from kepu.literacy.queries import learnt as queries
from kepu.literacy.queries import runs
from kepu.literacy.rules import items as rules
from kepu.literacy.states import DifMethod, Grouping, Model, Use

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu_engines.survey.irt.linking import Link


@dataclass(frozen=True)
class _When:
    """Under which day and name figures stand in the bank."""

    on: date
    wave: str


@transaction.atomic
def enter_items(run: Run, *, by: User, now: datetime) -> None:
    """Enter a run's item figures into the history of the bank, as part of its publication.

    Two officers stand for them, as for the run. How often items were asked is entered with the first
    run of a fieldwork that is published.
    """
    kept = {"recorded_by": by, "recorded_at": now}
    named = _When(clock.day(run.kept_at), queries.wave(run))
    for of in _held(run):
        items = {one.code: one for one in queries.items(of) if not rules.why_not_teach(one, run)}
        known = {code: told for code, told in _parameters(run, named) if code in items}
        fit = {code: told for code, told in known.items() if told}
        scaled = _on_the_bank(items, fit, named.wave)
        Calibration.objects.bulk_create(one for one in scaled.made(items, fit, kept))
        found = [(code, told) for code, told in _differences(run, named) if code in items]
        DifFinding.objects.bulk_create(
            DifFinding(item=items[code], **asdict(told), **kept) for code, told in found
        )
        if not queries.taught_before(of, run):
            _count_asked(of, items)
        audit.record(
            by, "run.enter_items", run, now=now, fieldwork=of.pk, calibrations=len(fit),
            differences=len(found), left_out=len(known) - len(fit), linked_by=scaled.common,
        )  # fmt: skip
        joining.join_scales(run, items=items.values(), by=by, now=now)


@transaction.atomic
def take_out_items(run: Run, *, by: User, now: datetime) -> None:
    """Take out of the bank what a withdrawn run taught; how often items were asked stays true."""
    _held(run)
    wave = queries.wave(run)
    gone = [model.objects.filter(wave=wave).delete()[0] for model in (Calibration, DifFinding)]
    if any(gone):
        audit.record(
            by, "run.take_out_items", run, now=now, calibrations=gone[0], differences=gone[1]
        )
    joining.part_scales(run, by=by, now=now)


def _held(run: Run) -> list[Fieldwork]:
    """The run's fieldworks, locked in the order of their numbers: of two runs of one fieldwork that are
    published at the same moment the second sees that the first has taught.
    """
    found = [of.pk for of in queries.fieldworks(run)]
    held = Fieldwork.objects.select_for_update(of=("self",)).filter(pk__in=found)
    return list(held.select_related("booklets").order_by("pk"))


@dataclass(frozen=True)
class _Scaled:
    """The scale that a wave's figures are entered on: the bank's by so many common items, or its own."""

    scale: str
    link: Link | None = None
    common: int = 0

    def made(
        self, items: dict[str, Item], fit: dict[str, Parameters], kept: dict[str, Any]
    ) -> Iterator[Calibration]:
        """Rows of the bank: linked figures with the link's error in theirs, and the raw ones."""
        for code, told in fit.items():
            row = asdict(told) | {"scale": self.scale}
            if self.link:
                slope, b = self.link.slope, told.difficulty
                row |= {
                    "difficulty": slope * b + self.link.shift,
                    "difficulty_se": math.hypot(slope * told.difficulty_se, self.link.error(b)),
                    "discrimination": told.discrimination / slope,
                    "discrimination_se": told.discrimination_se / slope,
                    "raw_difficulty": b, "raw_discrimination": told.discrimination,
                }  # fmt: skip
            yield Calibration(item=items[code], **row, **kept)


def _on_the_bank(items: dict[str, Item], fit: dict[str, Parameters], wave: str) -> _Scaled:
    """Link a wave by the items of it that were calibrated before, on the scale where most of them are.

    Each wave's figures have its own people in the middle of their scale. Without a link they stay there.
    """
    code_of = {items[code].pk: code for code in fit}
    scale, known = bank.main(bank.on_scales(code_of))
    common = [
        linking.Common(one, fit[code_of[pk]].discrimination, fit[code_of[pk]].difficulty)
        for pk, one in known.items()
    ]
    found = linking.link_of(common)
    return _Scaled(scale, found, len(common)) if found else _Scaled(wave)


def _parameters(run: Run, when: _When) -> Iterator[tuple[str, Parameters | None]]:
    """What is known of each item, by its code; nothing where the bank takes no such figures."""
    answered = run.record["answered"]  # of runs from before each item's own number was written
    for row in runs.table(run, "items.csv"):
        try:
            told = Parameters(
                model=Model.TWO, difficulty=float(row["difficulty"]),
                difficulty_se=float(row["difficulty_se"]), discrimination=float(row["slope"]),
                discrimination_se=float(row["slope_se"]), people=int(row.get("n") or answered), on=when.on,
                wave=when.wave, example=run.synthetic,
            )  # fmt: skip
        except BadInput:  # far off: a curve that says nothing
            yield row["name"], None
        else:
            yield row["name"], told


def _differences(run: Run, when: _When) -> Iterator[tuple[str, Dif]]:
    """Code and finding of every comparison that was made between groups the bank knows."""
    for row in runs.table(run, "dif.csv"):
        if row["grade"] and row["grouping"] in Grouping.values:
            yield row["item"], Dif(
                grouping=row["grouping"], method=DifMethod.MANTEL_HAENSZEL,
                size=float(row["delta"]), p_value=float(row["p"]), level=row["grade"],
                people=int(row["first"]) + int(row["second"]), on=when.on, wave=when.wave,
            )  # fmt: skip


def _count_asked(of: Fieldwork, items: dict[str, Item]) -> None:
    """How often each item was asked in each month, and answered rightly."""
    asked, right = Counter[tuple[str, date]](), Counter[tuple[str, date]]()
    said = interviews.counted(of).values_list("answers", "ended_at")
    for answers, ended in said.iterator(2000):
        month = clock.day(ended).replace(day=1)
        for code in answers.keys() & items.keys():
            asked[code, month] += 1
            right[code, month] += answers[code] == items[code].letter
    for (code, month), number in sorted(asked.items()):
        row, _new = Exposure.objects.get_or_create(item=items[code], use=Use.SURVEY, month=month)
        Exposure.objects.filter(pk=row.pk).update(
            asked=F("asked") + number, right=F("right") + right[code, month]
        )
