from django.apps import AppConfig


class Accounts(AppConfig):
    """Persons, organisations, sign-in."""

    name = "kepu.kernel.accounts"
    label = "accounts"

    def ready(self) -> None:
        from django.core import checks

        from kepu.kernel.accounts import listeners, oidc, retention  # noqa: F401 (registers duties)

        checks.register(oidc.faults)
        retention.register("wards", retention.wards_left)
        retention.register("roles", retention.roles_held)
