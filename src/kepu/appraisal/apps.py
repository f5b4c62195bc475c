from django.apps import AppConfig


class Appraisal(AppConfig):
    name = "kepu.appraisal"
    label = "appraisal"

    def ready(self) -> None:
        from kepu.appraisal import (
            policy,
            standards_held,
            standards_listeners,  # noqa: F401 (listens)
            standards_policy,
            standards_registers,
        )
        from kepu.appraisal.telling import standards
        from kepu.kernel import registers as lists
        from kepu.kernel.accounts import exports as taking_away
        from kepu.kernel.accounts.held import part
        from kepu.kernel.notices import texts as notices
        from kepu.kernel.rulebooks import registry

        registry.register_family(policy.FAMILY)
        for kind in policy.KINDS:
            registry.register(kind)
        registry.register(standards_policy.KIND)
        notices.register(*standards.TEXTS)
        lists.register(*standards_registers.REGISTERS)
        taking_away.register("standards", part(standards_held.TABLES))
