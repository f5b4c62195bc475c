"""`kepu credentials` judges a file without a network, and keeps the keys."""

from __future__ import annotations

import json

import pytest

from kepu.kernel.credentials import keys, proofs, status
from kepu.web import shell, starting
from tests.factories import NOW

ISSUER = "https://kepu.example.cn/.well-known/kepu-issuer.json"


@pytest.fixture(autouse=True)
def _data(tmp_path, settings, monkeypatch):
    settings.DATA = tmp_path
    monkeypatch.setattr(starting, "start_django", lambda: None)


@pytest.fixture
def files(tmp_path):
    key = keys.signing(NOW)
    told = {"id": "https://kepu.example.cn/1", "issuer": ISSUER, "name": "示例"}
    signed = proofs.sign(told, key.private, method=keys.method(ISSUER, key), created=NOW)
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(signed))
    bad.write_text(json.dumps(signed | {"name": "另一个"}))
    return good, bad


def test_a_good_file_holds_and_a_changed_one_does_not(files, capsys):
    good, bad = files

    assert shell.main(["credentials", "verify", str(good)]) == 0
    assert shell.main(["credentials", "verify", str(bad)]) == 1

    told = capsys.readouterr().out.splitlines()
    assert told[0] == "holds: https://kepu.example.cn/1"
    assert told[1].startswith("fault: ")


def test_where_a_list_of_status_is_not_at_hand_it_is_not_said_to_hold(files, tmp_path, capsys):
    key, there = keys.signing(NOW), "https://kepu.example.cn/revocation"
    told = {"id": "https://kepu.example.cn/2", "issuer": ISSUER}
    told["credentialStatus"] = status.entries({"revocation": there}, 7)
    signed = proofs.sign(told, key.private, method=keys.method(ISSUER, key), created=NOW)
    files[0].write_text(json.dumps(signed))

    assert shell.main(["credentials", "verify", str(files[0])]) == 3

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("not looked at: ")
    assert there in said[0]
    assert said[1].startswith("NOT KNOWN to hold")


def test_the_document_that_was_kept_does_for_the_keys(files, tmp_path, capsys):
    shell.main(["credentials", "keys", "https://kepu.example.cn/"])
    kept = tmp_path / "issuer.json"
    kept.write_text(capsys.readouterr().out)
    for path in (tmp_path / "keys").iterdir():
        path.unlink()

    assert shell.main(["credentials", "verify", str(files[0]), "--keys", str(kept)]) == 0
    assert shell.main(["credentials", "verify", str(files[0])]) == 1


def test_after_a_lost_key_a_new_one_signs_and_the_old_file_holds_no_more(files, capsys):
    shell.main(["credentials", "rotate", "--lost"])

    assert capsys.readouterr().out.startswith("key 2 signs from now on: z6Mk")
    assert shell.main(["credentials", "verify", str(files[0])]) == 1


@pytest.mark.parametrize("name", ["nowhere.json", "."])
def test_a_file_that_cannot_be_read_is_one_sentence(name, tmp_path, capsys):
    assert shell.main(["credentials", "verify", str(tmp_path / name)]) == 2
    assert capsys.readouterr().err.startswith("kepu: ")
