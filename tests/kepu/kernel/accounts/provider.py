"""An OpenID provider that really listens, in a process of its own on loopback.

It checks the verifier and the client's secret as a provider must, and errs where a test asks it to.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "kepu", "example-client-secret"


class Handler(BaseHTTPRequestHandler):
    """The four addresses of a provider, and /set for the test."""

    key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    other = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    behaviour: dict[str, Any] = {}
    codes: dict[str, dict[str, str]] = {}
    asked: dict[str, int] = {}

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"  # type: ignore[index]

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path in ("/.well-known/openid-configuration", "/keys"):
            self.asked[asked.path] = self.asked.get(asked.path, 0) + 1
        if asked.path == "/.well-known/openid-configuration":
            self.answer(self.described())
        elif asked.path == "/keys":
            shown = self.other if self.behaviour.get("publishes_other") else self.key
            self.answer({"keys": [shown.as_dict(private=False)]})
        elif asked.path == "/asked":
            self.answer(self.asked)
        elif asked.path == "/authorize":
            self.authorize({name: found[0] for name, found in parse_qs(asked.query).items()})
        else:
            self.answer({}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/set":
            type(self).behaviour = json.loads(body)
            if self.behaviour.pop("anew", False):
                self.asked.clear()
            self.answer({})
        else:
            self.token({name: found[0] for name, found in parse_qs(body).items()})

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.behaviour.get("described_issuer", self.issuer),
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def authorize(self, asked: dict[str, str]) -> None:
        """The person has signed in there; back they go."""
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        came = {"code": code, "state": asked["state"]} | self.behaviour.get("back", {})
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(came)}")
        self.end_headers()

    def token(self, form: dict[str, str]) -> None:
        asked = self.codes.pop(form.get("code", ""), None)
        wanted = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or self.headers["Authorization"] != f"Basic {wanted}":
            return self.answer({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proved = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if proved != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return self.answer({"error": "invalid_grant"}, 400)
        return self.answer({"access_token": "a", "id_token": self.id_token(asked)})

    def id_token(self, asked: dict[str, str]) -> str:
        now = self.behaviour["now"]
        claims = {"iss": self.issuer, "sub": "staff-7", "aud": CLIENT, "iat": now, "exp": now + 300,
                  "nonce": asked["nonce"]} | self.behaviour.get("claims", {})  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.other if self.behaviour.get("other_key") else self.key
        if self.behaviour.get("unsigned"):
            parts = ({"alg": "none"}, claims)
            return ".".join(_part(json.dumps(part)) for part in parts) + "."
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)

    def answer(self, found: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Silent."""


def _part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@dataclass
class Running:
    """The provider as the test speaks to it."""

    issuer: str

    def behave(self, **behaviour: Any) -> None:
        httpx.post(f"{self.issuer}/set", json=behaviour)

    def asked(self) -> dict[str, int]:
        """How often description and keys were asked for since `anew`."""
        found: dict[str, int] = httpx.get(f"{self.issuer}/asked").json()
        return found

    def visit(self, address: str) -> str:
        """What a browser does there: sign in, and be sent back with what is in this address."""
        return httpx.get(address).headers["Location"]


@contextmanager
def running() -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kepu.kernel.accounts.provider"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Running(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()
