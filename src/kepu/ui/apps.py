from django.apps import AppConfig


class UiConfig(AppConfig):
    """Ships templates, styles and words; it holds no model."""

    name = "kepu.ui"
    label = "ui"
