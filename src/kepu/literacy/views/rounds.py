"""The kepu statistics of a year: opened, watched, locked, published, read by everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kepu.kernel import clock
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.kernel.registers import one_page
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.tables import csv_text
from kepu.literacy import return_tables, statistics, year_report
from kepu.literacy import returns_shown as shown
from kepu.literacy.actions import returns, rounds
from kepu.literacy.bridge import returns as bridge
from kepu.literacy.forms import ReasonForm
from kepu.literacy.models import Round
from kepu.literacy.queries import measured, totals
from kepu.literacy.queries import returns as filled
from kepu.literacy.queries import rounds as queries
from kepu.literacy.return_forms import RevenueForm, RoundForm
from kepu.literacy.rules import returns as rules
from kepu.literacy.states import ROUND
from kepu.literacy.views.exchange import XLSX
from kepu.literacy.views.shapes import form_page, person_of
from kepu.ui import formats, toasts
from kepu.ui.cards import NumberTile

TONES = {"open": "information", "locked": "warning", "published": "success"}
LABELS = {
    "lock": lazy("Lock the year"),
    "unlock": lazy("Open the year again"),
    "publish": pgettext_lazy("results", "Publish"),
    "withdraw": lazy("Withdraw"),
}
PLAIN: dict[str, Callable[..., Round]] = {
    "lock": rounds.lock_round, "publish": rounds.publish_round,
}  # fmt: skip
WITH_REASON: dict[str, Callable[..., Round]] = {
    "unlock": rounds.unlock_round, "withdraw": rounds.withdraw_round,
}  # fmt: skip
CSV = "text/csv; charset=utf-8"


def published(request: HttpRequest, round_id: int | None = None) -> HttpResponse:
    """What everybody may read: the latest year, or the one that is asked for."""
    found = list(queries.published()[:30])
    one = next((one for one in found if round_id in (None, one.pk)), None)
    if one is None and round_id is not None:
        raise Outside(_("there is no such page"))
    context: dict[str, Any] = {"years": found, "round": one}
    if one is not None:
        context |= _figures(one, one.published, statistics.of_version(one.rules))
    return render(request, "literacy/statistics.html", context)


@require_safe
def report(request: HttpRequest, round_id: int) -> HttpResponse:
    """A published year as a short report with its method."""
    one = queries.published().filter(pk=round_id).first()
    if one is None:
        raise Outside(_("there is no such page"))
    name = f'attachment; filename="statistics-{one.year}.pdf"'
    return HttpResponse(
        year_report.report(one),
        content_type="application/pdf",
        headers={"Content-Disposition": name},
    )


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Every year in which the reader checks returns."""
    now, person = clock.now(), person_of(request)
    if not roles.holds(person, Verb.RETURN_CHECK, now=now):
        raise Outside(_("there is no such page"))
    rows, pager = one_page(request, queries.rounds_of(person, now))
    return render(request, "literacy/return_rounds.html", {
        "rows": rows, "pager": pager, "tones": TONES, "now": now,
        "keeps": queries.places_kept(person, now).exists(),
    })  # fmt: skip


@login_required
def open_one(request: HttpRequest) -> HttpResponse:
    """Open a year: every active unit of the place is asked for its return."""
    now, person = clock.now(), person_of(request)
    place = queries.places_kept(person, now).first()
    if place is None:
        raise Outside(_("there is no such page"))
    form_rules = statistics.in_force(now)[1]
    start = {"year": clock.day(now).year - 1, "days": form_rules.deadline}
    form = RoundForm(request.POST or None, initial=start)

    def act() -> HttpResponse:
        made = rounds.open_round(place=place, **form.cleaned_data, by=person, now=clock.now())
        toasts.say(request, _("Open. Units are told now."))
        return redirect("return-round", made.pk)

    return form_page(
        request, form, act, title=_("Open a year of statistics"), back=reverse("return-rounds"),
        submit=_("Ask all units"), lead=place.name,
    )  # fmt: skip


@login_required
def show(request: HttpRequest, round_id: int) -> HttpResponse:
    """How far the year has come: who reported, district by district, and what waits for the reader."""
    one, person, now = _seen(request, round_id), person_of(request), clock.now()
    within = queries.scope(person, one, now)
    found = totals.whole(one, within)
    keeps = rules.why_not_keep(person, one.path, now) is None
    return render(request, "literacy/return_round.html", {
        "round": one, "now": now, "tone": TONES[one.state], "tiles": _tiles(found.total),
        "rows": [row for row in found.rows if row.asked],
        "offered": _offered(one, person) if keeps else [],
        "left": rules.left_at_lock(one, now),
        "own": within[0] if len(within) == 1 else one.path,
        "lockable": sum(filled.lockable(one.pk, path).count() for path in within),
    })  # fmt: skip


def _tiles(row: totals.Row) -> list[NumberTile]:
    share = formats.share(row.reported / row.asked if row.asked else None)
    return [
        NumberTile(_("Units asked"), f"{row.asked:,}"),
        NumberTile(pgettext("count", "Handed in"), f"{row.reported:,}", note=share),
        NumberTile(_("Checked"), f"{row.counted:,}"),
        NumberTile(_("Locked"), f"{row.locked:,}"),
    ]


def _offered(one: Round, person: Any) -> list[tuple[str, Any, str | None]]:
    """What can be done with the year, and why it cannot by this reader."""
    why = {
        "lock": lambda: rules.why_not_lock_round(one),
        "publish": lambda: rules.why_not_publish(one, person),
    }
    return [(verb, LABELS[verb], why.get(verb, lambda: None)()) for verb in ROUND.verbs(one.state)]


