from django.apps import AppConfig


class Api(AppConfig):
    name = "kepu.kernel.api"
    label = "api"
