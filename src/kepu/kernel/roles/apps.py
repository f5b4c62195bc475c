from django.apps import AppConfig


class Roles(AppConfig):
    name = "kepu.kernel.roles"
    label = "roles"

    def ready(self) -> None:
        from kepu.kernel import registers as lists
        from kepu.kernel.roles import registers

        lists.register(registers.GRANTS)
