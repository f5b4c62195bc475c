"""How names of places are read, so that lists stand in the order people expect."""

from __future__ import annotations

# Readings of place names that differ from those of the common words.
_LOCAL = {
    "荥经": "ying jing",
    "筠连": "jun lian",
    "什邡": "shi fang",
    "郫都": "pi du",
    "曾家": "zeng jia",
    "单家": "shan jia",
}


def sort_key(name: str) -> str:
    """The name in pinyin, syllables parted by blanks: 重庆市 is `chong qing shi`."""
    from pypinyin import lazy_pinyin  # its tables take a moment; pages do not need them

    for written, read in _LOCAL.items():
        if name.startswith(written):
            rest = lazy_pinyin(name[len(written) :])
            return " ".join([read, *rest])[:120]
    return " ".join(lazy_pinyin(name))[:120]
