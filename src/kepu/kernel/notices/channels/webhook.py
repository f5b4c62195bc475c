"""A signed webhook to another system."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from kepu.kernel.notices.channels import CannotSend, Message, Receipt
from kepu.kernel.notices.channels.http import post_signed
from kepu.kernel.notices.states import Way


@dataclass(frozen=True)
class Webhook:
    """Posts to the receiver's address. Addresses inside our own network are refused unless allowed:
    who may name an address must not be able to make Kepu knock at the city's inner doors."""

    allow_private: bool = False
    way = Way.WEBHOOK

    def send(self, message: Message) -> Receipt:
        self._check(message.to)
        data = {
            "id": message.key,
            "title": message.title,
            "text": message.text,
            "link": message.link,
        }
        post_signed(message.to, data, secret=message.secret, key=message.key)
        return Receipt(message.key)

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise CannotSend("the address is malformed", permanent=True)
        if self.allow_private:
            return
        if parts.scheme != "https":
            raise CannotSend("a webhook needs https", permanent=True)
        try:
            found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
        except OSError as error:
            raise CannotSend("the name is not known", permanent=False) from error
        if not all(ipaddress.ip_address(entry[4][0]).is_global for entry in found):
            raise CannotSend("the address lies inside our own network", permanent=True)
