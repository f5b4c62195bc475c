from django.urls import path

from kepu.venues import views

urlpatterns = [
    path("venues/", views.listed, name="venues"),
    path("venues/mine/", views.mine, name="my-venues"),
    path("venues/desk/", views.desk, name="venue-desk"),
    path("venues/new/", views.new, name="venue-new"),
    path("venues/<int:venue_id>/", views.show, name="venue"),
    path("venues/<int:venue_id>/edit/", views.edit, name="venue-edit"),
    path("venues/<int:venue_id>/opening/", views.opening_hours, name="venue-opening"),
    path("venues/<int:venue_id>/visits/", views.count, name="venue-count"),
    path("venues/<int:venue_id>/submit/", views.submit, name="venue-submit"),
    path("venues/<int:venue_id>/confirm/", views.confirm, name="venue-confirm"),
    path("venues/<int:venue_id>/decide/<str:verb>/", views.decide, name="venue-decide"),
]
