"""The seed of draws by lot: drawn and sealed before anybody has applied, told with the draw.

Its digest is public from the day the call opens, so that nobody can choose another afterwards; what
it is nobody reads before the call has closed, so that nobody can apply, or ask experts, to fit it.
"""

from __future__ import annotations

import hashlib
import secrets

from kepu.appraisal.models import Call
from kepu.kernel.accounts import keys

SEED_BITS = 40  # thirteen digits, short enough to be read out
SALT = 16  # octets, so that nobody tries all seeds against the digest


def digest(seed: int, salt: str) -> str:
    """What is told of a seed before it is: SHA-256 of "seed:salt"."""
    return hashlib.sha256(f"{seed}:{salt}".encode()).hexdigest()


def seal(call: Call) -> None:
    """Draw the seed and close it under the master key; only its digest can be read from here on."""
    seed, salt = secrets.randbits(SEED_BITS), secrets.token_hex(SALT)
    call.seed_digest = digest(seed, salt)
    call.sealed_seed = keys.seal_for_transit({"seed": seed, "salt": salt}, _bound_to(call))


def tell(call: Call) -> None:
    """Open the seed, which is then kept in clear beside its salt."""
    assert call.sealed_seed is not None  # noqa: S101 (the rule has asked)
    found = keys.open_from_transit(call.sealed_seed, _bound_to(call))
    call.seed, call.seed_salt, call.sealed_seed = found["seed"], found["salt"], None
    call.save(update_fields=["seed", "seed_salt", "sealed_seed"])


def _bound_to(call: Call) -> str:
    return f"lot:{call.pk}"
