"""A statistical return: filled by its unit step by step, checked by the district."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.errors import Outside, Refusal
from kepu.kernel.registers import one_page, read
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy import cross_checks, records, return_tables, statistics
from kepu.literacy.actions import returns, rounds
from kepu.literacy.cross_checks import Finding, amount
from kepu.literacy.forms import ReasonForm
from kepu.literacy.models import Return
from kepu.literacy.queries import returns as queries
from kepu.literacy.registers import RETURNS
from kepu.literacy.return_forms import FilledTableForm, FillForm, SendBackForm
from kepu.literacy.rules import returns as rules
from kepu.literacy.states import FILLING, RETURN
from kepu.literacy.statistics import Section, Statistics, Values
from kepu.literacy.views.exchange import XLSX
from kepu.literacy.views.shapes import form_page, person_of
from kepu.people.queries import staff
from kepu.ui import formats, toasts
from kepu.ui.cards import Happening, Step

TONES = {
    "draft": "plain", "submitted": "information", "returned": "danger", "checked": "warning",
    "locked": "success",
}  # fmt: skip
LABELS = {
    "submit": lazy("Hand it in"),
    "accept": lazy("The figures hold"),
    "send_back": lazy("Send back for correction"),
    "lock": lazy("Lock the return"),
    "unlock": lazy("Unlock the return"),
}
HAPPENED = {
    "submit": pgettext_lazy("return", "handed in"),
    "accept": pgettext_lazy("return", "checked"),
    "send_back": pgettext_lazy("return", "sent back for correction"),
    "lock": pgettext_lazy("return", "locked"),
    "unlock": pgettext_lazy("return", "unlocked"),
}
PLAIN: dict[str, Callable[..., Return]] = {
    "submit": returns.submit_return,
    "accept": returns.accept_return,
    "lock": returns.lock_return,
}


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Returns of the reader's units: the one thing to do, and those of years before."""
    now, person = clock.now(), person_of(request)
    if not roles.holds(person, Verb.RETURN_FILE, now=now):
        raise Outside(_("there is no such page"))
    rows, pager = one_page(request, queries.of_units(person, now))
    return render(request, "literacy/returns.html", {
        "rows": rows, "pager": pager, "tones": TONES, "now": now, "filling": FILLING,
        "to_begin": queries.to_begin(person, now),
    })  # fmt: skip


@login_required
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin the return of a unit that came after the year was opened."""
    person, now = person_of(request), clock.now()
    asked = (request.POST.get("round"), request.POST.get("unit"))
    for made, unit in queries.to_begin(person, now):
        if asked == (str(made.pk), str(unit.pk)):
            return redirect("return", rounds.begin_return(made.pk, unit, by=person, now=now).pk)
    raise Outside(_("there is no such page"))


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Returns of the reader's districts, narrowed and as files."""
    form, _asked, found, bar = read(request, RETURNS)
    rows, pager = one_page(request, found)
    context = {"form": form, "bar": bar, "rows": rows, "pager": pager, "tones": TONES}
    return render(request, "literacy/return_list.html", {**context, "now": clock.now()})


# --- one return -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A figure as it is read: this year, last year, where it is from, and what a checker remarked on it."""

    title: str
    unit: str
    value: str
    last: str
    remark: str
    computed: bool
    source: str


