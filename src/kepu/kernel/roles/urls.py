from django.urls import path

from kepu.kernel.roles import views

urlpatterns = [
    path("roles/", views.posts, name="roles"),
    path("roles/<int:grant_id>/<str:verb>/", views.deed, name="role-deed"),
]
