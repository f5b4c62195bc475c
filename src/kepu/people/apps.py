from django.apps import AppConfig


class People(AppConfig):
    name = "kepu.people"
    label = "people"
