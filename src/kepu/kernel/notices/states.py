"""Ways of telling people, and how an attempt ended."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    """A way out of the house. Every notice stands in Kepu itself besides."""

    WECHAT = "wechat", _("WeChat")
    SMS = "sms", _("short message")
    EMAIL = "email", _("e-mail")
    WEBHOOK = "webhook", _("webhook")


KEPT = (Way.WECHAT, Way.WEBHOOK)  # whose address the person enters; others stand in their own data


class AttemptState(models.TextChoices):
    BEGUN = "begun", _("begun")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused for good")
    GIVEN_UP = "given_up", _("given up; another way was asked")
