from django.apps import AppConfig


class Rulebooks(AppConfig):
    name = "kepu.kernel.rulebooks"
    label = "rulebooks"

    def ready(self) -> None:
        from kepu.kernel.clock import workdays
        from kepu.kernel.rulebooks import calendar, registry

        registry.register(calendar.KIND)
        workdays.ask_also(calendar.announced)
