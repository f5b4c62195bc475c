from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_POST

from kepu.ui import preferences


@require_POST
def keep_preferences(request: HttpRequest) -> HttpResponse:
    """Keep theme, type size or language; a script gets an empty answer, a form goes back to its page."""
    if "application/json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse({})
    else:
        response = HttpResponseRedirect(preferences.way_back(request))
    preferences.write(request, response)
    return response
