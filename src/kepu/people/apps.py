from django.apps import AppConfig


class People(AppConfig):
    name = "kepu.people"
    label = "people"

    def ready(self) -> None:
        from kepu.kernel import registers as lists
        from kepu.kernel import sheets as registry
        from kepu.kernel.accounts import exports as taking_away
        from kepu.kernel.accounts import retention
        from kepu.kernel.accounts.held import part
        from kepu.kernel.exports import registry as exports
        from kepu.kernel.files import purposes
        from kepu.kernel.notices import texts as notices
        from kepu.kernel.roles import ground, holdings
        from kepu.people import (
            evidence,
            exporting,
            handover,
            held,
            keeping,
            listeners,  # noqa: F401 (listens)
            policy,
            registers,
            sheets,
            telling,
            telling_experts,
        )

        policy.register_all()
        notices.register(*telling.TEXTS, *telling_experts.TEXTS)
        registry.register(*sheets.SHEETS)
        holdings.register("people", handover.work, handover.move)
        ground.register("people", handover.ground)
        for source in exporting.SOURCES:
            exports.register(source)
        purposes.register(evidence.PURPOSE)
        lists.register(*registers.REGISTERS)
        taking_away.register("people", part(held.TABLES))
        retention.register("people.leading", keeping.leading)
        retention.register("people.absences_under_way", keeping.absences_under_way)
        retention.register("people.hours_under_way", keeping.hours_under_way)
