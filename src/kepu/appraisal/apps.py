from django.apps import AppConfig


class Appraisal(AppConfig):
    name = "kepu.appraisal"
    label = "appraisal"

    def ready(self) -> None:
        from kepu.appraisal import (
            award_registers,
            duties_policy,
            fees_policy,
            held,
            inspection_listeners,  # noqa: F401 (listens)
            issuing,
            listeners,  # noqa: F401 (listens)
            policy,
            registers,
            standards_held,
            standards_listeners,  # noqa: F401 (listens)
            standards_policy,
            standards_registers,
            telling,
            title_listeners,  # noqa: F401 (listens)
            title_registers,
            undertaking_listeners,  # noqa: F401 (listens)
        )
        from kepu.appraisal.queries import titles
        from kepu.appraisal.queries.certificates import SERIES
        from kepu.appraisal.rules import evidence, inspections, papers
        from kepu.kernel import registers as lists
        from kepu.kernel.accounts import exports as taking_away
        from kepu.kernel.accounts.held import part
        from kepu.kernel.credentials import status
        from kepu.kernel.files import purposes
        from kepu.kernel.notices import texts as notices
        from kepu.kernel.rulebooks import registry

        registry.register_family(policy.FAMILY)
        for kind in policy.KINDS:
            registry.register(kind)
        notices.register(*telling.applications.TEXTS)
        lists.register(*registers.REGISTERS)
        registry.register(issuing.KIND)
        notices.register(*telling.titles.TEXTS)
        notices.register(*telling.reviewing.TEXTS)
        notices.register(*telling.meetings.TEXTS)
        for purpose in (*evidence.PURPOSES, *papers.PURPOSES):
            purposes.register(purpose)
        purposes.register(inspections.PURPOSE)
        notices.register(*telling.inspections.TEXTS)
        lists.register(*title_registers.REGISTERS)
        status.register(status.Source(SERIES, titles.holds_for_status))
        registry.register(fees_policy.KIND)
        registry.register(duties_policy.KIND)
        notices.register(*telling.fees.TEXTS)
        notices.register(*telling.contributions.TEXTS)
        notices.register(*telling.undertakings.TEXTS)
        notices.register(*telling.discussions.TEXTS)
        registry.register(standards_policy.KIND)
        notices.register(*telling.standards.TEXTS)
        notices.register(*telling.ballots.TEXTS)
        lists.register(*award_registers.REGISTERS)
        lists.register(*standards_registers.REGISTERS)
        taking_away.register("appraisal", part(held.TABLES))
        taking_away.register("standards", part(standards_held.TABLES))
