"""Posts at townships: who sits where, the three heads 三长 and their deputies."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.kernel import clock
from kepu.kernel.crosswalk import maps
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import Outside
from kepu.kernel.registers import one_page, read
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.people.actions import places as actions
from kepu.people.models import Post
from kepu.people.office_forms import EndPostForm, PostForm
from kepu.people.queries import places as queries
from kepu.people.registers import POSTS
from kepu.people.views.shapes import form_page, office_of, person_of
from kepu.ui import toasts
from kepu.ui.cards import NumberTile

PAGE = 50


def _office(request: HttpRequest) -> Reach:
    return office_of(
        request, Verb.POST_APPOINT, _("only officers who appoint to posts have this page")
    )


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Who sits where today, place by place, and how far the three heads are filled."""
    reach = _office(request)
    form, asked, held, bar = read(request, POSTS)
    scope = asked.get("district", "")
    rows, pager = one_page(request, held, PAGE)
    names = divisions.full_names({one.path for one in rows})
    drawn, note = _map(held, scope)
    context = {
        "form": form,
        "bar": bar,
        "rows": [(one, names[one.path]) for one in rows],
        "pager": pager,
        "tiles": _tiles(scope or reach.paths[0], request),
        "map": drawn,
        "note": note,
    }
    return render(request, "people/posts.html", context)


def _tiles(scope: str, request: HttpRequest) -> list[NumberTile]:
    """Of the townships here, how many have each of the three heads, and all of them."""
    filled = queries.filled(scope, clock.day(clock.now()))
    of = _("of %(n)s townships") % {"n": f"{filled.townships:,}"}
    unit = pgettext("unit", "townships")
    counted = [(kind.title, number) for kind, number in filled.kinds]
    counted.append((_("All three heads"), filled.whole))
    return [NumberTile(title, f"{number:,}", unit, of) for title, number in counted]


def _map(held: QuerySet[Post], district: str) -> Any:
    return maps.by_district(
        held.filter(deputy=False).values_list("path", flat=True),
        clock.now(),
        unit=pgettext("unit", "posts"),
        href=lambda path: f"{reverse('posts')}?district={path}",
        selected=district,
    )


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Appoint somebody to a post, or as the deputy of who holds it."""
    _office(request)

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.appoint(data.pop("person"), by=person_of(request), now=clock.now(), **data)
        toasts.say(request, _("Appointed."))
        return redirect("posts")

    return form_page(
        request, PostForm(request.POST or None), act,
        title=_("Appoint to a post"), back=reverse("posts"), submit=_("Appoint"),
    )  # fmt: skip


@login_required
def end(request: HttpRequest, post_id: int) -> HttpResponse:
    """End a post before its term is over."""
    reach, post = _office(request), queries.post(post_id)
    if not reach.covers(post.path):
        raise Outside(_("there is no such post"))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.end_post(post.pk, on=data["on"], by=person_of(request), now=clock.now())
        toasts.say(request, _("The post has ended. What was done in it stays."))
        return redirect("posts")

    said = f"{post.kind.title} · {divisions.full_name(post.path)} · {post.person.name}"
    return form_page(
        request, EndPostForm(request.POST or None), act, lead=said,
        title=_("End a post"), back=reverse("posts"), submit=_("End the post"),
    )  # fmt: skip
