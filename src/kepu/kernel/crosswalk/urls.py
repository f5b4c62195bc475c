from django.urls import path

from kepu.kernel.crosswalk.views import changes, zones

urlpatterns = [
    path("divisions/changes/", changes.listed, name="division-changes"),
    path("divisions/changes/new/", changes.new, name="division-change-new"),
    path("divisions/changes/<int:change_id>/", changes.show, name="division-change"),
    path("divisions/zones/", zones.listed, name="zones"),
    path("divisions/zones/new/", zones.new, name="zone-new"),
    path("divisions/zones/<int:zone_id>/", zones.show, name="zone"),
    path("divisions/zones/<int:zone_id>/edit/", zones.edit, name="zone-edit"),
]
