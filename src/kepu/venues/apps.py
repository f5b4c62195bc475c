from django.apps import AppConfig


class Venues(AppConfig):
    name = "kepu.venues"
    label = "venues"

    def ready(self) -> None:
        from kepu.kernel import registers as lists
        from kepu.kernel.notices import texts as notices
        from kepu.kernel.roles import holdings
        from kepu.kernel.rulebooks import registry
        from kepu.venues import handover, policy, registers, telling

        registry.register(policy.KIND)
        notices.register(*telling.TEXTS)
        lists.register(*registers.REGISTERS)
        holdings.register("venues", handover.work)
