"""The board of dynamic management: of a programme and a year, what is to be done about which title."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal import policy
from kepu.appraisal.forms.titles import BoardForm
from kepu.appraisal.queries import awards, terms
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.views.rim import person_of
from kepu.kernel import clock
from kepu.kernel.errors import NotAllowed
from kepu.kernel.registers import asked_of, one_page
from kepu.ui.cards import NumberTile

STANDINGS = {
    "suspended": lazy("suspended"),
    "rectify_over": lazy("not put right in time"),
    "rectify": lazy("to put right"),
    "failed": lazy("report failed"),
    "late": lazy("report late"),
    "check": lazy("report to check"),
    "returned": lazy("report being mended"),
    "at_risk": lazy("report due soon"),
    "renewal": lazy("renewal open"),
    "due": lazy("report due this year"),
    "passed": lazy("report passed"),
    "clear": lazy("nothing owed"),
}
NEXT = {
    "suspended": lazy("Decide whether it is reinstated or revoked."),
    "rectify_over": lazy("Go and see; then end the warning, or decide what follows."),
    "rectify": lazy("The holder puts it right; end the warning once it is."),
    "failed": lazy("Decide what follows: a warning, a lower level, suspension or revocation."),
    "late": lazy("Remind the holder; Kepu warns when the programme's days are over."),
    "check": lazy("Read the report; pass it, return it or fail it."),
    "returned": lazy("The holder mends the report."),
    "at_risk": lazy("Remind the holder: the day is near."),
    "renewal": lazy(
        "The holder applies anew and is judged again; if not, the title ends on this day."
    ),
}
TONES = {
    "suspended": "danger", "rectify_over": "danger", "rectify": "warning", "failed": "danger",
    "late": "danger", "check": "accent", "returned": "warning", "at_risk": "warning",
    "renewal": "accent", "passed": "success",
}  # fmt: skip


@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Titles of a programme in a year by what is to be done; figures by district."""
    person, now = person_of(request), clock.now()
    reach = terms.officer_reach(person, now)
    if not reach:
        raise NotAllowed(_("only officers who keep or decide about titles have this page"))
    form, code, year = _asked(request)
    asked = asked_of(form) if form.is_bound else {}
    whole = terms.board(reach, code, year, now, scope=asked.get("district") or "")
    districts = terms.by_district(whole)
    counts = sum((Counter(one.counts) for one in districts), Counter[str]())
    chosen = asked.get("standing") or ""
    found = whole.filter(standing__in=[chosen] if chosen else list(NEXT))
    rows, pager = one_page(request, found.order_by("due_on", "path", "number"))
    context = {
        "has_lists": awards.has_lists(person, now),
        "form": form,
        "tiles": _tiles(request, counts),
        "rows": [(one, queries.named(one), queries.full_name(one)) for one in rows],
        "pager": pager,
        "districts": districts,
        "shown": [(key, words) for key, words in STANDINGS.items() if counts[key]],
        "standings": STANDINGS,
        "next": NEXT,
        "tones": TONES,
        "year": year,
        "now": now,
    }
    return render(request, "appraisal/title_board.html", context)


def _asked(request: HttpRequest) -> tuple[BoardForm, str, int]:
    """The filters, and the programme and year that they come to: the first and the present one."""
    programmes = {
        code: str(policy.as_of(code, latest).programme)
        for code, latest in queries.programmes_there_are()
    }
    code = request.GET.get("programme", "")
    code = code if code in programmes else next(iter(programmes), "")
    now = clock.now()
    years = sorted({clock.day(now).year, *terms.years(code)}, reverse=True)
    told = request.GET.get("year", "")
    known = told in [str(one) for one in years]
    year = int(told) if known else terms.pressing_year(code, now)
    form = BoardForm(
        request.GET or None, initial={"programme": code, "year": year}, programmes=programmes,
        years=years, standings=STANDINGS,
    )  # fmt: skip
    return form, code, year


def _tiles(request: HttpRequest, counts: Counter[str]) -> list[NumberTile]:
    """A number for each standing that some title has, leading to those titles."""
    asked: Any = request.GET.copy()
    asked.pop("page", None)
    tiles = []
    for key, words in STANDINGS.items():
        if counts[key]:
            asked["standing"] = key
            tiles.append(NumberTile(str(words), str(counts[key]), href=f"?{asked.urlencode()}"))
    return tiles
