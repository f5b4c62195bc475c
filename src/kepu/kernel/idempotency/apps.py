from django.apps import AppConfig


class Idempotency(AppConfig):
    name = "kepu.kernel.idempotency"
    label = "idempotency"
