"""Orders as a list: filtered, sorted, searched, paged, exported."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kepu.kernel import clock, cursors
from kepu.kernel.exports import views as exports
from kepu.orders import cards, exporting, listing, queries
from kepu.orders.filters import ListForm
from kepu.ui.tables import Column, Export, Pager, Table

COLUMNS: tuple[tuple[str, dict[str, bool]], ...] = (
    ("title", {"lead": True}),
    ("number", {"sortable": True}),
    ("state", {}),
    ("place", {}),
    ("topic", {}),
    ("wanted", {"sortable": True}),
    ("visit", {"spare": True}),
    ("people", {"number": True, "spare": True}),
    ("department", {}),
    ("team", {}),
    ("priority", {"sortable": True, "spare": True}),
    ("due", {"sortable": True}),
)


def _labels() -> dict[str, str]:
    return {
        "title": _("Order"),
        "number": _("Order number"),
        "state": _("State"),
        "place": _("Place"),
        "topic": _("Topic"),
        "wanted": _("Wanted"),
        "visit": _("Visit"),
        "people": _("People"),
        "department": _("Department"),
        "team": _("Team"),
        "priority": _("Priority"),
        "due": _("Time left"),
    }


@login_required
def orders(request: HttpRequest) -> HttpResponse:
    """Orders within the reader's scope."""
    now = clock.now()
    form = ListForm(request.GET, person=request.user, now=now)  # type: ignore[arg-type]
    word = request.GET.get("sort", "urgent")
    page = cursors.Page([])
    if form.is_valid():
        page = cursors.page(
            listing.narrowing(request.user, form.asked(), now),  # type: ignore[arg-type]
            listing.sort_of(word),
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
            whole=queries.cards(),
        )
    context = {"form": form, "now": now, "table": _table(request, page, word), "cards": cards}
    return render(request, "orders/list.html", context, status=200 if form.is_valid() else 422)


def _table(request: HttpRequest, page: cursors.Page, word: str) -> Table:
    labels = _labels()
    known = word if word.removeprefix("-") in listing.SORTS else "urgent"
    return Table(
        name="orders",
        caption=_("Orders"),
        columns=[Column(key, labels[key], **traits) for key, traits in COLUMNS],
        rows=page.rows,
        sort=known,
        path=reverse("order-list"),
        query=_kept(request),
        pager=Pager(
            previous=_link(request, before=page.before) if page.before else "",
            next=_link(request, after=page.after) if page.after else "",
            shown=len(page.rows),
        ),
        exports=_exports(request),
    )


def _exports(request: HttpRequest) -> list[Export]:
    """The list as a file; whom to call only for who says so, which the audit keeps."""
    contacts = {exporting.CONTACTS: "1"}
    return [
        Export(_("Table (XLSX)"), _file(request, "xlsx")),
        Export(_("Text (CSV)"), _file(request, "csv")),
        Export(_("Table with contacts (kept in the audit)"), _file(request, "xlsx", **contacts)),
    ]


def _file(request: HttpRequest, kind: str, **more: str) -> str:
    return reverse("order-export", args=[kind]) + _link(request, **more)


def _kept(request: HttpRequest) -> Any:
    """The filter as a mapping; a state asked for twice stays twice."""
    return {key: request.GET.getlist(key) for key in request.GET}


def _link(request: HttpRequest, **cursor: str) -> str:
    """This list from another row on."""
    query = request.GET.copy()
    for key in ("after", "before"):
        query.pop(key, None)
    query.update(cursor)
    return f"?{query.urlencode()}"


@login_required
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The same list as a spreadsheet: at once when it is short, by the worker when it is long."""
    back = f"{reverse('order-list')}{_link(request)}"
    return exports.answer(request, exporting.KIND, kind, back)
