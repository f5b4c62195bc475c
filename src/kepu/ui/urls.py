"""Pages of the look itself."""

from django.urls import path

from kepu.ui import views

app_name = "ui"

urlpatterns = [
    path("preferences", views.keep_preferences, name="preferences"),
    path("ui/", views.gallery, name="gallery"),
]
