"""Texts of notices as data: one per purpose, in two languages. Rooms add theirs when Django is ready."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Words:
    """A title and a sentence; {words} in braces are filled from the context."""

    title: str
    text: str

    def places(self) -> set[str]:
        return set(_PLACE.findall(self.title + self.text))

    def filled(self, context: Mapping[str, object]) -> Words:
        """The words with their places filled; what the context lacks stays empty."""

        def fill(found: re.Match[str]) -> str:
            return str(context.get(found[1], ""))

        return Words(_PLACE.sub(fill, self.title), _PLACE.sub(fill, self.text))


@dataclass(frozen=True)
class Text:
    """What is said for one purpose. Urgent texts go out in quiet hours too."""

    key: str
    zh: Words
    en: Words
    urgent: bool = False

    def __post_init__(self) -> None:
        if self.zh.places() != self.en.places():
            raise ValueError(f"{self.key}: the two languages fill different places")

    def words(self, language: str, context: Mapping[str, object]) -> Words:
        return (self.en if language.startswith("en") else self.zh).filled(context)


# What a guardian reads of what a ward is told; the sentence speaks to the ward.
OF_A_WARD = Text(
    "of_a_ward", Words("{name}：{title}", "{text}"), Words("{name}: {title}", "{text}")
)

TEXTS: dict[str, Text] = {}


def register(*texts: Text) -> None:
    """Add texts; a key names one text."""
    for text in texts:
        if TEXTS.get(text.key, text) != text:
            raise ValueError(f"two texts are called {text.key}")
        TEXTS[text.key] = text


SIGN_IN_CODE = Text(
    "sign_in_code",
    Words("登录验证码", "您的科普平台验证码是 {code},5 分钟内有效。请勿告诉他人。"),
    Words("Sign-in code", "Your Kepu code is {code}, good for 5 minutes. Tell nobody."),
    urgent=True,
)
MAIL_CODE = Text(
    "mail_code",
    Words(
        "邮箱确认码",
        "您的科普平台邮箱确认码是 {code}，30 分钟内有效。不是您本人操作，请忽略本邮件。",
    ),
    Words(
        "Confirm your address",
        "Your Kepu code is {code}, good for 30 minutes. If you did not ask for it, ignore this mail.",
    ),
    urgent=True,
)
PHONE_CHANGED = Text(
    "phone_changed",
    Words(
        "登录手机号已更换",
        "您的科普平台登录手机号已更换为 {phone}。不是您本人操作，请马上联系所在社区或安全管理员。",
    ),
    Words(
        "Your telephone number was changed",
        "Your Kepu account now signs in with {phone}. If this was not you, tell your community or the "
        "security administrator at once.",
    ),
    urgent=True,
)
GUARDIANSHIP_ENDED = Text(
    "guardianship_ended",
    Words(
        "监护关系已自动结束",
        "{name}已满 18 周岁，您在本平台的监护关系已自动结束。其资料今后由本人处理。",
    ),
    Words(
        "Guardianship has ended",
        "{name} is 18 now, so your guardianship here has ended by itself. They handle their own data.",
    ),
)
register(SIGN_IN_CODE, MAIL_CODE, PHONE_CHANGED, GUARDIANSHIP_ENDED)
