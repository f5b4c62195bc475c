from django.apps import AppConfig


class Facts(AppConfig):
    name = "kepu.kernel.facts"
    label = "facts"