@login_required
def show(request: HttpRequest, return_id: int) -> HttpResponse:
    """Everything about one return: where it stands, figures, cross-checks, what happened."""
    one, person, now = _seen(request, return_id), person_of(request), clock.now()
    form = statistics.of_version(one.round.rules)
    values, last = queries.values(one), queries.last_values(one)
    asked_again = queries.remarks(one)
    remarks = asked_again.remarks if asked_again else {}
    able, fills = _able(one, person), queries.fills(person, one, now)
    sources = _from_records(one)
    return render(request, "literacy/return.html", {
        "one": one, "now": now, "tone": TONES[one.state], "able": able, "labels": LABELS,
        "fills": fills, "checks": queries.checks(person, one, now),
        "filling": one.state in FILLING,
        "first": next(iter(form.steps)), "left": cross_checks.missing(form, values),
        "filled": len(values), "asked": len(form.asked),
        "asked_again": asked_again, "steps": _steps(one, now),
        "remarked": [(form.indicators[k].title, w) for k, w in remarks.items() if k in form.indicators],
        "findings": _explained(one, cross_checks.findings(form, values, last)),
        "sections": [
            (key, part, _lines(form, part, values, last, remarks, sources))
            for key, part in form.steps.items()
        ],
        "to_take": len(queries.unfilled(one)) if fills and one.state in FILLING else 0,
        "happenings": _happenings(one),
    })  # fmt: skip


def _able(one: Return, person: Any) -> dict[str, str | None]:
    """What the reader could do in the present state, and why it cannot be done now."""
    now, found = clock.now(), {}
    for verb in RETURN.verbs(one.state):
        if verb == "submit" and queries.fills(person, one, now):
            found[verb] = rules.why_not_submit(one, statistics.of_version(one.round.rules))
        elif verb != "submit" and queries.checks(person, one, now):
            own = rules.why_not_accept_as(person, one, now) if verb == "accept" else None
            found[verb] = own or rules.why_not_step(one, verb)
    return found


def _steps(one: Return, now: Any) -> list[Step]:
    """Where the return stands on its way."""
    names = (_("Fill"), _("Check"), _("Lock"))
    at = {"draft": 0, "returned": 0, "submitted": 1, "checked": 2, "locked": 3}[one.state]
    return _walked(names, at)


def _walked(titles: Iterable[str], at: int) -> list[Step]:
    """A way of which `at` steps are behind."""
    return [
        Step(title, "done" if n < at else "now" if n == at else "todo")
        for n, title in enumerate(titles)
    ]


def _lines(
    form: Statistics, part: Section, values: Any, last: Any, remarks: dict[str, str],
    sources: dict[str, str],
) -> list[Line]:  # fmt: skip
    now, then = cross_checks.with_sums(form, values), cross_checks.with_sums(form, last)
    return [
        Line(
            one.title, form.unit_of(key), amount(now.get(key)), amount(then.get(key)),
            remarks.get(key, ""), not one.asked, sources.get(key, ""),
        )
        for key, one in part.indicators.items()
        if key in form.counted
    ]  # fmt: skip


def _from_records(one: Return) -> dict[str, str]:
    """Of each figure from Kepu's records: from which, as of when, and whether the unit confirmed it."""
    found = {}
    for key, figure in queries.from_records(one).items():
        named = {
            "records": records.called(figure.source),
            "day": formats.full(clock.day(figure.as_of)) if figure.as_of else "",
        }
        if figure.confirmed:
            found[key] = _("from Kepu's records (%(records)s), as of %(day)s, confirmed") % named
        else:
            found[key] = (
                _("from Kepu's records (%(records)s), as of %(day)s, to be confirmed") % named
            )
    return found


def _explained(one: Return, found: list[Finding]) -> list[tuple[Finding, str]]:
    return [(finding, one.explanations.get(finding.key, "")) for finding in found]


def _happenings(one: Return) -> list[Happening]:
    return [
        Happening(
            what=str(HAPPENED.get(step.verb, step.verb)), at=step.at, who=step.by.name,
            note=step.reason, tone=TONES[step.state],
        )
        for step in queries.steps(one)[:50]
    ]  # fmt: skip


# --- filling --------------------------------------------------------------------------------------


