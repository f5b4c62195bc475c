from django.apps import AppConfig


class Divisions(AppConfig):
    name = "kepu.kernel.divisions"
    label = "divisions"
