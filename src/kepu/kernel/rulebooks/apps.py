from django.apps import AppConfig


class Rulebooks(AppConfig):
    name = "kepu.kernel.rulebooks"
    label = "rulebooks"
