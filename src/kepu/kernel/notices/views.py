"""What a person was told, and how they wish to be told."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Refusal
from kepu.kernel.notices import actions, queries
from kepu.kernel.notices.forms import FORMS, WaysForm
from kepu.kernel.notices.states import KEPT, Way
from kepu.ui import toasts

PAGE = 30


def me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (login_required stands before)
    return request.user


@login_required
@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    """The person's notices, the newest first."""
    return _page(request)


def _page(request: HttpRequest, bound: dict[Way, forms.Form] | None = None) -> HttpResponse:
    person = me(request)
    page = Paginator(queries.of_person(person), PAGE).get_page(request.GET.get("page"))
    wanted = [way for way in Way if way not in queries.opted_out(person)]
    context = {
        "letters": queries.letters(person, list(page.object_list)),
        "page": page,
        "unread": queries.unread(person),
        "ways_form": WaysForm(initial={"ways": wanted}),
        "contacts": [
            (one, (bound or {}).get(one.way) or _blank(one.way)) for one in queries.reached(person)
        ],
        "now": clock.now(),
    }
    return render(request, "notices/notices.html", context, status=422 if bound else 200)


@login_required
@require_POST
def read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    notice = get_object_or_404(queries.of_person(me(request)), pk=notice_id)
    actions.mark_read(notice.pk, by=me(request), now=clock.now())
    ours = url_has_allowed_host_and_scheme(notice.link, allowed_hosts={request.get_host()})
    return redirect(notice.link if notice.link and ours else "notices")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    actions.mark_all_read(by=me(request), now=clock.now())
    return redirect("notices")


@login_required
@require_POST
def choose_ways(request: HttpRequest) -> HttpResponse:
    """Keep by which ways the person wants to be told."""
    form = WaysForm(request.POST)
    if form.is_valid():
        wanted = {Way(way) for way in form.cleaned_data["ways"]}
        actions.choose_ways(wanted, by=me(request), now=clock.now())
        toasts.say(request, _("Saved."))
    return redirect("notices")


@login_required
@require_POST
def contact(request: HttpRequest, way: str) -> HttpResponse:
    """Keep where the person is reached by WeChat or webhook, or say beside the fields why not."""
    chosen = _kept_way(way)
    form = _blank(chosen, request.POST)
    if form.is_valid():
        try:
            _keep(request, chosen, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
        else:
            toasts.say(request, _("Saved."))
            return redirect("notices")
    return _page(request, {chosen: form})


@login_required
@require_POST
def drop_contact(request: HttpRequest, way: str) -> HttpResponse:
    """Forget where the person was reached."""
    actions.drop_contact(_kept_way(way), by=me(request), now=clock.now())
    toasts.say(request, _("Removed."))
    return redirect("notices")


def _keep(request: HttpRequest, way: Way, to: str, secret: str = "") -> None:
    person = me(request)
    actions.keep_contact(person, way, to, by=person, now=clock.now(), secret=secret)


def _blank(way: Way, typed: QueryDict | None = None) -> forms.Form:
    return FORMS[way](typed, auto_id=f"{way.value}-%s")  # two of these stand on one page


def _kept_way(way: str) -> Way:
    if way not in KEPT:
        raise Http404
    return Way(way)
