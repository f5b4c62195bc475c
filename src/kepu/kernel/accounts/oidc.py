"""The city's own sign-in for staff, by OpenID Connect: authorization code with PKCE, state and nonce.

Kepu asks the provider one thing only: who is this? What the person may do here is Kepu's own matter.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from django.core.checks import CheckMessage, Error
from django.utils.translation import gettext as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kepu.kernel.accounts import asking
from kepu.kernel.accounts.asking import Line
from kepu.kernel.errors import BadInput, NotAllowed

SIGNED_BY = ["RS256", "PS256", "ES256", "EdDSA"]  # a shared secret or "none" proves nothing
LEEWAY = 60  # seconds that two clocks may differ


class SignInFailed(NotAllowed):
    """The provider's word was not good enough to let anybody in; `why` is the same in one word."""

    def __init__(self, why: str, reason: str) -> None:
        super().__init__(reason)
        self.why = why


@dataclass(frozen=True)
class Provider:
    """Whom the city trusts to know its staff, and as whom Kepu asks."""

    issuer: str
    client_id: str
    secret: str
    title: str = ""


@dataclass(frozen=True)
class Errand:
    """What one browser was sent away with, and has to bring back."""

    state: str
    nonce: str
    verifier: str
    back: str
    at: str

    @classmethod
    def new(cls, back: str, now: datetime) -> Errand:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _word in range(3))
        return cls(state, nonce, verifier, back, now.isoformat())

    def kept(self) -> dict[str, str]:
        return asdict(self)


def provider(environ: Mapping[str, str] = os.environ) -> Provider | None:
    """The provider that the environment names, or None; raises BadInput when it is named by half."""
    issuer, client = environ.get("OIDC_ISSUER", ""), environ.get("OIDC_CLIENT_ID", "")
    file = environ.get("OIDC_CLIENT_SECRET_FILE", "")
    if not (issuer or client or file):
        return None
    if not (issuer and client and file):
        raise BadInput("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET_FILE go together")
    if not _safe(issuer):
        raise BadInput("OIDC_ISSUER must begin with https://")
    try:
        secret = Path(file).read_text().strip()
    except OSError as error:
        raise BadInput(f"OIDC_CLIENT_SECRET_FILE cannot be read: {error.strerror}") from None
    return Provider(issuer, client, secret, environ.get("OIDC_TITLE", ""))


def offered() -> Provider | None:
    """The provider, for a page: what is set up wrongly is told by `kepu check`, not to visitors."""
    try:
        return provider()
    except BadInput:
        return None


def faults(**_options: Any) -> list[CheckMessage]:
    """What `kepu check` says of a provider that is named by half."""
    try:
        provider()
    except BadInput as refusal:
        return [Error(refusal.reason, id="accounts.E001")]
    return []


def address(whom: Provider, errand: Errand) -> str:
    """Where to send the browser; raises SignInFailed when the provider does not answer."""
    entrance = _endpoint(_discover(Line(), whom), "authorization_endpoint")
    asked = {
        "response_type": "code",
        "client_id": whom.client_id,
        "redirect_uri": errand.back,
        "scope": "openid",
        "state": errand.state,
        "nonce": errand.nonce,
        "code_challenge": create_s256_code_challenge(errand.verifier),
        "code_challenge_method": "S256",
    }
    return f"{entrance}{'&' if urlsplit(entrance).query else '?'}{urlencode(asked)}"


def subject(whom: Provider, errand: Errand, came: Mapping[str, str], now: datetime) -> str:
    """Who came back, in the provider's own words; raises SignInFailed with the reason."""
    _same_errand(whom, errand, came)
    line = Line()
    known = _discover(line, whom)
    token = _exchange(line, known, whom, errand, came.get("code", ""))
    keys = _endpoint(known, "jwks_uri")
    try:
        claims = _checked(token, _look_up(line, keys), whom, errand, now)
    except SignInFailed:  # signed perhaps with a key that is newer than those we know
        claims = _checked(token, _look_up(line, keys, believed=asking.AGAIN), whom, errand, now)
    return str(claims["sub"])


def _same_errand(whom: Provider, errand: Errand, came: Mapping[str, str]) -> None:
    if not hmac.compare_digest(came.get("state", "").encode(), errand.state.encode()):
        raise _failed("state", _("this answer belongs to another attempt; please begin again"))
    if came.get("iss", whom.issuer) != whom.issuer:
        raise _failed("issuer", _("this answer comes from somebody else; please begin again"))
    if "error" in came or "code" not in came:
        raise _failed("refused", _("the city's sign-in did not let you through"))


def _checked(
    token: dict[str, Any], keys: dict[str, Any], whom: Provider, errand: Errand, now: datetime
) -> CodeIDToken:
    """The claims of the ID token, once signature, issuer, audience, times and nonce are right."""
    try:
        read = jwt.decode(
            str(token.get("id_token", "")),
            KeySet.import_key_set(cast("Any", keys)),
            algorithms=SIGNED_BY,
        )
        claims = CodeIDToken(
            read.claims,
            read.header,
            {"iss": {"value": whom.issuer}, "aud": {"value": whom.client_id}},
            {"nonce": errand.nonce, "client_id": whom.client_id},
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError) as error:
        raise _failed("token", _("the proof of the city's sign-in is not valid")) from error
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise _failed("token", _("the proof of the city's sign-in is not valid"))
    return claims


def _exchange(
    line: Line, known: dict[str, Any], whom: Provider, errand: Errand, code: str
) -> dict[str, Any]:
    """The code for a token; the verifier shows that it is still us who ask."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": errand.back,
        "code_verifier": errand.verifier,
    }
    ways = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    basic = "client_secret_basic" in ways
    if not basic:
        form |= {"client_id": whom.client_id, "client_secret": whom.secret}
    door = httpx.BasicAuth(whom.client_id, whom.secret) if basic else None
    return _answer(line, "POST", _endpoint(known, "token_endpoint"), data=form, auth=door)


def _discover(line: Line, whom: Provider) -> dict[str, Any]:
    known = _look_up(line, f"{whom.issuer.rstrip('/')}/.well-known/openid-configuration")
    if known.get("issuer") != whom.issuer:
        raise _failed(
            "issuer", _("the city's sign-in is not set up rightly; tell your administrator")
        )
    return known


def _endpoint(known: dict[str, Any], name: str) -> str:
    found = str(known.get(name, ""))
    if not _safe(found):
        raise _failed(
            "setup", _("the city's sign-in is not set up rightly; tell your administrator")
        )
    return found


def _look_up(line: Line, url: str, believed: float = asking.KEPT) -> dict[str, Any]:
    try:
        return line.look_up(url, believed=believed)
    except asking.NoAnswer as error:
        raise _silent() from error


def _answer(line: Line, method: str, url: str, **what: Any) -> dict[str, Any]:
    """A JSON object; anything else is the provider's failure, told in one sentence."""
    try:
        return line.ask(method, url, **what)
    except asking.NoAnswer as error:
        asking.forget()  # it may have moved
        raise _silent() from error


def _silent() -> SignInFailed:
    words = _("the city's sign-in does not answer rightly; try again later or use your password")
    return _failed("provider", words)


def _failed(why: str, reason: str) -> SignInFailed:
    return SignInFailed(why, reason)


def _safe(url: str) -> bool:
    """Encrypted, or on this very machine."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return True
    return parts.scheme == "http" and _is_here(parts.hostname or "")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
