"""Template messages of a WeChat service account."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from kepu.kernel.notices.channels import CannotSend, Message, Receipt
from kepu.kernel.notices.channels.http import ask, json_of
from kepu.kernel.notices.states import Way

STALE_TOKEN = {40001, 40014, 42001}
# Not following us, no such openid, refused by the reader, template gone: asking again cannot help.
FOR_GOOD = {40003, 40037, 43004, 43101, 47003}


@dataclass
class WeChat:
    """A service account. Its access token is shared by all threads and renewed before it ends."""

    app_id: str
    app_secret: str
    base: str = "https://api.weixin.qq.com"
    way = Way.WECHAT
    _token: str = field(default="", repr=False)
    _ends: float = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def send(self, message: Message) -> Receipt:
        """Send once; a token that was withdrawn early is renewed and the message tried again.

        `client_msg_id` lets WeChat itself drop a repetition.
        """
        answer = self._post(message)
        if answer.get("errcode") in STALE_TOKEN:
            self._ends = 0
            answer = self._post(message)
        code = int(answer.get("errcode", 0))
        if code:
            raise CannotSend(f"WeChat: {code}", permanent=code in FOR_GOOD)
        return Receipt(str(answer.get("msgid", "")))

    def _post(self, message: Message) -> dict[str, Any]:
        data = {
            "touser": message.to,
            "template_id": message.template,
            "url": message.link,
            "client_msg_id": message.key,
            "data": {name: {"value": value} for name, value in message.places.items()},
        }
        url = f"{self.base}/cgi-bin/message/template/send"
        return json_of(ask("POST", url, params={"access_token": self._access_token()}, json=data))

    def _access_token(self) -> str:
        with self._lock:
            if time.monotonic() >= self._ends:
                self._renew()
            return self._token

    def _renew(self) -> None:
        data = {"grant_type": "client_credential", "appid": self.app_id, "secret": self.app_secret}
        answer = json_of(ask("POST", f"{self.base}/cgi-bin/stable_token", json=data))
        if "access_token" not in answer:
            raise CannotSend(f"WeChat: {answer.get('errcode')}", permanent=False)
        self._token = str(answer["access_token"])
        self._ends = time.monotonic() + int(answer.get("expires_in", 7200)) - 300
