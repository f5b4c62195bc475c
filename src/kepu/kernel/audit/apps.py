from django.apps import AppConfig


class Audit(AppConfig):
    name = "kepu.kernel.audit"
    label = "audit"

    def ready(self) -> None:
        from kepu.kernel import registers as lists
        from kepu.kernel.audit import registers

        lists.register(registers.ENTRIES)
