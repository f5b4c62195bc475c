"""One tokeniser for both databases: pairs of neighbouring characters, written on save.

Chinese has no spaces and no dictionary that knows every name, so every pair of neighbours is a
token: 科普馆 is 科普, 普馆, and 馆 with nothing behind it. A text holds a word exactly when the word's
pairs stand in it one behind the other. Tokens are written as eight ASCII characters, four for each
half, so that no database has a chance to split or fold them in its own way.
"""

from __future__ import annotations

import re
import unicodedata

from kepu.kernel.divisions.fields import SEPARATOR

LONGEST = 50_000  # characters of a document that are found; PostgreSQL's tsvector ends at 1 MB
ENOUGH = 32  # pairs of a word that are looked up in the index; the text itself is compared anyway
NOTHING = "0000"

_WIDE: dict[int, str | int] = {
    ord("　"): " ",
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},
}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_NO_DIGIT = re.compile(r"[^0-9a-z]")
_SPACE = re.compile(r"\s+")


def tidy(text: str) -> str:
    """The text as it is shown: full-width letters made half-width, each run of spaces one space."""
    narrow = text.translate(_WIDE)
    clean = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in narrow)
    return _SPACE.sub(" ", clean).strip()


def fold(text: str) -> str:
    """The text as it is compared: lower case, character for character, so that places agree."""
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


def words(query: str) -> list[str]:
    """What must be found, each somewhere in the text."""
    return [word for word in dict.fromkeys(fold(tidy(query)).split(" ")) if word]


def pairs(plain: str) -> list[str]:
    """The distinct tokens of a folded text, in order."""
    followers = [*map(code, plain[1:]), NOTHING]
    found = (
        code(character) + follower
        for character, follower in zip(plain, followers, strict=False)
        if not character.isspace()
    )
    return list(dict.fromkeys(found))


def place(path: str) -> str:
    """The token of a place. No pair begins so: there is no character as high as "plac" would be.

    Two places may share one where somebody writes a path that is none; nothing is left to escape.
    """
    return f"place{_NO_DIGIT.sub('x', path.rstrip(SEPARATOR))}"


def lookups(word: str) -> list[str]:
    """What to ask the index for: the word's pairs, or the beginning of a pair for one character."""
    return pairs(word)[:-1][:ENOUGH] if len(word) > 1 else [code(word)]


def code(character: str) -> str:
    """Four base-36 digits; 0000 is NUL, which no tidy text holds."""
    number, digits = ord(character), ""
    for _ in range(4):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
