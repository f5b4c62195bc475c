from django.apps import AppConfig


class Web(AppConfig):
    name = "kepu.web"
    label = "web"
