from django.urls import path, re_path

from kepu.web import api_page, views, zone_figures
from kepu.web.api import api

urlpatterns = [
    path("api/", api_page.root, name="api"),
    path("api/docs", api_page.page, name="api-docs"),
    path("api/", api.urls),
    re_path(r"^api/(?P<rest>.*)$", api_page.unknown, name="api-unknown"),
    path("", views.home, name="home"),
    path("service-worker.js", views.service_worker, name="service-worker"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("health", views.health, name="health"),
    path("about/", views.about, name="about"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("sources/", views.sources, name="sources"),
    path("divisions/zones/<int:zone_id>/figures/", zone_figures.show, name="zone-figures"),
]
