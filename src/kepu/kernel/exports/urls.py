from django.urls import path

from kepu.kernel.exports import views

urlpatterns = [
    path("exports/<uuid:key>/", views.show, name="export"),
    path("exports/<uuid:key>/file/", views.download, name="export-file"),
]
