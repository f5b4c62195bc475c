from django.apps import AppConfig


class Orders(AppConfig):
    name = "kepu.orders"
    label = "orders"
