from django.apps import AppConfig


class Accounts(AppConfig):
    name = "kepu.kernel.accounts"
    label = "accounts"
