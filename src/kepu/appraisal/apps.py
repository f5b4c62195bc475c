from django.apps import AppConfig


class Appraisal(AppConfig):
    name = "kepu.appraisal"
    label = "appraisal"

    def ready(self) -> None:
        from kepu.appraisal import policy
        from kepu.kernel.rulebooks import registry

        registry.register_family(policy.FAMILY)
        for kind in policy.KINDS:
            registry.register(kind)
