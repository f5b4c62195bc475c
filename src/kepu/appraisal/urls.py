from django.urls import path

from kepu.appraisal.views import titles

urlpatterns = [
    path("titles/<str:number>/", titles.show, name="title"),
]
