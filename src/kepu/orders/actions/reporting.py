"""Places report on their month: what was done, and a remark somebody stands for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import authorize, require
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import figures, reports
from kepu.orders.figures import Month
from kepu.orders.models import MonthReport
from kepu.orders.schemas import REPORTS

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


@transaction.atomic
def file_report(
    path: str, *, month: Month, remark: str = "", by: User, now: datetime
) -> MonthReport:
    """Hand in the month of the division at `path`, with its figures as they stand now.

    Handing it in again is a correction: a further revision beside the first.

    Raises NotAllowed if `by` does not dispatch there, and RuleBroken if the month has not ended or
    divisions of that level do not report.
    """
    place = divisions.locked(path)
    authorize(reports.why_not_report_for(by, path, now))
    ruling = rulebooks.in_force(REPORTS, now)
    require(reports.why_not_report(place, month, ruling.rules, now))

    report = MonthReport(
        month=month.first,
        revision=reports.of(place, month).count() + 1,
        figures=figures.of_month([path], month)[path].as_data(),
        remark=remark.strip(),
        late=now > reports.due(month, ruling.rules),
        rules=ruling.version,
        by=by,
        at=now,
    )
    report.place(place)
    report.save()
    audit.record(
        by, "report.file", report, now=now, month=str(month), revision=report.revision, place=path
    )
    return report
