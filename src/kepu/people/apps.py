from django.apps import AppConfig


class People(AppConfig):
    name = "kepu.people"
    label = "people"

    def ready(self) -> None:
        from kepu.people import policy

        policy.register_all()
