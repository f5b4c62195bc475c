"""A signed webhook to another system."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop

from kepu.kernel.notices.channels import CannotSend, Message, Receipt
from kepu.kernel.notices.channels.http import post_signed
from kepu.kernel.notices.states import Way

_MALFORMED = gettext_noop("the address is malformed")
_NOT_HTTPS = gettext_noop("a webhook needs https")
_INSIDE = gettext_noop("the address lies inside our own network")


@dataclass(frozen=True)
class Webhook:
    """Posts to the receiver's address. Addresses inside our own network are refused unless allowed:
    who may name an address must not be able to make Kepu knock at the city's inner doors."""

    allow_private: bool = False
    way = Way.WEBHOOK

    def send(self, message: Message) -> Receipt:
        at = self._address(message.to)
        data = {
            "id": message.key,
            "title": message.title,
            "text": message.text,
            "link": message.link,
        }
        post_signed(message.to, data, secret=message.secret, key=message.key, at=at)
        return Receipt(message.key)

    def _address(self, url: str) -> str:
        """The one address to go to, which was looked at; a name that leads elsewhere the next time it
        is asked for would lead us inside. Empty where any address will do.
        """
        if reason := why_not_knock(url, allow_private=self.allow_private):
            raise CannotSend(reason, permanent=True)
        if self.allow_private:
            return ""
        parts = urlsplit(url)
        try:
            found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise CannotSend("the name is not known", permanent=False) from error
        addresses = [str(entry[4][0]) for entry in found]
        if not all(_is_outside(address) for address in addresses):
            raise CannotSend(_INSIDE, permanent=True)
        return addresses[0]


def why_not_knock(url: str, *, allow_private: bool) -> str | None:
    """What can be said against an address without asking anybody where its name leads."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return _MALFORMED
    if parts.scheme not in ("https", "http") or not host or "@" in parts.netloc:
        return _MALFORMED
    if allow_private:
        return None
    if parts.scheme != "https":
        return _NOT_HTTPS
    return _INSIDE if _is_inside(host) else None


def _is_inside(host: str) -> bool:
    try:
        return not _is_outside(host)
    except ValueError:
        return "." not in host  # `localhost`, or the short name of a machine


_WRAPPED = ipaddress.ip_network("64:ff9b::/96")  # an address of the old kind inside one of the new


def _is_outside(address: str) -> bool:
    found = ipaddress.ip_address(address)
    if not isinstance(found, ipaddress.IPv6Address):
        return found.is_global and not found.is_multicast
    inner = found.ipv4_mapped or found.sixtofour
    if found in _WRAPPED:
        inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return _is_outside(str(inner)) if inner else found.is_global and not found.is_multicast
