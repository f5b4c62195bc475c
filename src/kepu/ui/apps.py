from django.apps import AppConfig


class Ui(AppConfig):
    name = "kepu.ui"
    label = "ui"
