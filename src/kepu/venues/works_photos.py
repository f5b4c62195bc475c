"""Photographs of works under way: who may look at one, and who takes it away."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts.models import User
from kepu.kernel.files.kinds import IMAGES
from kepu.kernel.files.models import FileState, StoredFile
from kepu.kernel.files.purposes import Purpose
from kepu.venues import facilities
from kepu.venues.models import Progress
from kepu.venues.states import FacilityPlanState

PROGRESS = "venues.progress"
LARGEST = 8 * 1024 * 1024


def of(progress_id: int) -> Progress | None:
    """The report whose photograph is there still. One query."""
    rows = Progress.objects.select_related("project__plan", "project__organisation", "photo")
    return rows.filter(pk=progress_id, photo__state=FileState.KEPT).first()


def why_not_see(person: User | None, one: Progress, now: datetime) -> str | None:
    """Everybody once the plan is published; before, who keeps it or reports on the project."""
    if one.project.plan.state == FacilityPlanState.PUBLISHED:
        return None
    return facilities.why_not_report_as(person, one.project, now)


def _of_file(file: StoredFile) -> Progress | None:
    rows = Progress.objects.select_related("project__plan", "project__organisation")
    return rows.filter(photo=file).first()


def _why_not_read(person: User | None, file: StoredFile, now: datetime) -> str | None:
    found = _of_file(file)
    return why_not_see(person, found, now) if found else _("this file is not there any more")


def _why_not_remove(person: User | None, file: StoredFile, now: datetime) -> str | None:
    found = _of_file(file)
    if found is None:
        return _("this file is not there any more")
    return facilities.why_not_plan_at(person, found.project.path, now)


PURPOSE = Purpose(
    PROGRESS, lazy("photograph of works"), IMAGES, LARGEST, _why_not_read,
    why_not_remove=_why_not_remove,
)  # fmt: skip
