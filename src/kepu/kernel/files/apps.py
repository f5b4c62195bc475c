from django.apps import AppConfig


class Files(AppConfig):
    name = "kepu.kernel.files"
    label = "files"
