import os

from django.apps import AppConfig


class Notices(AppConfig):
    """Tells people, in Kepu and outside."""

    name = "kepu.kernel.notices"
    label = "notices"

    def ready(self) -> None:
        from kepu.kernel.accounts import exports
        from kepu.kernel.notices import channels, listeners, schemas
        from kepu.kernel.notices.channels import settings as surroundings
        from kepu.kernel.rulebooks import registry

        registry.register(schemas.KIND)
        exports.register("notices", listeners.export)
        channels.use(*surroundings.read(os.environ))
