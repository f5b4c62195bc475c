"""Link entries into a hash chain, sign checkpoints outside the database, and verify both.

One sealer per database takes committed entries in the order it sees them and gives each the next
sequence number. A checkpoint names the head; it is signed with a key from DATA/keys and appended
to DATA/audit/checkpoints.jsonl, so that cutting the tail off the table is found out.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from kepu.config import environment
from kepu.kernel.audit.models import Entry

GENESIS = "0" * 64
BATCH = 2000
TOLD_EVERY = 1000  # entries, while the chain is verified
LARGEST = 8 * 1024 * 1024  # octets of checkpoints before they are thinned: some 30,000


@dataclass(frozen=True)
class Checkpoint:
    """The head of the chain at one moment, signed."""

    seq: int
    digest: str
    at: str
    signature: str = ""

    def message(self) -> bytes:
        return f"{self.seq}|{self.digest}|{self.at}".encode()


@dataclass(frozen=True)
class Verdict:
    """What verification found. `faults` are sentences; none means that nothing was touched."""

    sealed: int
    unsealed: int
    head: str
    checkpoints: int
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.faults


def seal(now: datetime) -> int:
    """Link every entry that is committed and unsealed now into the chain, and sign the new head.

    Returns how many were linked. What comes meanwhile is left to the next time, or a backup that seals
    first would never get to its end beside a busy city.
    """
    total = 0
    # Asked first, outside a transaction: an idle sealer must not take SQLite's write lock.
    waiting = Entry.objects.filter(seq__isnull=True)
    last = waiting.order_by("-id").values_list("id", flat=True).first()
    while last and waiting.filter(id__lte=last).exists():
        total += _seal_batch()
    if total:
        write_checkpoint(now)
    return total


@transaction.atomic
def _seal_batch() -> int:
    head = _locked_head()
    seq, previous = head if head else (0, GENESIS)
    waiting = list(Entry.objects.filter(seq__isnull=True).order_by("id")[:BATCH])
    for entry in waiting:
        seq += 1
        entry.seq, entry.previous = seq, previous
        entry.digest = previous = digest(entry)
    Entry.objects.bulk_update(waiting, ["seq", "previous", "digest"], batch_size=200)
    return len(waiting)


def _locked_head() -> tuple[int, str] | None:
    """The last sealed entry, locked so that two sealers cannot fork the chain."""
    sealed = Entry.objects.select_for_update().filter(seq__isnull=False)
    last = sealed.order_by("-seq").first()
    return (last.seq or 0, last.digest) if last else None


def digest(entry: Entry) -> str:
    """The hash over everything an entry says, its place in the chain and what stood before it."""
    said = [
        entry.seq,
        entry.previous,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.for_whom,
        entry.verb,
        entry.object_type,
        entry.object_id,
        entry.path,
        entry.detail,
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def head() -> tuple[int, str]:
    """Sequence number and digest of the last sealed entry."""
    last = Entry.objects.filter(seq__isnull=False).order_by("-seq").first()
    return (last.seq or 0, last.digest) if last else (0, GENESIS)


def checkpoint_file() -> Path:
    return Path(settings.DATA) / "audit" / "checkpoints.jsonl"


def write_checkpoint(now: datetime) -> Checkpoint:
    """Append the signed head to the file outside the database."""
    seq, last = head()
    bare = Checkpoint(seq, last, now.astimezone(UTC).isoformat())
    signed = Checkpoint(bare.seq, bare.digest, bare.at, _key().sign(bare.message()).hex())
    path = checkpoint_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(signed)) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if path.stat().st_size > LARGEST:
        thin(path, now)
    return signed


def thin(path: Path, now: datetime) -> None:
    """Of every past hour only the last checkpoint stays; of the last day, all of them.

    Each names the whole chain before it, so what is left finds a cut tail or a changed entry as well;
    lines that cannot be read stay, for `verify` to name them. The sealer alone writes here.
    """
    recent, kept = (now - timedelta(days=1)).astimezone(UTC).isoformat(), dict[str, str]()
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines()):
        mark = _read_checkpoint(line)
        hour = mark.at[:13] if mark and mark.at < recent else f"line {number}"
        kept.pop(hour, None)
        kept[hour] = line
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in kept.values()))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def checkpoints(faults: list[str] | None = None) -> Iterator[Checkpoint]:
    """Every checkpoint written so far, oldest first; lines that cannot be read become `faults`."""
    path = checkpoint_file()
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            mark = _read_checkpoint(line)
            if mark:
                yield mark
            elif line.strip() and faults is not None:
                faults.append(f"line {number} of the checkpoints cannot be read")


def _read_checkpoint(line: str) -> Checkpoint | None:
    try:
        read = Checkpoint(**json.loads(line))
    except (ValueError, TypeError):
        return None
    texts = (read.digest, read.at, read.signature)
    as_written = type(read.seq) is int and all(isinstance(text, str) for text in texts)
    return read if as_written else None  # what is signed is the same for 5 and "5"


def verify(progress: Callable[[str, int, int], None] | None = None) -> Verdict:
    """Recompute the chain and compare it with the signed checkpoints."""
    faults: list[str] = []
    marks = {mark.seq: mark for mark in _signed_marks(faults)}
    previous, expected = GENESIS, 1
    chained = Entry.objects.filter(seq__isnull=False).order_by("seq")
    total = chained.count() if progress else 0
    for entry in chained.iterator(5000):
        if progress and expected % TOLD_EVERY == 0:
            progress("audit", expected, total)
        faults += _faults_of(entry, previous, expected, marks)
        previous, expected = entry.digest, (entry.seq or 0) + 1
    sealed = expected - 1
    last = max(marks, default=0)
    if last > sealed:
        faults.append(f"the tail is cut: checkpoint at {last}, chain ends at {sealed}")
    if sealed and not marks:
        faults.append(f"no signed checkpoint is left, though {sealed} entries are sealed")
    waiting = Entry.objects.filter(seq__isnull=True).count()
    return Verdict(sealed, waiting, previous, len(marks), tuple(faults))


def _signed_marks(faults: list[str]) -> list[Checkpoint]:
    good = []
    for mark in checkpoints(faults):
        try:
            _key().public_key().verify(bytes.fromhex(mark.signature), mark.message())
            good.append(mark)
        except (InvalidSignature, ValueError):
            faults.append(f"the checkpoint at {mark.seq} has a false signature")
    return good


def _faults_of(
    entry: Entry, previous: str, expected: int, marks: dict[int, Checkpoint]
) -> Iterator[str]:
    if entry.seq != expected:
        yield f"entries {expected} to {(entry.seq or 0) - 1} are missing"
    elif entry.previous != previous:
        yield f"entry {entry.seq} does not follow the one before it"
    if digest(entry) != entry.digest:
        yield f"entry {entry.seq} was changed"
    mark = marks.get(entry.seq or 0)
    if mark and mark.digest != entry.digest:
        yield f"entry {entry.seq} differs from its signed checkpoint"


def _key() -> Ed25519PrivateKey:
    seed = hashlib.sha256(environment.secret("audit").encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)
