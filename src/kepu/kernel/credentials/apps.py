from django.apps import AppConfig


class Credentials(AppConfig):
    name = "kepu.kernel.credentials"
    label = "credentials"
