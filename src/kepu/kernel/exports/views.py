"""How far an export is, and its file for the one who asked for it."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.exports import actions, queries
from kepu.kernel.exports.models import Export, Format
from kepu.kernel.exports.registry import SOURCES

AT_ONCE = 5_000  # rows that a reader waits for; more are made by the worker


def answer(request: HttpRequest, kind: str, format: str, back: str) -> HttpResponseBase:
    """For a room's export address: a short table at once, a long one by way of the worker."""
    person, now = request.user, clock.now()
    if not isinstance(person, User) or format not in Format.values:
        raise Http404
    query = request.GET.urlencode()
    table = SOURCES[kind].table(person, query, now)
    if table.total <= AT_ONCE:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "table"
            rows = actions.write_file(path, format, table, title=str(SOURCES[kind].title))
            file = path.open("rb")  # lives on without its name
        actions.note_taken(kind, rows=rows, personal=table.personal, by=person, now=now)
        return FileResponse(file, as_attachment=True, filename=_name(kind, format, now))
    if request.method == "POST":
        export = actions.ask(
            kind, query=query, format=format, total=table.total, by=person, now=now
        )
        return redirect("export", export.key)
    context = {"total": table.total, "back": back, "title": SOURCES[kind].title}
    return render(request, "exports/ask.html", context)


def _name(kind: str, format: str, now: datetime) -> str:
    return f"{SOURCES[kind].title}-{clock.day(now):%Y%m%d}.{format}"


def own_or_404(request: HttpRequest, key: str) -> Export:
    export = queries.find(request.user, key)  # type: ignore[arg-type]
    if export is None:
        raise Http404
    return export


@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """How far the export is; a script asks again every other second."""
    export = own_or_404(request, key)
    context = {
        "export": export,
        "title": SOURCES[export.kind].title,
        "left": _left(export),
        "again": reverse("export", args=[export.key]),
    }
    page = "exports/state.html" if request.headers.get("HX-Request") else "exports/export.html"
    return render(request, page, context)


def _left(export: Export) -> object:
    if not export.done or export.begun_at is None or export.beat_at is None:
        return None
    return (export.beat_at - export.begun_at) * (max(export.total - export.done, 0) / export.done)


@login_required
def download(request: HttpRequest, key: str) -> FileResponse:
    """The file, for the one who asked for it, while it is kept."""
    export = own_or_404(request, key)
    path = queries.file_of(export)
    if export.state != "ready" or not path.exists():
        raise Http404
    name = _name(export.kind, export.format, export.asked_at)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)
