"""How names of places are read, so that lists stand in the order people expect."""

from __future__ import annotations

from functools import lru_cache

# Readings of place names that differ from those of the common words.
_LOCAL = {
    "荥经": "ying jing",
    "筠连": "jun lian",
    "什邡": "shi fang",
    "郫都": "pi du",
    "曾家": "zeng jia",
    "单家": "shan jia",
    "丰都": "feng du",
}


# What most names end in; read once, since a frame has fifty thousand names.
_ENDINGS = (
    "社区居民委员会",
    "社区居委会",
    "居民委员会",
    "村民委员会",
    "村委会",
    "居委会",
    "街道",
    "社区",
)


def sort_key(name: str) -> str:
    """The name in pinyin, syllables parted by blanks: 重庆市 is `chong qing shi`."""
    ending = next((end for end in _ENDINGS if name.endswith(end) and name != end), "")
    stem = name.removesuffix(ending)
    return f"{_read(stem)} {_read(ending)}".strip()[:120]


@lru_cache(maxsize=4096)
def _read(text: str) -> str:
    from pypinyin import lazy_pinyin  # its tables take a moment; pages do not need them

    for written, read in _LOCAL.items():
        if text.startswith(written):
            return " ".join([read, *lazy_pinyin(text[len(written) :])])
    return " ".join(lazy_pinyin(text))
