from django.apps import AppConfig


class Orders(AppConfig):
    name = "kepu.orders"
    label = "orders"

    def ready(self) -> None:
        from kepu.kernel.rulebooks import registry
        from kepu.orders import listeners, schemas  # noqa: F401 (registers what it listens to)

        for kind in schemas.KINDS:
            registry.register(kind)
