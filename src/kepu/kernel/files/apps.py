from django.apps import AppConfig


class Files(AppConfig):
    """Keeps what people hand in."""

    name = "kepu.kernel.files"
    label = "files"

    def ready(self) -> None:
        from kepu.kernel.accounts import exports
        from kepu.kernel.files import listeners

        exports.register("files", listeners.export)
