from django.apps import AppConfig


class Appraisal(AppConfig):
    name = "kepu.appraisal"
    label = "appraisal"

    def ready(self) -> None:
        from kepu.appraisal import issuing, policy, registers, telling
        from kepu.kernel import registers as lists
        from kepu.kernel.notices import texts as notices
        from kepu.kernel.rulebooks import registry

        registry.register_family(policy.FAMILY)
        for kind in policy.KINDS:
            registry.register(kind)
        notices.register(*telling.applications.TEXTS)
        lists.register(*registers.REGISTERS)
        registry.register(issuing.KIND)
        notices.register(*telling.titles.TEXTS)
