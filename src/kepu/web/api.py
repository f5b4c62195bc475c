"""The API's root: one door for all rooms, and what each refusal looks like.

Rooms bring routers; who asks, how often and once only is `kepu.kernel.api`; the document that
machines read is completed in `api_document`, the page that people read is `api_page`.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from kepu.appraisal.api import routers as appraisal
from kepu.kernel.api import problems
from kepu.kernel.api.entrance import Caller
from kepu.kernel.api.reading import Reader
from kepu.kernel.api.rim import rim
from kepu.kernel.errors import Refusal
from kepu.literacy.api import router as literacy
from kepu.orders.api import router as orders
from kepu.people.api import router as people
from kepu.venues.api import router as venues
from kepu.web import api_document
from kepu.web.api_divisions import router as divisions
from kepu.web.api_notices import router as notices
from kepu.web.api_places import router as places
from kepu.web.api_roles import router as roles
from kepu.web.overtaken import is_overtaken


class Letters(JSONRenderer):
    """JSON with Chinese as it is written, not as numbers of letters."""

    json_dumps_params = {"ensure_ascii": False}


class Api(NinjaAPI):
    """An API whose document names every header and refusal, and is written once for each language."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._documents: dict[str, OpenAPISchema] = {}

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """A short name such as `claim`; two of the same are a mistake that a test finds."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The document with what all operations share; to be read, not changed."""
        language = get_language() or ""
        if language not in self._documents:
            self._documents[language] = api_document.completed(
                super().get_openapi_schema(**options)
            )
        return self._documents[language]


api = Api(
    title="Kepu",
    version="1",
    description=api_document.ABOUT,
    urls_namespace="api",
    docs_url=None,
    auth=Caller(),
    parser=Reader(),
    renderer=Letters(),
)
api.add_decorator(rim, mode="view")
for router in (orders, people, venues, literacy, *appraisal, places, divisions, roles, notices):
    api.add_router("", router)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A rule said no."""
    return problems.refused(request, refusal)


@api.exception_handler(ObjectDoesNotExist)
@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Exception) -> HttpResponse:
    """Nothing there, or nothing that this caller may know of."""
    return problems.of_status(request, 404)


@api.exception_handler(AuthenticationError)
@api.exception_handler(HttpError)
def unheard(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Nobody is known to ask, or the body is no JSON."""
    return problems.of_status(request, error.status_code)


@api.exception_handler(ValidationError)
def misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A field is missing, unknown or wrong."""
    wrong = problems.wrong_fields(error.errors)
    return problems.problem(request, 422, "bad_input", _("some fields are not right"), wrong)


@api.exception_handler(IntegrityError)
@api.exception_handler(OperationalError)
def overtaken(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    """The database kept a promise that somebody else had just used up, or broke a deadlock."""
    if not is_overtaken(error):
        raise error
    return problems.of_status(request, 409)
