from django.urls import path

from kepu.kernel.divisions import views

urlpatterns = [path("places/", views.places, name="places")]
