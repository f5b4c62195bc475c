"""What a department answers for: said by its officers, read by the desks when they dispatch."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.orders import actions, providers, queries
from kepu.orders.forms import TopicsForm
from kepu.orders.providers import Provider


@login_required
def answer_for(request: HttpRequest, department_id: int) -> HttpResponse:
    """The topics a department answers for at its place, to look at and to say anew."""
    provider, now = _department(request, department_id), clock.now()
    department = provider.department
    assert department is not None  # noqa: S101 (asked for so)
    posted = request.method == "POST"
    said = {"topics": queries.answers_for(department)}
    form = TopicsForm(request.POST if posted else None, initial=said)
    if posted and form.is_valid():
        chosen = form.cleaned_data["topics"]
        actions.answer_for(department, chosen, by=request.user, now=now)  # type: ignore[arg-type]
        messages.success(request, _("Kept. Desks of your place are shown your department first."))
        return redirect("department-topics", department_id)
    context = {"form": form, "provider": provider}
    return render(request, "orders/topics.html", context, status=422 if form.errors else 200)


def _department(request: HttpRequest, department_id: int) -> Provider:
    """A department whose menu the reader publishes; any other is not there."""
    for one in providers.of(request.user, clock.now()):  # type: ignore[arg-type]
        if one.department is not None and one.department.pk == department_id:
            return one
    raise Http404
