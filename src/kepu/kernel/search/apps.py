from django.apps import AppConfig


class Search(AppConfig):
    name = "kepu.kernel.search"
    label = "search"
