from django.urls import path

from kepu.venues.views import keeping, sharing
from kepu.venues.views import registry as views

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
    path("venues/<int:venue_id>/tie/<int:listed_id>/", views.tie, name="venue-tie"),
    path("venues/<int:venue_id>/propose/", keeping.propose, name="venue-propose"),
    path("venues/<int:venue_id>/year/", keeping.year, name="venue-year"),
    path("venues/<int:venue_id>/album/", keeping.album, name="venue-album"),
    path(
        "venues/<int:venue_id>/album/<int:file_id>/remove/",
        keeping.remove,
        name="venue-file-remove",
    ),
    path(
        "venues/<int:venue_id>/album/<int:file_id>/<str:size>.jpg",
        keeping.picture,
        name="venue-picture",
    ),
    path("venues/<int:venue_id>/counter/", sharing.counter, name="venue-counter"),
    path("venues/years/", keeping.year_board, name="venue-years"),
    path("venues/changes/<int:change_id>/", keeping.change, name="venue-change"),
    path("venues/changes/<int:change_id>/take-back/", keeping.take_back, name="venue-change-back"),
    path("venues/alliances/", sharing.listed, name="alliances"),
    path("venues/alliances/new/", sharing.new, name="alliance-new"),
    path("venues/alliances/<int:alliance_id>/", sharing.show, name="alliance"),
    path("venues/alliances/<int:alliance_id>/join/", sharing.join, name="alliance-join"),
    path("venues/alliances/<int:alliance_id>/pass/", sharing.new_pass, name="pass-new"),
    path("venues/members/<int:member_id>/<str:verb>/", sharing.answer, name="alliance-answer"),
    path("venues/passes/<int:pass_id>/take/", sharing.take, name="pass-take"),
    path("passes/", sharing.mine, name="my-passes"),
    path("passes/<str:code>/", sharing.held, name="pass"),
    path("passes/<str:code>/code.svg", sharing.code_picture, name="pass-code"),
    path("passes/<str:code>/stamp/<int:venue_id>/", sharing.stamp, name="pass-stamp"),
]
