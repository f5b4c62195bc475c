"""A plan in a folder -> its run, with R where R is; what is wrong is told in the reader's language."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput
from kepu.literacy import refusals
from kepu.literacy.packing import PLAN

EVERY = 1.0  # seconds between two words on how far it is


@dataclass
class Seldom:
    """Tells how far it is when something else begins, and else about once a second."""

    tell: Callable[[str, int, int], None]
    stage: str = ""
    told: float = 0.0

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        now = time.monotonic()
        if stage == self.stage and now - self.told < EVERY:
            return
        self.stage, self.told = stage, now
        self.tell(stage[:24], done, total)


def title_of(folder: Path) -> str:
    """The title of the plan in `folder`, all of whose files lie beside it; raises BadInput."""
    from kepu.literacy.run import plan, reading
    from kepu_engines.core.errors import EngineError

    try:
        found = plan.load(folder / PLAN)
        for name in found.files():
            reading.inside(folder, name)
    except EngineError as error:
        raise BadInput(refusals.told(str(error))) from error
    return found.title


def carry_out(folder: Path, out: Path, tell: Callable[[str, int, int], None]) -> str:
    """Run the plan in `folder` into `out`; why R was not asked, empty where it agreed."""
    from kepu.literacy.run import handing, running
    from kepu_engines.core.errors import EngineError

    unchecked = _unchecked(handing.missing())
    try:
        running.run(folder / PLAN, out, with_r=not unchecked, progress=Seldom(tell))
    except EngineError as error:
        raise BadInput(refusals.told(str(error))) from error
    return unchecked


def _unchecked(missing: str | None) -> str:
    if missing is None:
        return ""
    if missing == "R":
        return _("R is not installed on this server")
    return _("R's package survey is not installed on this server")
