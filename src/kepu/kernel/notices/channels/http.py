"""What the three ways over HTTP share: one signature, one reading of the answer."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import httpx

from kepu.kernel.notices.channels import CannotSend

TIMEOUT = httpx.Timeout(10, connect=5)
TIMESTAMP, SIGNATURE, KEY = "Kepu-Timestamp", "Kepu-Signature", "Idempotency-Key"
_TRY_AGAIN = {408, 409, 425, 429}


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over time and body: nobody can change either, or send an old one as new."""
    said = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


def post_signed(
    url: str, data: dict[str, Any], *, secret: str, key: str, at: str = ""
) -> httpx.Response:
    """POST JSON with time, signature and key in its head. A redirect is not followed.

    `at` is the address the name was found to lead to: it is gone to without asking again.
    """
    body = json.dumps(data, ensure_ascii=False).encode()
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        TIMESTAMP: timestamp,
        SIGNATURE: sign(secret, timestamp, body),
        KEY: key,
    }
    if not at:
        return ask("POST", url, content=body, headers=headers)
    named = httpx.URL(url)
    headers["Host"] = named.netloc.decode()
    # The certificate is still asked for the name.
    extensions = {"sni_hostname": named.raw_host.decode()}
    there = named.copy_with(host=at)
    return ask("POST", str(there), content=body, headers=headers, extensions=extensions)


def ask(method: str, url: str, **options: Any) -> httpx.Response:
    """One request; what is not 2xx raises CannotSend, for good when asking again cannot help."""
    try:
        # trust_env off: a proxy variable of the shell must not see what is sent.
        with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
            answer = client.request(method, url, **options)
    except httpx.InvalidURL as error:
        raise CannotSend("the address is malformed", permanent=True) from error
    except httpx.HTTPError as error:
        raise CannotSend(type(error).__name__, permanent=False) from error
    if not answer.is_success:
        permanent = 300 <= answer.status_code < 500 and answer.status_code not in _TRY_AGAIN
        raise CannotSend(f"answered {answer.status_code}", permanent=permanent)
    return answer


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """The answer as an object; anything else counts as a fault of the moment."""
    try:
        found = answer.json()
    except ValueError as error:
        raise CannotSend("the answer is no JSON", permanent=False) from error
    if not isinstance(found, dict):
        raise CannotSend("the answer is no object", permanent=False)
    return found
