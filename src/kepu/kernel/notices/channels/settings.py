"""Which ways are open: read from the surroundings, so that no address or password stands in the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from kepu.kernel.notices.channels import Channel
from kepu.kernel.notices.channels.email import Email
from kepu.kernel.notices.channels.sms import SmsGateway
from kepu.kernel.notices.channels.webhook import Webhook
from kepu.kernel.notices.channels.wechat import WeChat


def read(surroundings: Mapping[str, str]) -> Iterator[Channel]:
    """The channels that SMTP, SMS_GATEWAY, WECHAT and WEBHOOKS name.

    SMTP=smtp://user:password@host:587/?from=kepu@example.org (add &tls=0 inside a safe network);
    SMS_GATEWAY=https://gateway.example/send with SMS_SECRET; WECHAT=app_id:app_secret;
    WEBHOOKS=1, or WEBHOOKS=private to allow receivers inside the city's own network.
    """
    if url := surroundings.get("SMTP"):
        yield _email(url)
    if url := surroundings.get("SMS_GATEWAY"):
        yield SmsGateway(url, surroundings["SMS_SECRET"])
    if account := surroundings.get("WECHAT"):
        app_id, _colon, app_secret = account.partition(":")
        yield WeChat(app_id, app_secret)
    if allowed := surroundings.get("WEBHOOKS"):
        yield Webhook(allow_private=allowed == "private")


def _email(url: str) -> Email:
    parts, options = urlsplit(url), parse_qs(urlsplit(url).query)
    return Email(
        host=parts.hostname or "localhost",
        port=parts.port or 587,
        sender=options.get("from", ["kepu@localhost"])[0],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=options.get("tls", ["1"])[0] != "0",
    )
