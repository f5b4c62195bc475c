from importlib import import_module

from django.apps import AppConfig


class Idempotency(AppConfig):
    name = "kepu.kernel.idempotency"
    label = "idempotency"

    def ready(self) -> None:
        import_module("kepu.kernel.idempotency.listeners")
