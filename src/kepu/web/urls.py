from django.urls import path

from kepu.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("service-worker.js", views.service_worker, name="service-worker"),
    path("health", views.health, name="health"),
    path("about/", views.about, name="about"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("sources/", views.sources, name="sources"),
]
