from django.apps import AppConfig


class Web(AppConfig):
    name = "kepu.web"
    label = "web"

    def ready(self) -> None:
        from kepu.kernel.audit import words
        from kepu.web.audit_words import WORDS

        words.register(WORDS)
