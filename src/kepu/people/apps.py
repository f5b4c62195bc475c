from django.apps import AppConfig


class People(AppConfig):
    name = "kepu.people"
    label = "people"

    def ready(self) -> None:
        from kepu.kernel.accounts import retention
        from kepu.kernel.exports import registry as exports
        from kepu.people import exporting, keeping, policy

        policy.register_all()
        for source in exporting.SOURCES:
            exports.register(source)
        retention.register("people.leading", keeping.leading)
        retention.register("people.absences_under_way", keeping.absences_under_way)
        retention.register("people.hours_under_way", keeping.hours_under_way)
