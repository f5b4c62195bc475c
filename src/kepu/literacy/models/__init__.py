"""Item bank, booklets, self-tests, samples, fieldwork, runs, studies, statistics, targets."""

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
from kepu.literacy.models.returns import Figure, Return, ReturnStep, Revenue, Round
from kepu.literacy.models.runs import Estimate, Run
from kepu.literacy.models.samples import Sample, SampledCommunity
from kepu.literacy.models.self_tests import SelfTest, SelfTestAnswer, SelfTestAsked, SelfTestTally
from kepu.literacy.models.studies import Study
from kepu.literacy.models.targets import Target, TargetStep, Task

__all__ = [
    "LETTERS",
    "Attempt",
    "BackCheck",
    "BookletItem",
    "BookletSet",
    "Calibration",
    "Case",
    "DifFinding",
    "Estimate",
    "Exposure",
    "FieldEvent",
    "Fieldwork",
    "Figure",
    "Interview",
    "Item",
    "ItemStep",
    "Return",
    "ReturnStep",
    "Revenue",
    "Review",
    "Round",
    "Run",
    "Sample",
    "SampledCommunity",
    "SelfTest",
    "SelfTestAnswer",
    "SelfTestAsked",
    "SelfTestTally",
    "Study",
    "Target",
    "TargetStep",
    "Task",
    "Wording",
]
