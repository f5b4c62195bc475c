"""The item bank, booklets, self-tests of residents, samples, their fieldwork, and runs of estimates."""

from kepu.literacy.models.booklets import BookletItem, BookletSet
from kepu.literacy.models.fieldwork import (
    Attempt,
    BackCheck,
    Case,
    FieldEvent,
    Fieldwork,
    Interview,
)
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
    "Attempt",
    "BackCheck",
    "BookletItem",
    "BookletSet",
    "Calibration",
    "Case",
    "DifFinding",
    "Exposure",
    "FieldEvent",
    "Fieldwork",
    "Interview",
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
