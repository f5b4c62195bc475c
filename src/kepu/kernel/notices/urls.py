"""Where notices answer."""

from django.urls import path

from kepu.kernel.notices import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_all, name="notices-read-all"),
    path("notices/ways/", views.choose_ways, name="notices-ways"),
    path("notices/contacts/<slug:way>/", views.contact, name="notices-contact"),
    path("notices/contacts/<slug:way>/drop/", views.drop_contact, name="notices-contact-drop"),
    path("notices/<int:notice_id>/read/", views.read, name="notice-read"),
]
