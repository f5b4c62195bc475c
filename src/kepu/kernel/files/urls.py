"""Where files are handed out."""

from django.urls import path

from kepu.kernel.files import views

urlpatterns = [path("files/<int:file_id>/", views.download, name="file")]
