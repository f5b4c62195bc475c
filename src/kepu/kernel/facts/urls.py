from django.urls import path

from kepu.kernel.facts import views

urlpatterns = [
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/<int:delivery_id>/revive/", views.revive, name="delivery-revive"),
]
