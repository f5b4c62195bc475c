"""Where verifiers ask."""

from django.urls import path

from kepu.kernel.credentials import keys, views

urlpatterns = [
    path(keys.ADDRESS.lstrip("/"), views.issuer, name="credential-issuer"),
    path(
        "credentials/status/<slug:name>/<slug:purpose>/<int:number>/",
        views.status_list,
        name="credential-status",
    ),
]
