"""Signs in how interviews were held, and interviews that somebody else asks about again."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.registers import one_page
from kepu.literacy import addresses, asked_again, field_looks, schemas
from kepu.literacy.actions import back_checks
from kepu.literacy.bridge.paradata import Look, Sign
from kepu.literacy.field_forms import CheckForm
from kepu.literacy.models import BackCheck, Case, Fieldwork
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.rules import fieldwork as rules
from kepu.literacy.states import Checked
from kepu.literacy.views.fieldwork import seen
from kepu.literacy.views.shapes import form_page, person_of
from kepu.ui import formats
from kepu.ui.cards import NumberTile

KINDS = {
    "fast": lazy("Too fast"),
    "quick": lazy("Items not read"),
    "line": lazy("The same letter again and again"),
    "far": lazy("Far from the district"),
    "hurried": lazy("Too soon after the one before"),
    "copy": lazy("Nearly the same as another"),
}
MOST_SIGNS = 20  # of a kind on a page
TONES = {"agrees": "success", "differs": "warning", "never_held": "danger", "not_reached": "plain"}


@login_required
def checks(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """What the interviews of a district, or of all where they are few, give to look at."""
    of, now = seen(request, fieldwork_id), clock.now()
    reach = queries.reach_of(person_of(request), now)
    found = field_looks.look(of, reach, request.GET.get("district", ""), now)
    told = found.told
    context = {
        "fieldwork": of, "district": found.district, "districts": found.districts,
        "total": found.total, "all": found.all, "told": told, "tiles": _tiles(told),
        "kinds": _by_kind(of, told.signs), "people": _people(told),
        "rules": schemas.field_rules(now), "now": now,
    }  # fmt: skip
    return render(request, "literacy/field_checks.html", context)


def _tiles(told: Look) -> list[NumberTile]:
    middle = told.median_minutes
    found = [
        NumberTile(_("Interviews"), f"{told.interviews:,}"),
        NumberTile(_("Signs to look at"), f"{len(told.signs):,}"),
        NumberTile(
            _("Median length"), "–" if middle is None else formats.decimal(middle),
            unit=_("minutes"),
        ),
    ]  # fmt: skip
    if told.icc:
        icc, low, high = (formats.decimal(one, 3) for one in told.icc)
        note = _("95 times in 100 between %(low)s and %(high)s") % {"low": low, "high": high}
        found.append(NumberTile(_("Alike by interviewer"), icc, note=note))
    return found


def _by_kind(of: Fieldwork, signs: tuple[Sign, ...]) -> list[tuple[str, int, list[Any]]]:
    """Kinds that have signs, the first of each as rows: where, who, what."""
    held: dict[str, list[Sign]] = defaultdict(list)
    for one in signs:
        held[one.kind].append(one)
    some = [one for kind in KINDS for one in held[kind][:MOST_SIGNS]]
    names = queries.names_of(each.by_id for one in some for each in one.interviews)
    return [
        (str(title), len(held[kind]), [_row(of, one, names) for one in held[kind][:MOST_SIGNS]])
        for kind, title in KINDS.items()
        if held[kind]
    ]


def _row(of: Fieldwork, one: Sign, names: dict[int, str]) -> tuple[SafeString, str, str]:
    """Where, as links to the doors; who; what."""
    people = dict.fromkeys(names.get(each.by_id, "") for each in one.interviews)
    doors = format_html_join(
        "、", '<a href="{}">{}</a>', (_door(of, i.case) for i in one.interviews)
    )
    return doors, "、".join(people), one.words


def _door(of: Fieldwork, case: Case) -> tuple[str, str]:
    """Where a door stands among those of its community, and what it is called."""
    page = reverse("survey-fieldwork-community", args=[of.pk, case.community_id])
    return f"{page}#door-{case.number}", place_of(case)


def place_of(case: Case) -> str:
    """A door as pages call it."""
    return _("%(community)s, door %(n)s") % {
        "community": case.community.division.name, "n": case.number
    }  # fmt: skip


def _people(told: Look) -> list[tuple[Any, ...]]:
    """Interviewers, the oddest first: how far their people score from those of the district."""
    names = queries.names_of(one.person for one in told.people)
    return [
        (
            names.get(one.person, ""), f"{one.interviews:,}", formats.decimal(one.minutes),
            f"{one.off:+.1f}", f"{one.z:+.1f}", one.odd,
        )
        for one in told.people
    ]  # fmt: skip


# --- asking again ---------------------------------------------------------------------------------


@login_required
def listed(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """Interviews to ask about again, and what was found of each interviewer."""
    of, now = seen(request, fieldwork_id), clock.now()
    reach = queries.reach_of(person_of(request), now)
    found = queries.back_checks(of, reach)
    rows, pager = one_page(request, found)
    context = {
        "fieldwork": of, "rows": [(one, place_of(one.case)) for one in rows], "pager": pager,
        "now": now, "tones": TONES, "people": _results(found), "findings": Checked.labels,
        "why_not": rules.why_not_draw_again(of), "rules": schemas.field_rules(now).back_check,
    }  # fmt: skip
    return render(request, "literacy/back_checks.html", context)


def _results(found: Any) -> list[tuple[Any, ...]]:
    """Of each interviewer: drawn, and how many of each finding; the worst first."""
    by: dict[int, Counter[str]] = defaultdict(Counter)
    for person, result in found.order_by().values_list("case__interviewer", "found")[:20_000]:
        by[person or 0][result] += 1
    names = queries.names_of(by) | {0: pgettext("fieldwork", "nobody")}
    bad = (Checked.NEVER_HELD, Checked.DIFFERS)
    ordered = sorted(by.items(), key=lambda one: [-one[1][result] for result in bad])
    return [
        (
            names.get(person, ""),
            some.total(),
            *(some[one] for one in Checked.values),
        )
        for person, some in ordered
    ]


@login_required
@require_POST
def draw(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """Draw what is short of each interviewer's share."""
    of = seen(request, fieldwork_id)
    drawn = back_checks.draw_back_checks(of.pk, by=person_of(request), now=clock.now())
    words = ngettext("%(n)s interview was drawn.", "%(n)s interviews were drawn.", drawn)
    messages.success(request, words % {"n": drawn})
    return redirect("survey-fieldwork-back-checks", of.pk)


@login_required
def tell(request: HttpRequest, fieldwork_id: int, check_id: int) -> HttpResponse:
    """Write down what was found."""
    of, now, person = seen(request, fieldwork_id), clock.now(), person_of(request)
    check: BackCheck = queries.back_check(of, check_id, queries.reach_of(person, now))
    check.case.fieldwork = of
    again = [] if check.found else asked_again.questions(check.case)
    form = CheckForm(request.POST or None, again=again)
    back = reverse("survey-fieldwork-back-checks", args=[of.pk])

    def act() -> HttpResponse:
        back_checks.tell_back_check(check.pk, **form.told(), by=person, now=clock.now())
        messages.success(request, _("Written down."))
        return redirect(back)

    return form_page(
        request, form, act, "literacy/back_check.html", fieldwork=of, check=check, back=back,
        again=again, place=place_of(check.case), address=addresses.address_of(check.case),
        why_not=rules.why_not_tell(queries.asked_by(check.case), person), now=now,
    )  # fmt: skip
