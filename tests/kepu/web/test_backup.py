from __future__ import annotations

import io
import json
import shutil
import tarfile
import time

import pytest

from tests.kepu.web.conftest import Kepu

pytestmark = pytest.mark.slow

WRITING = """
import sys
from kepu.kernel import clock
from kepu.kernel.audit import actions, sealer
from kepu.kernel.accounts.models import User

person = User.objects.get(login="zhang")
print("writing", flush=True)
for number in range(100_000):
    actions.record(person, "order.claim", person, now=clock.now(), number=number)
    if number % 20 == 0:
        sealer.seal_alone(clock.now())
"""


@pytest.fixture(scope="module")
def first_city(tables, tmp_path_factory):
    """An installation with a person, an uploaded file and a sealed audit; tests copy it."""
    kepu = Kepu(tmp_path_factory.mktemp("first") / "city")
    shutil.copytree(tables, kepu.data)
    assert kepu("user", "add", "zhang", "--name", "张示例").returncode == 0
    (kepu.data / "files" / "photos").mkdir(parents=True)
    (kepu.data / "files" / "photos" / "一.jpg").write_bytes(b"photo")
    assert kepu("audit", "seal").returncode == 0
    return kepu


@pytest.fixture(scope="module")
def archive(first_city, tmp_path_factory):
    """A backup of it, keys and all; nobody writes to it."""
    path = tmp_path_factory.mktemp("archives") / "city.tar.gz"
    done = first_city("backup", path, "--with-keys")
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def city(first_city, tmp_path):
    shutil.copytree(first_city.data, tmp_path / "city")
    return Kepu(tmp_path / "city")


def head(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("audit head: "))


def untouched(place) -> bool:
    """Nothing but what setting up an empty folder leaves."""
    found = {path.name for path in place.data.iterdir()} if place.data.exists() else set()
    return found <= {"keys", "static"}


