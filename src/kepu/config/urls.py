"""Where the rooms answer."""

from django.urls import include, path

urlpatterns = [
    path("", include("kepu.web.urls")),
    path("", include("kepu.ui.urls")),
    path("", include("kepu.kernel.divisions.urls")),
    path("", include("kepu.kernel.crosswalk.urls")),
    path("", include("kepu.people.urls")),
    path("", include("kepu.venues.urls")),
    path("", include("kepu.kernel.exports.urls")),
    path("", include("kepu.kernel.rulebooks.urls")),
    path("", include("kepu.kernel.audit.urls")),
    path("", include("kepu.kernel.facts.urls")),
    path("", include("kepu.kernel.roles.urls")),
    path("", include("kepu.literacy.urls")),
    path("", include("kepu.orders.urls")),
    path("", include("kepu.appraisal.urls")),
    path("", include("kepu.kernel.accounts.urls")),
    path("", include("kepu.kernel.files.urls")),
    path("", include("kepu.kernel.notices.urls")),
    path("", include("kepu.kernel.credentials.urls")),
]
