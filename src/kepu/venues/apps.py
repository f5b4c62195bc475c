from django.apps import AppConfig


class Venues(AppConfig):
    name = "kepu.venues"
    label = "venues"

    def ready(self) -> None:
        from kepu.kernel import registers as lists
        from kepu.kernel.accounts import exports as taking_away
        from kepu.kernel.accounts.held import part
        from kepu.kernel.files import purposes
        from kepu.kernel.notices import texts as notices
        from kepu.kernel.roles import holdings
        from kepu.kernel.rulebooks import registry
        from kepu.venues import (
            albums,
            handover,
            held,
            listeners,  # noqa: F401 (listens)
            money,
            policy,
            registers,
            telling,
            works_photos,
        )

        for kind in policy.KINDS:
            registry.register(kind)
        taking_away.register("venues", part(held.TABLES))
        for purpose in (*albums.PURPOSES, works_photos.PURPOSE, money.PURPOSE):
            purposes.register(purpose)
        notices.register(*telling.TEXTS)
        lists.register(*registers.REGISTERS)
        holdings.register("venues", handover.work)
