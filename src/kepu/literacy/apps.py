from django.apps import AppConfig


class Literacy(AppConfig):
    name = "kepu.literacy"
    label = "literacy"

    def ready(self) -> None:
        from kepu.kernel import registers as lists
        from kepu.kernel.accounts import exports as taking_away
        from kepu.kernel.accounts.held import part
        from kepu.kernel.files import purposes
        from kepu.kernel.notices import texts as notices
        from kepu.kernel.roles import holdings
        from kepu.kernel.rulebooks import registry
        from kepu.literacy import (
            capacity,
            handover,
            held,
            listeners,  # noqa: F401 (listens)
            records,
            registers,
            schemas,
            statistics,
            telling,
        )
        from kepu.literacy.rules import runs
        from kepu.people.queries import staff, teams
        from kepu.venues import figures

        records.register("people.staff", staff.CALLED, staff.indicators_of)
        records.register("people.teams", teams.CALLED, teams.indicators_of)
        records.register("venues", figures.CALLED, figures.indicators_of)
        for kind in (*schemas.KINDS, statistics.KIND, capacity.KIND):
            registry.register(kind)
        for purpose in (runs.PURPOSE, runs.ARCHIVE, runs.INPUTS):
            purposes.register(purpose)
        notices.register(*telling.TEXTS)
        lists.register(registers.ITEMS, registers.RETURNS)
        holdings.register("literacy", handover.work, handover.move)
        taking_away.register("literacy", part(held.TABLES))
