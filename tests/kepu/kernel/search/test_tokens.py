from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu.kernel.search import tokens


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("ＡＩ　科普！", "AI 科普!"),
        ("  科普 \n\t 馆 ", "科普 馆"),
        ("a\x00b", "a b"),
        ("坏\ud800字", "坏 字"),
        ("", ""),
    ],
)
def test_a_text_is_tidied(given_text, expected):
    assert tokens.tidy(given_text) == expected


def test_folding_keeps_every_character_in_its_place():
    text = "İSTANBUL Ǆ ΑΣ 科普"

    assert len(tokens.fold(text)) == len(text)
    assert tokens.fold("DNA") == "dna"


@given(st.characters())
def test_every_character_has_a_code_of_four_that_is_its_own(character):
    code = tokens.code(character)

    assert len(code) == 4
    assert int(code, 36) == ord(character)


def test_a_word_looks_up_its_pairs_and_one_character_the_beginning_of_a_pair():
    assert tokens.lookups("科普馆") == tokens.pairs("科普馆")[:2]
    assert tokens.lookups("馆") == [tokens.code("馆")]
    assert tokens.lookups("哈哈哈") == [tokens.code("哈") * 2]


@given(st.text(max_size=200))
def test_tokens_are_plain_letters_and_digits_whatever_the_text(text):
    for token in tokens.pairs(tokens.fold(tokens.tidy(text))):
        assert len(token) == 8
        assert token.isascii()
        assert token.isalnum()
