from django.apps import AppConfig


class Crosswalk(AppConfig):
    name = "kepu.kernel.crosswalk"
    label = "crosswalk"

    def ready(self) -> None:
        from kepu.kernel.crosswalk import listeners  # noqa: F401 (registers)
