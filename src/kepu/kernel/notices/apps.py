from django.apps import AppConfig


class Notices(AppConfig):
    name = "kepu.kernel.notices"
    label = "notices"
