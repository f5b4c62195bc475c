"""What a person was told, and how they wish to be told."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.notices import actions, queries
from kepu.kernel.notices.states import Way
from kepu.ui import toasts

PAGE = 30


class WaysForm(forms.Form):
    ways = forms.MultipleChoiceField(
        label=gettext_lazy("Tell me also by"),
        choices=Way.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Every notice stands on this page in any case. Sign-in codes always come."
        ),
    )


def me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (login_required stands before)
    return request.user


@login_required
@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    """The person's notices, the newest first."""
    person = me(request)
    page = Paginator(queries.of_person(person), PAGE).get_page(request.GET.get("page"))
    wanted = [way for way in Way if way not in queries.opted_out(person)]
    context = {
        "letters": queries.letters(person, list(page.object_list)),
        "page": page,
        "unread": queries.unread(person),
        "ways_form": WaysForm(initial={"ways": wanted}),
        "now": clock.now(),
    }
    return render(request, "notices/notices.html", context)


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
