"""A credential is judged by files at hand: its words, its time, its issuer's keys, its status."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from kepu.kernel.credentials import keys, proofs, status, verifying
from kepu.kernel.credentials.badges import Badge, credential
from kepu.kernel.errors import BadInput
from tests.factories import NOW

ISSUER = "https://kepu.example.cn/.well-known/kepu-issuer.json"
LISTS = {purpose: f"https://kepu.example.cn/status/{purpose}" for purpose in status.PURPOSES}


@pytest.fixture(autouse=True)
def _data(tmp_path, settings):
    settings.DATA = tmp_path


def signed(document, created=NOW):
    key = keys.signing(NOW)
    return proofs.sign(document, key.private, method=keys.method(ISSUER, key), created=created)


def badge(**said):
    usual = {
        "address": "https://kepu.example.cn/titles/KP-BASE-2026-0001/",
        "name": "示例市科普基地",
        "issuer": ISSUER,
        "issuer_name": "示例市科学技术协会",
        "issuer_page": "https://kepu.example.cn/",
        "holder": "示例馆",
        "achievement": "https://kepu.example.cn/titles/?programme=base",
        "description": "示例",
        "criteria": "示例",
        "kind": "Certification",
        "since": NOW,
        "until": NOW + timedelta(days=365),
        "status": status.entries(LISTS, 7),
    }
    return credential(Badge(**usual | said))


def lists(**positions):
    told = [
        status.list_credential("given", purpose, 0, address=address, issuer=ISSUER, now=NOW)
        for purpose, address in LISTS.items()
    ]
    for one in told:
        subject = one["credentialSubject"]
        subject["encodedList"] = status.encoded(positions.get(subject["statusPurpose"], ()))
    return [signed(one) for one in told]


@pytest.fixture(autouse=True)
def _source(monkeypatch):
    monkeypatch.setitem(
        status.SOURCES, "given", status.Source("given", lambda _purpose, _first, _last: ())
    )


def judged(document, told=(), *, now=NOW, by=None):
    return verifying.verify(document, by or keys.issuer_document(ISSUER), told, now)


def test_a_credential_holds_with_its_issuers_document_and_its_lists():
    verdict = judged(signed(badge()), lists())

    assert (verdict.faults, verdict.unseen) == ((), ())


def test_what_could_not_be_looked_at_is_said():
    verdict = judged(signed(badge()))

    assert verdict.holds
    assert [LISTS["revocation"] in verdict.unseen[0], LISTS["suspension"] in verdict.unseen[1]] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("positions", "fault"),
    [
        ({"revocation": [7]}, "revoked"),
        ({"suspension": [7]}, "suspended"),
        ({"revocation": [8]}, ""),
    ],
)
def test_a_list_speaks_for_its_own_places(positions, fault):
    verdict = judged(signed(badge()), lists(**positions))

    assert " ".join(verdict.faults).endswith(fault)
    assert verdict.holds == (fault == "")


def test_a_list_that_another_signed_does_not_count():
    told = lists(revocation=[7])
    told[0]["credentialSubject"]["encodedList"] = status.encoded(())

    verdict = judged(signed(badge()), told)

    assert "list of status does not count" in verdict.faults[0]


def without_end(told):
    kept = {name: one for name, one in told.items() if name not in ("validUntil", "proof")}
    return signed(kept)


@pytest.mark.parametrize("shaped", [lambda told: told, without_end])
@pytest.mark.parametrize(("age", "holds"), [(24, True), (25, False)])
def test_a_list_counts_for_a_day_and_then_says_nothing(shaped, age, holds):
    told = [shaped(one) for one in lists()]

    verdict = judged(signed(badge()), told, now=NOW + timedelta(hours=age))

    assert verdict.holds == holds
    assert [("out of date" in one) for one in verdict.faults] == [True, True][: 0 if holds else 2]


def test_a_list_that_tells_no_time_at_all_does_not_count():
    timeless = [
        signed({k: v for k, v in one.items() if k not in ("validFrom", "validUntil", "proof")})
        for one in lists()
    ]

    assert "out of date" in judged(signed(badge()), timeless).faults[0]


@pytest.mark.parametrize(
    ("now", "fault"),
    [(NOW - timedelta(days=1), "before"), (NOW + timedelta(days=366), "held until"), (NOW, "")],
)
def test_it_holds_within_its_time(now, fault):
    assert fault in " ".join(judged(signed(badge()), lists(), now=now).faults)


def test_a_changed_word_is_found():
    document = signed(badge())
    document["credentialSubject"]["achievement"]["name"] = "国家级"

    assert "signature does not belong" in judged(document).faults[0]


def test_a_key_of_somebody_else_is_not_the_issuers():
    document = signed(badge())
    others = keys.issuer_document(ISSUER)
    others["verificationMethod"][0]["id"] += "x"

    assert "no key of this name" in judged(document, by=others).faults[0]
    assert "another issuer" in judged(document, by=others | {"id": "https://other"}).faults[0]


def test_an_old_key_is_kept_for_what_it_signed():
    before = signed(badge())
    old = keys.signing(NOW)

    new = keys.rotate(NOW + timedelta(days=1))

    assert keys.signing(NOW).public == new.public != old.public
    assert judged(before, lists()).holds
    assert judged(signed(badge()), lists()).holds


def test_of_a_key_that_was_lost_nothing_counts():
    before = signed(badge())

    keys.rotate(NOW, lost=True)

    assert "withdrawn the key" in judged(before).faults[0]
    assert judged(signed(badge()), lists()).holds


def test_keys_are_readable_by_their_owner_alone(tmp_path):
    keys.signing(NOW)

    assert (tmp_path / "keys/credential-0001").stat().st_mode & 0o077 == 0
    assert "seed" not in json.dumps(keys.issuer_document(ISSUER))


@pytest.mark.parametrize(
    "change",
    [
        {"proof": None},
        {"proof": [1]},
        {"credentialStatus": "x"},
        {"validFrom": "soon"},
        {"issuer": 5},
        {
            "credentialStatus": [
                {"statusListCredential": LISTS["revocation"], "statusListIndex": "-1"}
            ]
        },
    ],
)
def test_what_cannot_be_read_is_a_fault_in_words_and_no_failure(change):
    document = signed(badge() | {name: one for name, one in change.items() if name != "proof"})
    verdict = judged(
        document | {name: one for name, one in change.items() if name == "proof"}, lists()
    )

    assert verdict.faults


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1, "a": 2}', "[" * 100_000, "x" * 5_000_000])
def test_a_file_that_is_no_credential_is_refused(text):
    with pytest.raises(BadInput):
        verifying.read(text)
