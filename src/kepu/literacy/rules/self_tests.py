"""Why not? Self-tests. Anybody may: there is no rule about persons."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from kepu.literacy.models import Calibration, Item, SelfTest, SelfTestAnswer
from kepu.literacy.schemas import Framework


def why_not_begin(
    pool: Sequence[tuple[Item, Calibration]],
    framework: Framework,
    resting: frozenset[int] = frozenset(),
) -> str | None:
    """There are questions enough, of every dimension, and not all of them rest."""
    found = {item.dimension for item, _calibration in pool}
    enough = framework.self_test.longest(len(pool)) >= framework.self_test.fewest
    if not enough or not found >= set(framework.dimensions):
        return _("there are not enough questions for a self-test yet; please come again later")
    if resting.issuperset(item.pk for item, _calibration in pool):
        return _("all questions were asked very often lately and rest; please come again later")
    return None


def why_not_answer(
    test: SelfTest, question: SelfTestAnswer | None, chosen: int | None
) -> str | None:
    """The question that stands open, by one of its options or by none."""
    if test.finished_at is not None:
        return _("this self-test is finished; here is its result")
    if question is None or question.answered:
        return _("this question was answered already; here is the next one")
    options = question.item.wordings.get(language=test.language).options
    if chosen is not None and not 0 <= chosen < len(options):
        return _("choose one of the answers, or say that you do not know")
    return None
