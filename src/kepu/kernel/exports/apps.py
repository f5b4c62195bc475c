from django.apps import AppConfig


class Exports(AppConfig):
    name = "kepu.kernel.exports"
    label = "exports"

    def ready(self) -> None:
        from kepu.kernel.exports import listeners  # noqa: F401 (registers what it listens to)
