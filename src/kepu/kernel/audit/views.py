"""The audit as its administrator reads and verifies it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from kepu.kernel import clock, cursors
from kepu.kernel.audit import chain, rules, words
from kepu.kernel.audit.registers import ENTRIES
from kepu.kernel.errors import authorize
from kepu.kernel.registers import read


@login_required
def entries(request: HttpRequest) -> HttpResponse:
    """What was done, newest first, and the head of the chain."""
    form, _asked, found, bar = read(request, ENTRIES)
    page = cursors.Page([])
    if form.is_valid():
        page = cursors.page(
            found,
            cursors.Sort(down=request.GET.get("sort") != "old"),
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
    kept = request.GET.copy()
    for key in ("after", "before"):
        kept.pop(key, None)
    seq, digest = chain.head()
    context = {
        "form": form,
        "bar": bar,
        "page": page,
        "query": kept.urlencode(),
        "seq": seq,
        "digest": digest,
        "said": words.of,
        "now": clock.now(),
    }
    return render(request, "audit/entries.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Recompute the whole chain and compare it with the signed checkpoints."""
    authorize(rules.why_not_read_audit(request.user, clock.now()))  # type: ignore[arg-type]
    marks = list(chain.checkpoints())
    context = {
        "verdict": chain.verify(),
        "last": datetime.fromisoformat(marks[-1].at) if marks else None,
        "now": clock.now(),
    }
    return render(request, "audit/verdict.html", context)