@login_required
def fill(request: HttpRequest, return_id: int, section: str) -> HttpResponse:
    """One section as a step. What is typed is kept as it is left; a script keeps it field by field."""
    one, form = _to_fill(request, return_id)
    if section not in form.steps:
        raise Outside(_("there is no such page"))
    values, last = queries.values(one), queries.last_values(one)
    known = _known_to_people(one, form.steps[section], values)
    start = {**known, **{key: _typed(value) for key, value in values.items()}}
    live = bool(request.headers.get("HX-Request"))
    page = FillForm(
        request.POST or None, initial=start, rules=form, section=form.steps[section], last=last,
        sources=_from_records(one),
    )  # fmt: skip
    if request.method == "POST":
        returns.keep_figures(
            one.pk, page.values(), explanations=page.explanations(), confirm=not live,
            by=person_of(request), now=clock.now(),
        )  # fmt: skip
        one.refresh_from_db(fields=["explanations"])
        values = queries.values(one)
        if not page.errors and not live:
            return _onward(request, one, form, section)
    context = _step_context(one, form, section, page, cross_checks.findings(form, values, last))
    context["known"] = len(known)
    context["notes"] = records.notes(section, one.organisation_id, one.round.year)
    name = "literacy/return_checks.html" if live else "literacy/return_fill.html"
    return render(request, name, context, status=422 if page.errors and not live else 200)


def _known_to_people(one: Return, part: Section, values: Values) -> dict[str, str]:
    """Numbers of kepu workers that the unit stated by sector already, where the return has none yet."""
    told = staff.indicators_of(one.organisation_id, one.round.year)
    return {key: str(told[key]) for key in part.indicators if key in told and key not in values}


@login_required
@require_POST
def take(request: HttpRequest, return_id: int) -> HttpResponse:
    """Fill what is empty from Kepu's records, and lead to the first section that waits to be looked at."""
    one, form = _to_fill(request, return_id)
    returns.take_from_records(one.pk, by=person_of(request), now=clock.now())
    waiting = queries.from_records(one)
    section = next(
        key for key, part in form.steps.items() if waiting.keys() & part.indicators.keys()
    )
    toasts.say(request, _("Filled in. Look at each figure and keep its section: that confirms it."))
    return redirect("return-fill", one.pk, section)


def _typed(value: Decimal) -> str:
    """A figure as it is typed: without separators, and without decimals that say nothing."""
    return f"{value.quantize(Decimal(1)) if value == value.to_integral_value() else value:f}"


def _step_context(
    one: Return, form: Statistics, section: str, page: FillForm, found: list[Finding]
) -> dict[str, Any]:
    own = set(page.asked)
    keys = list(form.steps)
    at = keys.index(section)
    return {
        "one": one, "form": page, "section": form.steps[section], "key": section,
        "findings": _explained(one, [finding for finding in found if own & set(finding.keys)]),
        "steps": _walked((part.title for part in form.steps.values()), at),
        "sections": form.steps, "before": keys[at - 1] if at else "", "last": at == len(keys) - 1,
        "remarks": _remarks_here(one, form, own), "now": clock.now(),
    }  # fmt: skip


def _remarks_here(one: Return, form: Statistics, own: set[str]) -> list[tuple[str, str]]:
    said = queries.remarks(one)
    return (
        [(form.indicators[k].title, w) for k, w in said.remarks.items() if k in own] if said else []
    )


def _onward(request: HttpRequest, one: Return, form: Statistics, section: str) -> HttpResponse:
    """The next section; after the last, or when that is asked for, the whole return."""
    keys = list(form.steps)
    after = keys.index(section) + 1
    if "done" in request.POST or after == len(keys):
        toasts.say(request, _("Kept as a draft."))
        return redirect("return", one.pk)
    return redirect("return-fill", one.pk, keys[after])


@login_required
def table(request: HttpRequest, return_id: int) -> HttpResponse:
    """The form as a spreadsheet, with what is filled so far."""
    one = _seen(request, return_id)
    form = statistics.of_version(one.round.rules)
    content = return_tables.write(form, queries.values(one), queries.last_values(one))
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="return-{one.round.year}-{one.pk}.xlsx"'
    return answer


