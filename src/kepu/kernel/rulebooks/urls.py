from django.urls import path

from kepu.kernel.rulebooks import views

urlpatterns = [
    path("rulebooks/", views.kinds, name="rulebooks"),
    path("rulebooks/<str:key>/", views.kind, name="rulebook"),
    path("rulebooks/<str:key>/file/", views.file, name="rulebook-file"),
    path("rulebooks/<str:key>/issue/", views.issue, name="rulebook-issue"),
    path("rulebooks/<str:key>/<int:number>/", views.version, name="rulebook-version"),
]