@login_required
def figures(request: HttpRequest, round_id: int) -> HttpResponse:
    """What the year adds up to so far, for officers: nothing is withheld."""
    one, person = _seen(request, round_id), person_of(request)
    found = totals.whole(one, queries.scope(person, one, clock.now()))
    told = bridge.table(found) | {"literacy": measured.of_round(one)}
    context = _figures(one, told, found.rules)
    return render(request, "literacy/return_figures.html", {"round": one, "live": True, **context})


def _figures(one: Round, told: dict[str, Any], form: statistics.Statistics) -> dict[str, Any]:
    return {
        "told": told,
        "rule": form.funds.rule,
        "tiles": shown.tiles(told, form, one.year),
        "map": shown.on_the_map(told, one, clock.day(one.opened_at)),
        "districts": shown.districts(told),
        "sections": shown.sections(told, form, one.year),
        "sources": shown.sources(form, one.year),
        "unknown": shown.without_people(told),
        "least": form.cells.units,
        "cells": shown.called(told["cells"]),
    }


@login_required
def away(request: HttpRequest, round_id: int, what: str, kind: str) -> HttpResponse:
    """The year as a table: by district, or unit by unit."""
    one, person, now = _seen(request, round_id), person_of(request), clock.now()
    within = queries.scope(person, one, now)
    found = statistics.of_version(one.rules)
    if what == "districts":
        headers, rows = return_tables.by_district(found, bridge.table(totals.whole(one, within)))
    elif what == "units":
        own = filled.in_scope(person, now).filter(round=one).order_by("path", "pk")
        headers, rows = return_tables.by_unit(found, own)
    else:
        raise Outside(_("there is no such page"))
    return file_of(headers, rows, f"statistics-{one.year}-{what}", kind)


def file_of(headers: list[str], rows: Any, name: str, kind: str) -> HttpResponse:
    """A short table as XLSX or CSV."""
    if kind not in ("xlsx", "csv"):
        raise Outside(_("there is no such page"))
    content = return_tables.xlsx(headers, rows) if kind == "xlsx" else csv_text(headers, rows)
    answer = HttpResponse(content, content_type=XLSX if kind == "xlsx" else CSV)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


@login_required
@require_POST
def lock_checked(request: HttpRequest, round_id: int) -> HttpResponse:
    """Lock every checked return of the reader's districts."""
    one, person, now = _seen(request, round_id), person_of(request), clock.now()
    paths = queries.scope(person, one, now)
    locked = sum(returns.lock_checked(one.pk, path, by=person, now=now) for path in paths)
    said = ngettext("%(n)s return was locked.", "%(n)s returns were locked.", locked)
    toasts.say(request, said % {"n": locked})
    return redirect("return-round", one.pk)


@login_required
def revenue(request: HttpRequest, round_id: int, path: str) -> HttpResponse:
    """State by how much recurrent revenue of a district grew: the growth rule asks for it."""
    one, person, now = _seen(request, round_id), person_of(request), clock.now()
    place = Division.objects.filter(path=path).first()
    if place is None or rules.why_not_check_at(person, path, now):
        raise Outside(_("there is no such page"))
    known = one.revenues.filter(division=place).first()
    start = {"growth": known.growth, "source": known.source} if known else {}
    form = RevenueForm(request.POST or None, initial=start)

    def act() -> HttpResponse:
        rounds.state_revenue(one.pk, place, **form.cleaned_data, by=person, now=clock.now())
        toasts.say(request, _("Done."))
        return redirect("return-figures", one.pk)

    return form_page(
        request, form, act, title=_("Growth of recurrent revenue"), submit=_("Save the growth"),
        lead=f"{place.name} · {one.year}", back=reverse("return-figures", args=[one.pk]),
    )  # fmt: skip


@login_required
def act(request: HttpRequest, round_id: int, verb: str) -> HttpResponse:
    """Lock or publish the year; or take a step back, with a reason."""
    one, person = _seen(request, round_id), person_of(request)
    if rules.why_not_keep(person, one.path, clock.now()):
        raise Outside(_("there is no such page"))
    if verb in WITH_REASON:
        return _with_reason(request, one, verb)
    if verb not in PLAIN:
        raise Outside(_("there is no such page"))
    if request.method != "POST":
        return _before_it(request, one, verb)
    PLAIN[verb](one.pk, by=person, now=clock.now())
    toasts.say(request, _("Done."))
    return redirect("return-round", one.pk)


def _before_it(request: HttpRequest, one: Round, verb: str) -> HttpResponse:
    """What locking now leaves behind, before it is done; nothing else is asked twice."""
    left = rules.left_at_lock(one, clock.now())
    if verb != "lock" or not left or rules.why_not_lock_round(one):
        raise Outside(_("there is no such page"))
    context = {"round": one, "left": left, "label": LABELS[verb]}
    return render(request, "literacy/return_lock.html", context)


def _with_reason(request: HttpRequest, one: Round, verb: str) -> HttpResponse:
    form = ReasonForm(request.POST or None)

    def do() -> HttpResponse:
        reason = form.cleaned_data["reason"]
        WITH_REASON[verb](one.pk, reason=reason, by=person_of(request), now=clock.now())
        toasts.say(request, _("Done."))
        return redirect("return-round", one.pk)

    return form_page(
        request, form, do, title=LABELS[verb], submit=LABELS[verb], lead=str(one.year),
        back=reverse("return-round", args=[one.pk]),
    )  # fmt: skip


def _seen(request: HttpRequest, round_id: int) -> Round:
    return queries.seen(person_of(request), round_id, clock.now())
