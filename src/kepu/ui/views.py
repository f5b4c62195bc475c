from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kepu.ui import preferences
from kepu.ui.gallery import figures, forms, samples


@require_POST
def keep_preferences(request: HttpRequest) -> HttpResponse:
    """Keep theme, type size or language in this browser."""
    response = preferences.answer(request)
    preferences.write(request, response)
    return response


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component with its states, for those who build pages and for the tests that
    photograph it."""
    chosen = preferences.read(request)
    context = {
        "now": timezone.now(),
        "samples": samples,
        "figures": figures,
        "sample_shell": samples.shell(chosen, request.path),
        "order_form": forms.refused(),
        "filter_form": forms.FilterForm({"state": "draft"}),
    }
    response = render(request, "ui/gallery.html", context, using="jinja2")
    response["X-Robots-Tag"] = "noindex"
    return response
