"""Everything Kepu holds about one person, as they may take it away. Rooms add their parts."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from kepu.kernel.accounts.models import User

Part = Callable[[User, datetime], Any]

_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Add a file `<name>.json` to every export. `part` returns what JSON can hold."""
    _parts[name] = part


def archive(user: User, now: datetime) -> bytes:
    """A ZIP of JSON files: the person's own record first, then one file for each room."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in {"person": own_record, **_parts}.items():
            text = json.dumps(part(user, now), ensure_ascii=False, indent=2, default=str)
            target.writestr(f"{name}.json", text)
    return buffer.getvalue()


def own_record(user: User, now: datetime) -> dict[str, Any]:
    """What this room holds: values in clear, consents, devices, keys to the API by title."""
    return {
        "exported_at": now.isoformat(),
        "pseudonym": user.pseudonym,
        "login": user.login,
        "personal": asdict(user.personal),
        "home": user.home.name if user.home else None,
        "language": user.language,
        "large_type": user.large_type,
        "registered_at": user.created_at.isoformat(),
        "last_seen_at": user.seen_at,
        "guardian": user.guardian.pseudonym if user.guardian else None,
        "email_is_proved": user.email_is_proved,
        "identities": list(user.identities.values("issuer", "bound_at", "used_at")),
        "phone_changes": list(user.phone_changes.values("at", "told_at")),
        "consents": list(user.consents.values("what", "text_version", "at", "withdrawn_at")),
        "devices": list(user.devices.values("agent", "signed_in_at", "seen_at", "ended_at")),
        "tokens": list(user.tokens.values("title", "created_at", "expires_at", "revoked_at")),
        "second_factors": list(user.factors.values("kind", "title", "created_at", "used_at")),
    }
