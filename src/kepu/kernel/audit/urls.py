from django.urls import path

from kepu.kernel.audit import views

urlpatterns = [
    path("audit/", views.entries, name="audit"),
    path("audit/verify/", views.verify, name="audit-verify"),
]