@login_required
def take_in(request: HttpRequest, return_id: int) -> HttpResponse:
    """A spreadsheet of the return: first tried, with every wrong row named; kept when clean."""
    one, rulebook = _to_fill(request, return_id)
    form = FilledTableForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "one": one, "faults": [], "right": 0, "findings": []}
    if request.method != "POST":
        return render(request, "literacy/return_import.html", context)
    if form.is_valid():
        try:
            sent = form.cleaned_data["table"]
            found, context["faults"] = return_tables.read(sent, sent.name, rulebook)
            context["right"] = len(found)
            if not context["faults"] and request.POST.get("do") == "import":
                returns.keep_figures(one.pk, found, by=person_of(request), now=clock.now())
                messages.success(request, _("%(n)s figures were kept.") % {"n": len(found)})
                return redirect("return", one.pk)
            whole = {**queries.values(one), **found}
            context["findings"] = cross_checks.findings(rulebook, whole, queries.last_values(one))
        except Refusal as refusal:
            form.add_error("table", refusal.reason)
    context["tried"] = not form.errors
    status = 422 if form.errors or context["faults"] else 200
    return render(request, "literacy/return_import.html", context, status=status)


# --- what is done with it -------------------------------------------------------------------------


@login_required
def act(request: HttpRequest, return_id: int, verb: str) -> HttpResponse:
    """Hand in, accept, lock; or send back and unlock, with a reason."""
    one, person = _seen(request, return_id), person_of(request)
    if verb == "send_back":
        return _send_back(request, one)
    if verb == "unlock":
        return _unlock(request, one)
    if verb not in PLAIN or request.method != "POST":
        raise Outside(_("there is no such page"))
    PLAIN[verb](one.pk, by=person, now=clock.now())
    toasts.say(request, _("Done."))
    return redirect("return", one.pk)


def _send_back(request: HttpRequest, one: Return) -> HttpResponse:
    _need_checker(request, one)
    rulebook = statistics.of_version(one.round.rules)
    found = cross_checks.findings(rulebook, queries.values(one), queries.last_values(one))
    form = SendBackForm(request.POST or None, rules=rulebook, found=found)

    def do() -> HttpResponse:
        returns.send_back_return(
            one.pk, reason=form.cleaned_data["reason"], remarks=form.remarks(),
            by=person_of(request), now=clock.now(),
        )  # fmt: skip
        toasts.say(request, _("Sent back. The unit is told."))
        return redirect("return", one.pk)

    return form_page(request, form, do, "literacy/return_send_back.html", one=one)


def _unlock(request: HttpRequest, one: Return) -> HttpResponse:
    _need_checker(request, one)
    form = ReasonForm(request.POST or None)

    def do() -> HttpResponse:
        reason = form.cleaned_data["reason"]
        returns.unlock_return(one.pk, reason=reason, by=person_of(request), now=clock.now())
        toasts.say(request, _("Done."))
        return redirect("return", one.pk)

    return form_page(
        request, form, do, title=LABELS["unlock"], submit=LABELS["unlock"],
        lead=f"{one.organisation.name} · {one.round.year}", back=reverse("return", args=[one.pk]),
    )  # fmt: skip


def _need_checker(request: HttpRequest, one: Return) -> None:
    if rules.why_not_check(person_of(request), one, clock.now()):
        raise Outside(_("there is no such page"))


def _seen(request: HttpRequest, return_id: int) -> Return:
    return queries.seen(person_of(request), return_id, clock.now())


def _to_fill(request: HttpRequest, return_id: int) -> tuple[Return, Statistics]:
    """The return and its form, for whoever fills it; a checker reads it elsewhere."""
    one = _seen(request, return_id)
    if not queries.fills(person_of(request), one, clock.now()):
        raise Outside(_("there is no such page"))
    return one, statistics.of_version(one.round.rules)
