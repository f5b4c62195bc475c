"""The item bank, booklets of a survey, and self-tests of residents."""

from kepu.literacy.models.booklets import BookletItem, BookletSet
from kepu.literacy.models.items import (
    LETTERS,
    Calibration,
    DifFinding,
    Exposure,
    Item,
    ItemStep,
    Review,
    Wording,
)
from kepu.literacy.models.self_tests import SelfTest, SelfTestAnswer

__all__ = [
    "LETTERS",
    "BookletItem",
    "BookletSet",
    "Calibration",
    "DifFinding",
    "Exposure",
    "Item",
    "ItemStep",
    "Review",
    "SelfTest",
    "SelfTestAnswer",
    "Wording",
]
