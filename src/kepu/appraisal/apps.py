from django.apps import AppConfig


class Appraisal(AppConfig):
    name = "kepu.appraisal"
    label = "appraisal"

    def ready(self) -> None:
        from kepu.appraisal import issuing, policy
        from kepu.appraisal.listeners import terms  # noqa: F401 (listens)
        from kepu.appraisal.telling import titles
        from kepu.kernel.notices import texts as notices
        from kepu.kernel.rulebooks import registry

        registry.register_family(policy.FAMILY)
        for kind in policy.KINDS:
            registry.register(kind)
        registry.register(issuing.KIND)
        notices.register(*titles.TEXTS)
