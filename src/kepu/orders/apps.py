from django.apps import AppConfig


class Orders(AppConfig):
    name = "kepu.orders"
    label = "orders"

    def ready(self) -> None:
        from kepu.kernel import sheets as spreadsheets
        from kepu.kernel.exports import registry as exports
        from kepu.kernel.notices import texts as notices
        from kepu.kernel.rulebooks import registry
        from kepu.kernel.roles import holdings
        from kepu.orders import exporting, handover, listeners, schemas, sheets, texts  # noqa: F401 (listens)

        holdings.register("orders", handover.work)
        spreadsheets.register(*sheets.SHEETS)
        for source in exporting.SOURCES:
            exports.register(source)
        notices.register(*texts.TEXTS)

        for kind in schemas.KINDS:
            registry.register(kind)
