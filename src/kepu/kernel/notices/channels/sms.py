"""Short messages through a gateway: an approved template by its id, and what fills its places.

Gateways differ in their envelopes. This adapter speaks the small contract of docs/notices.md; a
city's gateway is put behind it by a few lines of its own, or by another class of this Protocol.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kepu.kernel.notices.channels import CannotSend, Message, Receipt
from kepu.kernel.notices.channels.http import json_of, post_signed
from kepu.kernel.notices.states import Way

# What a gateway says when the number or the template will not do tomorrow either.
FOR_GOOD = {"number_invalid", "number_blocked", "template_unknown", "places_wrong"}

_WORD = re.compile(r"[A-Za-z][A-Za-z_.-]{0,39}|\d{1,6}")


@dataclass(frozen=True)
class SmsGateway:
    """A gateway that checks our signature and answers `{"code": "ok", "reference": ...}`."""

    url: str
    secret: str
    way = Way.SMS

    def send(self, message: Message) -> Receipt:
        data = {"phone": message.to, "template": message.template, "places": message.places}
        answer = json_of(post_signed(self.url, data, secret=self.secret, key=message.key))
        code = str(answer.get("code", ""))
        if code != "ok":
            # Kept and logged: a sentence in its place might repeat the number.
            said = code if _WORD.fullmatch(code) else "no code"
            raise CannotSend(f"gateway: {said}", permanent=code in FOR_GOOD)
        return Receipt(str(answer.get("reference", "")))
