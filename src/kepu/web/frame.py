"""The divisions a city stands on, as a part of setting up."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from kepu.kernel import clock
from kepu.web import starting
from kepu.web.progress import Progress

LOADER = "kepu.kernel.divisions.actions"


def complete() -> bool:
    """Whether the frame is loaded; a load that was killed left its notice and is taken up again."""
    from kepu.kernel.divisions.models import Division

    if find_spec(LOADER) is None:
        return True
    return Division.objects.exists() and not starting.notice().exists()


def build(progress: Progress) -> None:
    import_module(LOADER).load_frame(
        now=clock.now(), progress=lambda done, total: progress("divisions", done, total)
    )
