from django.urls import path

from kepu.kernel.roles import views

urlpatterns = [
    path("roles/", views.posts, name="roles"),
    path("roles/mine/", views.mine, name="my-roles"),
    path("roles/leave/<int:leave_id>/end/", views.end_leave, name="leave-end"),
    path("roles/<int:grant_id>/<str:verb>/", views.deed, name="role-deed"),
]
