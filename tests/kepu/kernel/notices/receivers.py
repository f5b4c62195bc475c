"""Other sides that really listen, on loopback: a mail server, and an HTTP server that checks signatures."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from kepu.kernel.notices.channels.http import KEY, SIGNATURE, TIMESTAMP, sign

SECRET = "shared-secret"
UNKNOWN = {"+8613800000404", "nobody@example.org", "openid-gone", "/gone"}


class Mailbox:
    """An SMTP server that takes mail for everybody but `nobody@`."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.busy = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.busy:
            return f"451 4.3.2 busy, come again for {address}"
        if address in UNKNOWN:
            return f"550 5.1.1 <{address}>: no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append(envelope)
        return "250 taken"


class FreePort(Controller):
    """A controller whose port the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server():
    mailbox = Mailbox()
    controller = FreePort(mailbox, hostname="127.0.0.1", port=0)
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop()


class Handler(BaseHTTPRequestHandler):
    """A webhook receiver at /hook, a gateway for short messages at /sms, WeChat at /cgi-bin."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        data = json.loads(body)
        path = self.path.partition("?")[0]
        if self.server.busy:
            self.answer(503, {})
        elif path.startswith("/cgi-bin"):
            self.wechat(path, data)
        elif self.headers[SIGNATURE] != sign(SECRET, self.headers[TIMESTAMP], body):
            self.answer(401, {"code": "signature_wrong"})
        elif path == "/sms":
            self.sms(data)
        elif path in UNKNOWN:
            self.answer(410, {})
        elif path == "/moved":
            self.answer(302, {})
        else:
            self.take(self.headers[KEY], data)
            self.answer(200, {})

    def sms(self, data: dict[str, Any]) -> None:
        if data["phone"] in UNKNOWN:
            self.answer(200, {"code": "number_invalid"})
            return
        self.take(self.headers[KEY], data)
        self.answer(200, {"code": "ok", "reference": "r-1"})

    def wechat(self, path: str, data: dict[str, Any]) -> None:
        if path.endswith("stable_token"):
            self.server.tokens += 1
            self.answer(200, {"access_token": f"t{self.server.tokens}", "expires_in": 7200})
        elif f"access_token=t{self.server.tokens}" not in self.path or self.server.withdrawn:
            self.server.withdrawn = False
            self.answer(200, {"errcode": 42001})
        elif data["touser"] in UNKNOWN:
            self.answer(200, {"errcode": 43004})
        else:
            self.take(data["client_msg_id"], data)
            self.answer(200, {"errcode": 0, "msgid": 7})

    def take(self, key: str, data: dict[str, Any]) -> None:
        self.server.taken.setdefault(key, data)

    def answer(self, status: int, data: dict[str, Any]) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def http_server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.taken, server.busy, server.tokens, server.withdrawn = {}, False, 0, False
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
