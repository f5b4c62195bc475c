from django.apps import AppConfig


class Audit(AppConfig):
    name = "kepu.kernel.audit"
    label = "audit"
