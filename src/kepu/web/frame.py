"""The part of the set-up that every city shares: divisions, zones, vocabularies, known standards."""

from __future__ import annotations

from kepu.appraisal.actions import standards
from kepu.kernel import clock
from kepu.kernel.divisions import actions as divisions
from kepu.kernel.divisions import queries
from kepu.kernel.divisions.states import Level
from kepu.web.progress import Progress

COMMUNITIES = 11_270 + 34_412


def complete() -> bool:
    """Whether every community of both provinces is there."""
    return queries.current().filter(level=Level.COMMUNITY).count() >= COMMUNITIES


def build(progress: Progress) -> None:
    """Load what is missing of the frame; may be repeated."""
    divisions.load_frame(
        now=clock.now(), progress=lambda done, total: progress("divisions", done, total)
    )
    top = queries.current().filter(level=Level.PROVINCE).earliest("path")
    standards.list_shipped(top, by=None, now=clock.now())
