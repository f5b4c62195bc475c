from django.apps import AppConfig


class Orders(AppConfig):
    name = "kepu.orders"
    label = "orders"

    def ready(self) -> None:
        from kepu.kernel import registers as lists
        from kepu.kernel import sheets as spreadsheets
        from kepu.kernel.accounts import exports as taking_away
        from kepu.kernel.accounts import farewell, retention
        from kepu.kernel.accounts.held import part
        from kepu.kernel.exports import registry as exports
        from kepu.kernel.files import purposes
        from kepu.kernel.notices import texts as notices
        from kepu.kernel.roles import holdings
        from kepu.kernel.rulebooks import registry
        from kepu.literacy import records
        from kepu.orders import (
            delivered,
            evidence,
            exporting,
            handover,
            held,
            keeping,
            listeners,  # noqa: F401 (listens)
            registers,
            roster,
            schemas,
            sheets,
            stations,
            texts,
            visits,
        )
        from kepu.people import agenda, dispatched
        from kepu.people import sources as hours

        dispatched.register("orders", stations.counts)
        hours.register("orders", visits.tell_of_hours)
        agenda.register("orders", roster.agenda)
        agenda.register_uncounted("orders", roster.uncounted)
        records.register_note("orders", "activities", delivered.note_of)
        holdings.register("orders", handover.work, handover.move)
        spreadsheets.register(*sheets.SHEETS)
        for source in exporting.SOURCES:
            exports.register(source)
        lists.register(*registers.REGISTERS)
        taking_away.register("orders", part(held.TABLES))
        retention.register("orders.under_way", keeping.orders_under_way)
        farewell.register("orders.pictures", keeping.PICTURES)
        farewell.register("orders.others_pictures", keeping.OTHERS_PICTURES)
        notices.register(*texts.TEXTS)

        for purpose in evidence.PURPOSES:
            purposes.register(purpose)
        for kind in schemas.KINDS:
            registry.register(kind)
