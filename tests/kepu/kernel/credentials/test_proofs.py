"""Canonical JSON, multibase, the signature and the list of status give the published values."""

from __future__ import annotations

import hashlib
import json
import struct
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kepu.kernel.credentials import multibase, proofs, status
from kepu.kernel.credentials.canonical import canonical
from kepu.kernel.errors import BadInput

# W3C Data Integrity EdDSA Cryptosuites v1.0, appendix B.2 "Representation: eddsa-jcs-2022".
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
METHOD = f"did:key:{PUBLIC}#{PUBLIC}"
CREATED = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
ALUMNI = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
    ],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
SIGNATURE = (
    "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
)


@pytest.fixture
def key() -> Ed25519PrivateKey:
    octets = multibase.octets(SECRET)
    assert octets[:2] == multibase.ED25519_SECRET
    return Ed25519PrivateKey.from_private_bytes(octets[2:])


def test_the_published_signature_is_made_again_to_the_letter(key):
    signed = proofs.sign(ALUMNI, key, method=METHOD, created=CREATED)

    assert signed["proof"] == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
        "@context": ALUMNI["@context"],
        "proofValue": SIGNATURE,
    }
    assert proofs.holds(signed, multibase.public_key(PUBLIC))


def test_the_published_hash_of_the_document_is_found():
    assert hashlib.sha256(canonical(ALUMNI)).hexdigest() == (
        "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Another Credential"},
        {"added": True},
        {"@context": ["https://www.w3.org/ns/credentials/examples/v2"]},
        {"validFrom": "2023-01-01T00:00:01Z"},
    ],
)
def test_a_changed_document_does_not_hold(key, change):
    signed = proofs.sign(ALUMNI, key, method=METHOD, created=CREATED) | change

    assert not proofs.holds(signed, multibase.public_key(PUBLIC))


@pytest.mark.parametrize(
    "change",
    [
        {"created": "2024-02-24T23:36:38Z"},
        {"proofPurpose": "authentication"},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"verificationMethod": "did:key:another"},
        {"expires": "2030-01-01T00:00:00Z"},
    ],
)
def test_a_changed_proof_does_not_hold(key, change):
    signed = proofs.sign(ALUMNI, key, method=METHOD, created=CREATED)
    signed["proof"] |= change

    assert not proofs.holds(signed, multibase.public_key(PUBLIC))


def test_what_is_laid_out_otherwise_holds_all_the_same(key):
    signed = proofs.sign(ALUMNI, key, method=METHOD, created=CREATED)
    again = json.loads(json.dumps(dict(reversed(signed.items())), indent=7))

    assert proofs.holds(again, multibase.public_key(PUBLIC))


# RFC 8785, section 3.2.3 and appendix B.
def test_canonical_json_is_that_of_the_standard():
    given_in = json.loads(
        r"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"""
    )

    assert canonical(given_in).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        r""""string":"€$\u000f\nA'B\"\\\\\"/"}"""
    )


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("c340000000000000", "-9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"),
        ("44b52d02c7e14af7", "1.0000000000000001e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef4f", "999999999999999900000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("41b3de4355555557", "333333333.33333343"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)
def test_numbers_are_written_as_the_standards_table_has_them(octets, text):
    assert canonical(struct.unpack(">d", bytes.fromhex(octets))[0]) == text.encode()


def test_names_stand_in_the_order_of_their_utf_16():
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]

    written = json.loads(canonical(dict.fromkeys(names, 1)), object_pairs_hook=list)

    assert [name for name, _one in written] == [
        "\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600", "\ufb33",
    ]  # fmt: skip


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, "\ud800", [[[]]] * 1])
def test_what_readers_of_json_do_not_agree_about_is_refused(value):
    with pytest.raises(BadInput):
        canonical(value, depth=2)


TEXTS = st.text(st.characters(codec="utf-8"))
PLAIN = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
NESTED = st.recursive(PLAIN, lambda one: st.lists(one) | st.dictionaries(TEXTS, one), max_leaves=12)


@given(NESTED)
def test_canonical_json_says_the_same_as_what_it_was_made_of(value):
    assert json.loads(canonical(value), parse_int=float) == value


@given(st.binary(max_size=80))
def test_multibase_gives_back_what_it_was_given(octets):
    assert multibase.octets(multibase.base58(octets)) == octets
    assert multibase.octets(multibase.base64url(octets)) == octets


@pytest.mark.parametrize("text", ["", "z0", "uA=A", "fff", None, "z" + "1" * 2000, "u$"])
def test_what_is_not_multibase_is_refused(text):
    with pytest.raises(BadInput):
        multibase.octets(text)


# W3C Bitstring Status List v1.0, the example of a list of 16 KiB in which nothing is set.
NOTHING_SET = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def test_the_published_list_is_read():
    assert not any(status.is_set(NOTHING_SET, position) for position in (0, 7, 94567, 131_071))


@given(st.sets(st.integers(0, status.LENGTH - 1), max_size=5))
def test_in_a_list_just_those_stand_that_were_set(positions):
    made = status.encoded(positions)

    assert all(status.is_set(made, one) for one in positions)
    near = {one + step for one in positions for step in (-1, 1)} & set(range(status.LENGTH))
    assert not any(status.is_set(made, one) for one in near - positions)


def test_the_first_place_of_a_list_is_its_highest_bit():
    import base64
    import gzip

    bits = gzip.decompress(base64.urlsafe_b64decode(status.encoded([0, 9])[1:] + "=="))

    assert bits[:2] == b"\x80\x40"


@pytest.mark.parametrize("text", ["uAAAA", multibase.base64url(b"no gzip"), "u", 5])
def test_a_list_that_cannot_be_read_is_refused(text):
    with pytest.raises(BadInput):
        status.is_set(text, 0)


def test_a_list_that_unpacks_without_end_is_refused_in_bounded_memory():
    import gzip

    bomb = multibase.base64url(gzip.compress(bytes(64 * 1024 * 1024)))

    with pytest.raises(BadInput):
        status.is_set(bomb, 0)
