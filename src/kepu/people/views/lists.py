"""Registers as files, as the reader sees them on their pages."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from kepu.kernel.errors import Outside
from kepu.kernel.exports import views as exports
from kepu.kernel.registers import REGISTERS


@login_required
def export(request: HttpRequest, kind: str, format: str) -> HttpResponseBase:
    """What the page of the register shows for the same address, all of its pages, as a file."""
    if kind not in REGISTERS:
        raise Outside(_("there is no such page"))
    return exports.answer(request, kind, format, reverse(REGISTERS[kind].page))
