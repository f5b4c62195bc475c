from django.apps import AppConfig


class Roles(AppConfig):
    name = "kepu.kernel.roles"
    label = "roles"
