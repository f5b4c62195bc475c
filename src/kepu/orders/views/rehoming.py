"""Orders that lost their venue, for the officers who find another place for them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import NotAllowed
from kepu.kernel.registers import one_page
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import whereabouts


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """What the reader is named for comes first, then the rest of the place."""
    person, now = request.user, clock.now()
    assert isinstance(person, User)  # noqa: S101 (login_required)
    reached = roles.reaches(person, (Verb.ORDER_SUPERVISE, Verb.ORDER_DISPATCH), now)
    if not any(reached.values()):
        raise NotAllowed(_("only officers and community workers of the place have this page"))
    rows, pager = one_page(request, whereabouts.waiting_for(person, now))
    context = {"rows": rows, "pager": pager, "now": now}
    return render(request, "orders/rehoming.html", context)
