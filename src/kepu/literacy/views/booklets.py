"""Booklets: asked for, watched while the worker assembles them, looked at, adopted or dropped."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import NotAllowed, Outside
from kepu.kernel.registers import one_page
from kepu.kernel.roles.verbs import Verb
from kepu.literacy import pictures, schemas
from kepu.literacy.actions import booklets
from kepu.literacy.forms import BookletsForm
from kepu.literacy.models import BookletItem, BookletSet
from kepu.literacy.queries import booklets as queries
from kepu.literacy.queries import items
from kepu.literacy.registers import dimension_of
from kepu.literacy.rules import items as may
from kepu.literacy.states import BOOKLETS, SetState
from kepu.literacy.views.shapes import form_page, person_of
from kepu.ui import toasts

TONES = {
    "computing": "information", "proposed": "warning", "adopted": "success", "dropped": "plain",
    "failed": "danger",
}  # fmt: skip
DECISIONS = {"adopt": booklets.adopt_booklets, "drop": booklets.drop_booklets}


def _bank(request: HttpRequest) -> Division:
    bank = items.banks(person_of(request), clock.now(), Verb.ITEM_APPROVE).first()
    if bank is None:
        raise NotAllowed(_("only an officer of this item bank may do this"))
    return bank


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Every set of booklets of the banks the reader keeps."""
    _bank(request)
    rows, pager = one_page(request, queries.sets_of(person_of(request), clock.now()))
    context = {"rows": rows, "pager": pager, "tones": TONES, "now": clock.now()}
    return render(request, "literacy/booklets.html", context)


@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """Say how many booklets of which length; the worker assembles them."""
    bank, rules = _bank(request), schemas.framework(clock.now()).booklets
    start = {"items": rules.items, "most_common": int(rules.items * rules.most_overlap)}
    form = BookletsForm(request.POST or None, initial=start)

    def act() -> HttpResponse:
        by, now = person_of(request), clock.now()
        made = booklets.ask_booklets(bank=bank, by=by, now=now, **form.cleaned_data)
        return redirect("booklet-set", made.pk)

    return form_page(
        request, form, act, title=_("Assemble booklets"), back=reverse("booklets"),
        submit=_("Assemble them"), lead=bank.name,
    )  # fmt: skip


@login_required
def show(request: HttpRequest, set_id: int) -> HttpResponse:
    """The booklets side by side: what they tell, what they have in common, what they ask.

    A script asks for the progress alone; when that is over it is told to read the page anew.
    """
    made = _kept(request, set_id)
    if request.headers.get("HX-Request"):
        if made.state == SetState.COMPUTING:
            return render(request, "literacy/booklets_progress.html", {"set": made})
        return HttpResponse(headers={"HX-Refresh": "true"})
    context: dict[str, Any] = {
        "set": made,
        "tone": TONES[made.state],
        "verbs": BOOKLETS.verbs(made.state),
        "now": clock.now(),
    }
    if made.summary:
        context |= _figures(made)
    return render(request, "literacy/booklet_set.html", context)


def _figures(made: BookletSet) -> dict[str, Any]:
    found = queries.booklets(made)
    framework = schemas.framework_of(made.rules_version)
    wanted = framework.blueprint(made.items)
    return {
        "picture": pictures.information(made),
        "missed": pictures.missed(made),
        "common": [
            (_("Booklets %(one)s and %(other)s") % {"one": one, "other": other}, number)
            for one, other, number in queries.in_common(found)
        ],
        "blueprint": [(framework.dimensions[key].title, count) for key, count in wanted.items()],
        "booklets": [[(line, dimension_of(line.item)) for line in one] for one in found],
        "counts": [_counts(one, wanted) for one in found],
    }


def _counts(lines: list[BookletItem], wanted: dict[str, int]) -> list[int]:
    """How many items of each dimension a booklet has, in the order of the blueprint."""
    return [sum(line.item.dimension == key for line in lines) for key in wanted]


@login_required
@require_POST
def act(request: HttpRequest, set_id: int, verb: str) -> HttpResponse:
    """Adopt the booklets for a wave, or put them away."""
    made = _kept(request, set_id)
    if verb not in DECISIONS:
        raise Outside(_("there is no such page"))
    DECISIONS[verb](made.pk, by=person_of(request), now=clock.now())
    toasts.say(request, _("Done."))
    return redirect("booklet-set", made.pk)


def _kept(request: HttpRequest, set_id: int) -> BookletSet:
    """Another bank's booklets do not exist for the reader."""
    made = queries.booklet_set(set_id)
    if may.why_not_keep(person_of(request), made.path, clock.now()):
        raise Outside(_("there are no such booklets"))
    return made
