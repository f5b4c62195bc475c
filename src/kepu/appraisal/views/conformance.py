"""For one standard: what checks each clause, and which clauses nothing checks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kepu.appraisal.queries import standards as queries
from kepu.appraisal.queries.conformance import conformance
from kepu.appraisal.standards_states import PUBLIC
from kepu.appraisal.views.rim import somebody
from kepu.kernel import clock
from kepu.kernel.errors import Outside


def show(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Open to everybody: programmes and published standards are, too."""
    now = clock.now()
    standard = queries.seen(standard_id, somebody(request), now)
    if standard.state not in PUBLIC or not standard.number:
        raise Outside(_("what has no number yet is cited nowhere"))
    found = conformance(standard, now)
    context = {"standard": standard, "found": found, "unchecked": found.unchecked}
    return render(request, "appraisal/standard_conformance.html", context)
