"""The item bank, booklets of a survey, self-tests of residents, samples, and runs of estimates."""

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
from kepu.literacy.models.runs import Run
from kepu.literacy.models.samples import Sample, SampledCommunity
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
    "Run",
    "Sample",
    "SampledCommunity",
    "SelfTest",
    "SelfTestAnswer",
    "Wording",
]
