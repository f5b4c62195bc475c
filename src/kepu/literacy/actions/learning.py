"""What a published run of a fieldwork taught of the bank's items; and none of it once it is withdrawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from kepu.kernel import clock
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput
from kepu.literacy.actions.findings import Dif, Parameters
from kepu.literacy.models import Calibration, DifFinding, Exposure, Fieldwork, Item, Run
from kepu.literacy.queries import fieldwork as interviews
from kepu.literacy.queries import learnt as queries
from kepu.literacy.queries import runs
from kepu.literacy.rules import items as rules
from kepu.literacy.states import DifMethod, Grouping, Model, Use

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


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
    for of in queries.fieldworks(run):
        items = {one.code: one for one in queries.items(of) if not rules.why_not_teach(one, run)}
        known = {code: told for code, told in _parameters(run, named) if code in items}
        fit = {code: told for code, told in known.items() if told}
        Calibration.objects.bulk_create(
            Calibration(item=items[code], **asdict(told), **kept) for code, told in fit.items()
        )
        found = [(code, told) for code, told in _differences(run, named) if code in items]
        DifFinding.objects.bulk_create(
            DifFinding(item=items[code], **asdict(told), **kept) for code, told in found
        )
        if not queries.taught_before(of, run):
            _count_asked(of, items)
        audit.record(
            by, "run.enter_items", run, now=now, fieldwork=of.pk, calibrations=len(fit),
            differences=len(found), left_out=len(known) - len(fit),
        )  # fmt: skip


@transaction.atomic
def take_out_items(run: Run, *, by: User, now: datetime) -> None:
    """Take out of the bank what a withdrawn run taught; how often items were asked stays true."""
    wave = queries.wave(run)
    gone = [model.objects.filter(wave=wave).delete()[0] for model in (Calibration, DifFinding)]
    if any(gone):
        audit.record(
            by, "run.take_out_items", run, now=now, calibrations=gone[0], differences=gone[1]
        )


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
