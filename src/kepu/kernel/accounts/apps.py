from django.apps import AppConfig


class Accounts(AppConfig):
    """Persons, organisations, sign-in."""

    name = "kepu.kernel.accounts"
    label = "accounts"

    def ready(self) -> None:
        from kepu.kernel.accounts import listeners, retention  # noqa: F401 (registers its duties)

        retention.register("wards", retention.wards_left)
        retention.register("roles", retention.roles_held)
