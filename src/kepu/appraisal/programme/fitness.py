"""Whether an application is whole, and whether it may be judged at all; in the programme's own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from kepu.appraisal.programme.conditions import Answer
from kepu.appraisal.programme.schema import Programme


def missing(
    programme: Programme, klass: str, answers: Mapping[str, Answer], evidence: Collection[str]
) -> list[str]:
    """What is asked and not there, each in words; `evidence` has the key of each file."""
    files = Counter(evidence)
    found = [
        _("%(what)s is missing") % {"what": one}
        for one in programme.of_class(programme.form, klass)
        if one.required and answers.get(one.key) in (None, "")
    ]
    found += [
        _("%(what)s is missing") % {"what": one}
        for one in programme.of_class(programme.evidence, klass)
        if one.required and not files[one.key]
    ]
    return found


def why_not_eligible(
    programme: Programme, klass: str, answers: Mapping[str, Answer], titles: Collection[str]
) -> list[str]:
    """The words of each requirement that is not met."""
    asked = programme.of_class(programme.eligibility, klass)
    return [one.text for one in asked if not one.needs.met(answers, titles)]
