from django.apps import AppConfig


class Facts(AppConfig):
    name = "kepu.kernel.facts"
    label = "facts"

    def ready(self) -> None:
        from kepu.kernel import registers as lists
        from kepu.kernel.facts import registers

        lists.register(registers.DELIVERIES)
