"""Long commands of the shell say how far they are: on standard error, and in plain lines on a pipe."""

from __future__ import annotations

import sys

import pytest

from kepu.kernel.audit import actions as audit
from kepu.kernel.audit import chain
from kepu.web import archive
from kepu.web.commands import audit as auditing
from kepu.web.commands import export
from kepu.web.progress import Progress, growing
from tests.factories import NOW, user


@pytest.fixture
def hours_pass(monkeypatch):
    """Every look at the clock is ten seconds later."""
    clock = iter(range(0, 10**7, 10))
    monkeypatch.setattr("kepu.web.progress.time.monotonic", lambda: next(clock))


def heard(said: list[tuple[str, int, int]]) -> Progress:
    return lambda *words: said.append(words)  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["rows.csv", "rows.xlsx"])
def test_an_export_counts_its_rows_on_standard_error(name, tmp_path, hours_pass, capsys):
    rows = ([number] for number in range(3000))

    count = export._write(tmp_path / name, (["number"], rows), "示例")

    told = capsys.readouterr()
    assert count == 3000
    assert told.out == ""
    assert "  rows: 2,000\n" in told.err


def test_an_archive_is_packed_and_unpacked_with_its_octets_told(tmp_path):
    folder, target, packed, unpacked = tmp_path / "a", tmp_path / "a.tar.gz", [], []
    (folder / "files").mkdir(parents=True)
    (folder / archive.MANIFEST).write_text("{}")
    (folder / "files" / "large").write_bytes(bytes(range(256)) * 4000)

    archive.pack(folder, target, heard(packed))
    with pytest.raises(archive.BadInput, match="manifest"):
        archive.unpack(target, tmp_path / "b", heard(unpacked))

    size = 2 + 256 * 4000
    assert packed[-1] == ("archive", size, size)
    assert len(packed) > 10, "a large file is told in parts"
    assert unpacked[-1][1] == unpacked[-1][2] == target.stat().st_size


@pytest.mark.django_db
def test_a_verification_of_the_audit_says_how_far_it_is(monkeypatch, hours_pass, capsys):
    monkeypatch.setattr(chain, "TOLD_EVERY", 2)
    for _number in range(5):
        audit.record(user(), "team.approve", user(), now=NOW)
    chain.seal(NOW)

    auditing.verify()

    told = capsys.readouterr()
    assert "  audit: 80%\n" in told.err
    assert "audit: 80%" not in told.out


def test_a_file_that_the_database_writes_is_watched_while_it_grows(tmp_path, hours_pass, capsys):
    file, progress = tmp_path / "copy", Progress(sys.stderr)
    file.write_bytes(b"12345678")
    told = []
    progress.also = lambda *words: told.append(words)

    with growing(progress, "database", file, 16):
        while not told:
            pass

    assert told[0] == ("database", 8, 16)