def repack(source, target, change):
    """Write the archive again; `change` gets (name, content) and returns what to write, or None."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            content = change(member.name, old.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return target


def test_a_backup_taken_while_another_process_writes_restores_to_the_same_audit_head(
    city, empty, tmp_path
):
    writer = city.python(WRITING)
    assert writer.stdout.readline() == "writing\n"
    time.sleep(1)
    backup = city("backup", tmp_path / "busy.tar.gz", "--with-keys")
    still_writing = writer.poll() is None
    writer.kill()
    writer.wait()
    restore = empty("restore", tmp_path / "busy.tar.gz")

    assert still_writing
    assert restore.returncode == 0, restore.stderr
    assert head(restore.stdout) == head(backup.stdout)
    assert int(head(backup.stdout).split()[2]) > 1
    assert head(empty("audit", "verify").stdout) == head(backup.stdout)
    assert (empty.data / "files" / "photos" / "一.jpg").read_bytes() == b"photo"


def test_the_restored_city_can_be_worked_in(archive, empty):
    empty("restore", archive)

    assert empty("user", "password", "zhang", told="correct horse battery\n").returncode == 0
    assert empty("audit", "seal").returncode == 0
    assert empty("audit", "verify").returncode == 0


def test_keys_are_left_out_unless_asked_for(city, tmp_path):
    done = city("backup", tmp_path / "bare.tar.gz")

    with tarfile.open(tmp_path / "bare.tar.gz") as tar:
        names = tar.getnames()
        manifest = json.load(tar.extractfile("manifest.json"))
    assert names[0] == "manifest.json"
    assert not [name for name in names if name.startswith("keys")]
    assert "the keys are not in it" in done.stdout
    secret = (city.data / "keys" / "master").read_text()
    assert secret not in json.dumps(manifest)


def test_without_keys_nothing_is_restored_until_they_are_brought(city, empty, tmp_path):
    city("backup", tmp_path / "bare.tar.gz")

    refused = empty("restore", tmp_path / "bare.tar.gz")
    assert refused.returncode == 2
    assert "the archive has no keys" in refused.stderr
    assert untouched(empty)

    shutil.rmtree(empty.data)
    shutil.copytree(city.data / "keys", empty.data / "keys")
    assert empty("restore", tmp_path / "bare.tar.gz").returncode == 0


def test_keys_of_another_city_are_refused(archive, empty):
    (empty.data / "keys").mkdir(parents=True)
    for name in ("master", "fingerprint", "audit"):
        (empty.data / "keys" / name).write_text("of another city")

    done = empty("restore", archive)

    assert done.returncode == 2
    assert "are not those of this archive" in done.stderr
    assert untouched(empty)


def test_a_place_that_is_not_empty_is_left_alone(archive, city):
    before = (city.data / "kepu.sqlite3").read_bytes()

    done = city("restore", archive)

    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert (city.data / "kepu.sqlite3").read_bytes() == before


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


CHANGES = {
    "a changed database": lambda name, b: flip(b) if name == "database.sqlite3" else b,
    "a missing file": lambda name, b: None if name.startswith("files/") else b,
    "a changed key": lambda name, b: flip(b) if name == "keys/audit" else b,
    "no manifest": lambda name, b: None if name == "manifest.json" else b,
    "a manifest that is no JSON": lambda name, b: b"{" if name == "manifest.json" else b,
    "a manifest of another format": lambda name, b: (
        b.replace(b'"format": 1', b'"format": 9') if name == "manifest.json" else b
    ),
    "cut checkpoints": lambda name, b: b"" if name.startswith("audit/") else b,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_damaged_archive_is_refused_and_nothing_is_half_done(archive, empty, tmp_path, change):
    damaged = repack(archive, tmp_path / "damaged.tar.gz", change)

    done = empty("restore", damaged)

    assert done.returncode == 2
    assert done.stderr.startswith("kepu: ")
    assert done.stderr.count("\n") == 1
    assert untouched(empty)


@pytest.mark.parametrize("kept", [0, 10, 500, -100])
def test_a_cut_archive_is_refused(archive, empty, tmp_path, kept):
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(archive.read_bytes()[:kept])

    done = empty("restore", cut)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert untouched(empty)


def evil(name: str, **traits) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    for trait, value in traits.items():
        setattr(member, trait, value)
    return member


@pytest.mark.parametrize(
    "member",
    [
        evil("../outside"),
        evil("files/../../outside"),
        evil("/tmp/outside"),
        evil("files/link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        evil("files/hard", type=tarfile.LNKTYPE, linkname="../../outside"),
        evil("files/device", type=tarfile.CHRTYPE),
        evil("settings.py"),
    ],
    ids=lambda member: member.name,
)
def test_an_archive_that_reaches_outside_is_refused(empty, tmp_path, member):
    path = tmp_path / "evil.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(member, io.BytesIO(b""))

    done = empty("restore", path)

    assert done.returncode == 2
    assert "does not belong in one" in done.stderr
    assert untouched(empty)
    assert not (tmp_path / "outside").exists()


def test_an_archive_in_the_way_is_not_overwritten(archive, city):
    before = archive.read_bytes()

    done = city("backup", archive)

    assert done.returncode == 2
    assert "exists already" in done.stderr
    assert archive.read_bytes() == before


def test_what_is_not_named_as_an_archive_is_a_folder_and_serves_every_night(city, tmp_path):
    for _night in range(2):
        time.sleep(1.1)  # an archive is named by the second
        done = city("backup", tmp_path / "backups")
        assert done.returncode == 0, done.stderr

    names = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert [name[:5] + name[-7:] for name in names] == ["kepu-.tar.gz"] * 2


def test_a_backup_leaves_nothing_but_the_archive_and_only_its_owner_may_read_it(archive):
    assert list(archive.parent.iterdir()) == [archive]
    assert archive.stat().st_mode & 0o077 == 0
