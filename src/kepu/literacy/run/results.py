"""All that a run computed, before it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kepu.literacy.run.differing import Differing
from kepu.literacy.run.districts import Model
from kepu.literacy.run.estimating import CITY, Figure, Found
from kepu.literacy.run.items import Question
from kepu.literacy.run.modes import COMBINED, Mixed
from kepu.literacy.run.plan import Plan
from kepu.literacy.run.reading import Read
from kepu.literacy.run.segments import Segments
from kepu.literacy.run.trend import Series
from kepu.literacy.run.weighing import Weighed
from kepu_engines.survey.design import Reals


@dataclass(frozen=True)
class Results:
    """What was read, how it was weighed, and what was found.

    `model` where the plan has areas, `differing` where it compares groups item by item, `mixed` where it
    has modes, `series` where it has a trend, `segments` where it asks for them. `spread` is the
    covariance of the questions' slopes and difficulties, in turn.
    """

    read: Read
    weighed: Weighed
    found: Found
    model: Model | None
    questions: tuple[Question, ...]
    differing: tuple[Differing, ...] = ()
    mixed: tuple[Mixed, ...] = ()
    series: Series | None = None
    segments: Segments | None = None
    spread: Reals | None = None

    @property
    def plan(self) -> Plan:
        """The plan that was carried out."""
        return self.read.plan

    @property
    def first(self) -> Figure:
        """The run's first figure: the city's share of the plan's level."""
        return self.found.one(CITY, CITY, f"{self.plan.level} or above")

    def combined(self) -> Mixed:
        """The first figure by homes and volunteers together."""
        return next(m for m in self._combined() if m.table == CITY)

    def _combined(self) -> Iterator[Mixed]:
        measure = f"{self.plan.level} or above"
        return (m for m in self.mixed if (m.measure, m.method) == (measure, COMBINED))

    def shown(self, table: str, cell: str) -> Figure | Mixed | None:
        """The share of a cell that goes on with the years before, if there is such a cell."""
        wanted: Iterator[Figure | Mixed]
        if self.plan.trend and self.plan.trend.figure == "combined":
            wanted = self._combined()
        else:
            measure = f"{self.plan.level} or above"
            wanted = (one for one in self.found.figures if one.measure == measure)
        return next((one for one in wanted if (one.table, one.cell) == (table, cell)), None)
