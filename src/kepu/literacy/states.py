"""Where items, booklets, samples, fieldwork, runs and returns may stand, and which way each goes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from kepu.kernel.machine import Machine, Move


class ItemState(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    RETIRED = "retired", _("retired")


# An approved item never changes: what is known of it was learnt by its very words. A better wording
# is a new item.
ITEM = Machine(
    start=ItemState.DRAFT,
    moves=(
        Move(gettext_noop("submit"), (ItemState.DRAFT,), ItemState.IN_REVIEW),
        Move(gettext_noop("send_back"), (ItemState.IN_REVIEW,), ItemState.DRAFT),
        Move("approve", (ItemState.IN_REVIEW,), ItemState.APPROVED),
        Move(gettext_noop("retire"), (ItemState.DRAFT, ItemState.APPROVED), ItemState.RETIRED),
    ),
)


class Use(models.TextChoices):
    """What an item is for. Whoever takes a self-test sees its items, so no item is for both."""

    SURVEY = "survey", _("survey, confidential")
    SELF_TEST = "self_test", _("self-test, seen by everybody")


class Verdict(models.TextChoices):
    """What a reviewer says of an item."""

    APPROVE = "approve", _("fit for use")
    CHANGE = "change", _("fit once it is changed")
    REJECT = "reject", _("not fit for use")


class Model(models.TextChoices):
    """The item response model that a calibration followed."""

    RASCH = "rasch", _("Rasch")
    TWO = "2pl", _("two parameters")
    THREE = "3pl", _("three parameters")


class Grouping(models.TextChoices):
    """Between which groups an item was looked at for differential functioning."""

    SEX = "sex", _("women and men")
    RESIDENCE = "residence", _("urban and rural")
    AGE = "age", _("younger and older")
    EDUCATION = "education", _("less and more schooling")
    LANGUAGE = "language", _("Chinese and English")


class DifMethod(models.TextChoices):
    MANTEL_HAENSZEL = "mantel_haenszel", _("Mantel-Haenszel")
    LIKELIHOOD_RATIO = "likelihood_ratio", _("likelihood ratio")


class DifLevel(models.TextChoices):
    """How much an item favours a group, by the usual three letters."""

    A = "A", _("A: negligible")
    B = "B", _("B: moderate")
    C = "C", _("C: large")


class SetState(models.TextChoices):
    COMPUTING = "computing", _("being assembled")
    PROPOSED = "proposed", _("proposed")
    ADOPTED = "adopted", _("adopted")
    DROPPED = "dropped", _("put away")
    FAILED = "failed", _("failed")


# `propose` and `fail` are the worker's.
BOOKLETS = Machine(
    start=SetState.COMPUTING,
    moves=(
        Move("propose", (SetState.COMPUTING,), SetState.PROPOSED),
        Move("fail", (SetState.COMPUTING,), SetState.FAILED),
        Move(gettext_noop("adopt"), (SetState.PROPOSED,), SetState.ADOPTED),
        Move("drop", (SetState.COMPUTING, SetState.PROPOSED), SetState.DROPPED),
    ),
)


class RunState(models.TextChoices):
    KEPT = "kept", _("kept, for officers only")
    PROPOSED = "proposed", _("proposed for publication")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


# What was published once is never unpublished in silence: it stays, marked, with the reason.
RUN = Machine(
    start=RunState.KEPT,
    moves=(
        Move(gettext_noop("propose"), (RunState.KEPT,), RunState.PROPOSED),
        Move(gettext_noop("take_back"), (RunState.PROPOSED,), RunState.KEPT),
        Move(gettext_noop("publish"), (RunState.PROPOSED,), RunState.PUBLISHED),
        Move(gettext_noop("withdraw"), (RunState.PUBLISHED,), RunState.WITHDRAWN),
    ),
)


class StudyState(models.TextChoices):
    REGISTERED = "registered", pgettext_lazy("study", "registered")
    MEASURED = "measured", pgettext_lazy("study", "measured, for officers only")
    PROPOSED = "proposed", _("proposed for publication")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")
    DROPPED = "dropped", _("given up")


# A plan is never changed: another plan is another study, and one given up stays to be seen.
STUDY = Machine(
    start=StudyState.REGISTERED,
    moves=(
        Move(
            gettext_noop("measure"),
            (StudyState.REGISTERED, StudyState.MEASURED),
            StudyState.MEASURED,
        ),
        Move("drop", (StudyState.REGISTERED, StudyState.MEASURED), StudyState.DROPPED),
        Move("propose", (StudyState.MEASURED,), StudyState.PROPOSED),
        Move("take_back", (StudyState.PROPOSED,), StudyState.MEASURED),
        Move("publish", (StudyState.PROPOSED,), StudyState.PUBLISHED),
        Move("withdraw", (StudyState.PUBLISHED,), StudyState.WITHDRAWN),
    ),
)


class EstimateState(models.TextChoices):
    COMPUTING = "computing", pgettext_lazy("estimate", "being computed")
    KEPT = "kept", pgettext_lazy("estimate", "computed and kept")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", pgettext_lazy("estimate", "cancelled")


# `finish` and `fail` are the worker's.
ESTIMATE = Machine(
    start=EstimateState.COMPUTING,
    moves=(
        Move("finish", (EstimateState.COMPUTING,), EstimateState.KEPT),
        Move("fail", (EstimateState.COMPUTING,), EstimateState.FAILED),
        Move("cancel", (EstimateState.COMPUTING,), EstimateState.CANCELLED),
    ),
)


class EstimateStage(models.TextChoices):
    """What the worker is at; by the words of the run and of its engines."""

    READING = "reading", _("Reading the files")
    ITEMS = "item response", _("Fitting curves to the items")
    CURVES = "errors of items", _("Telling how sure the curves are")
    DRAWS = "drawn answers", _("Drawing answers to items that were not asked")
    ABILITY = "ability by traits", _("Telling ability by who people are")
    DIF = "differential items", _("Comparing groups of equal ability")
    REPLICATES = "replicates", _("Weighing the replicates")
    MODES = "modes", _("Joining homes and volunteers")
    AREAS = "benchmarked errors", _("Modelling the districts")
    SEGMENTS = "classes", _("Finding segments of the public")
    WRITING = "writing", _("Writing tables and microdata")
    R = "R", _("Letting R find the same figures")
    REPORT = "report", _("Writing the report")
    KEEPING = "keeping", _("Keeping the results")


class Sharing(models.TextChoices):
    """How interviews are shared out over the districts."""

    EQUAL = "equal", _("as many in each district: districts are compared")
    BETWEEN = "between", _("by a power of the people: between the two")
    PEOPLE = "people", _("in proportion to the people: the city is known well")
    NEYMAN = (
        "neyman",
        _("by Neyman, after the share expected of each district: the city is known best"),
    )


class Stages(models.TextChoices):
    """What is drawn inside a district."""

    COMMUNITIES = "communities", _("communities directly: more exact, further to travel")
    TOWNSHIPS = "townships", _("townships first, then communities in them: less travel, less exact")


class Coordination(models.TextChoices):
    """What a sample has to do with an earlier one."""

    KEEP = "keep", _("keep as many of its communities as possible: change is told better")
    AVOID = "avoid", _("avoid its communities as far as possible: nobody is asked too often")


class SampleState(models.TextChoices):
    COMPUTING = "computing", _("being drawn")
    PROPOSED = "proposed", _("proposed")
    ADOPTED = "adopted", _("adopted")
    DROPPED = "dropped", pgettext_lazy("sample", "dropped")
    FAILED = "failed", _("failed")


# `propose` and `fail` are the worker's.
SAMPLE = Machine(
    start=SampleState.COMPUTING,
    moves=(
        Move("propose", (SampleState.COMPUTING,), SampleState.PROPOSED),
        Move("fail", (SampleState.COMPUTING,), SampleState.FAILED),
        Move("adopt", (SampleState.PROPOSED,), SampleState.ADOPTED),
        Move("drop", (SampleState.COMPUTING, SampleState.PROPOSED), SampleState.DROPPED),
    ),
)


GONE_ON_FROM = (SampleState.PROPOSED, SampleState.ADOPTED)  # what a later sample may keep or avoid


class FieldworkState(models.TextChoices):
    PLANNED = "planned", _("planned")
    OPEN = "open", pgettext_lazy("fieldwork", "under way")
    CLOSED = "closed", pgettext_lazy("fieldwork", "closed")
    DROPPED = "dropped", _("given up")


# Closing destroys the key of the addresses: after that, answers lead to no door.
FIELDWORK = Machine(
    start=FieldworkState.PLANNED,
    moves=(
        Move(gettext_noop("begin"), (FieldworkState.PLANNED,), FieldworkState.OPEN),
        Move(gettext_noop("close"), (FieldworkState.OPEN,), FieldworkState.CLOSED),
        Move("drop", (FieldworkState.PLANNED,), FieldworkState.DROPPED),
    ),
)


class Disposition(models.TextChoices):
    """What came of an attempt at a door: the final disposition codes of AAPOR for in-person surveys.

    Source: AAPOR, Standard Definitions, 10th edition, 2023, in-person household surveys.
    """

    COMPLETE = "1.1", _("complete interview")
    PARTIAL = "1.2", _("partial interview")
    HOUSEHOLD_REFUSED = "2.111", _("the household refused")
    PERSON_REFUSED = "2.112", _("the person chosen refused")
    BROKEN_OFF = "2.12", _("broken off")
    NO_ENTRY = "2.23", _("could not enter the building")
    NOBODY_HOME = "2.24", _("nobody at home")
    AWAY = "2.25", _("the person chosen was not there")
    UNABLE = "2.32", _("not able to answer, by illness or disability")
    LANGUAGE = "2.33", _("no language in common")
    OTHER = "2.36", _("eligible, not interviewed for another reason")
    NOT_TRIED = "3.11", _("not tried")
    UNSAFE = "3.17", _("could not be reached, or unsafe")
    NOT_FOUND = "3.18", _("the address was not found")
    NOT_SCREENED = "3.21", _("lived in; who lives there is not known")
    NO_DWELLING = "4.5", _("not a dwelling")
    VACANT = "4.6", _("nobody lives there")
    NOBODY_ELIGIBLE = "4.7", _("nobody there is of the age asked for")


# Nobody knocks there again. Who refused may be asked by somebody else.
FINISHED = frozenset(
    {
        Disposition.COMPLETE, Disposition.PARTIAL, Disposition.NO_DWELLING, Disposition.VACANT,
        Disposition.NOBODY_ELIGIBLE,
    }
)  # fmt: skip
INTERVIEWED = (Disposition.COMPLETE, Disposition.PARTIAL)


class Taking(models.TextChoices):
    """What became of what a device sent."""

    DONE = "done", _("taken in")
    REFUSED = "refused", _("needs a person")
    SETTLED = "settled", _("settled by a person")


class Checked(models.TextChoices):
    """What a second visit or call found of an interview."""

    AGREES = "agrees", _("it agrees")
    DIFFERS = "differs", _("it differs")
    NEVER_HELD = "never_held", _("no such interview was held")
    NOT_REACHED = "not_reached", _("nobody was reached")


class RoundState(models.TextChoices):
    OPEN = "open", _("open to units")
    LOCKED = "locked", _("locked by the city")
    PUBLISHED = "published", _("published")


# A year of kepu statistics. Going back is a deed with a reason.
ROUND = Machine(
    start=RoundState.OPEN,
    moves=(
        Move("lock", (RoundState.OPEN,), RoundState.LOCKED),
        Move(gettext_noop("unlock"), (RoundState.LOCKED,), RoundState.OPEN),
        Move("publish", (RoundState.LOCKED,), RoundState.PUBLISHED),
        Move("withdraw", (RoundState.PUBLISHED,), RoundState.LOCKED),
    ),
)


class ReturnState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("return", "being filled")
    SUBMITTED = "submitted", pgettext_lazy("return", "handed in")
    RETURNED = "returned", pgettext_lazy("return", "sent back for correction")
    CHECKED = "checked", pgettext_lazy("return", "checked by the district")
    LOCKED = "locked", pgettext_lazy("return", "locked by the district")


# The unit fills and submits; the district does the rest.
RETURN = Machine(
    start=ReturnState.DRAFT,
    moves=(
        Move("submit", (ReturnState.DRAFT, ReturnState.RETURNED), ReturnState.SUBMITTED),
        Move(gettext_noop("accept"), (ReturnState.SUBMITTED,), ReturnState.CHECKED),
        Move("send_back", (ReturnState.SUBMITTED, ReturnState.CHECKED), ReturnState.RETURNED),
        Move(gettext_noop("lock"), (ReturnState.CHECKED,), ReturnState.LOCKED),
        Move("unlock", (ReturnState.LOCKED,), ReturnState.CHECKED),
    ),
)
FILLING = (ReturnState.DRAFT, ReturnState.RETURNED)
COUNTED = (ReturnState.CHECKED, ReturnState.LOCKED)


class Normalising(models.TextChoices):
    """How indicators of the capacity index are made comparable."""

    MIN_MAX = "min-max", _("from 0 to 1 over the districts")
    Z = "z", _("in standard deviations from the districts' mean")
    CITY = "city", _("over the city's own figure")


class Weighing(models.TextChoices):
    """Where the weights of the capacity index come from."""

    EQUAL = "equal", _("equal groups, equal indicators in a group")
    AHP = "ahp", _("groups judged pair by pair (AHP), equal indicators in a group")
    ENTROPY = "entropy", _("entropy: what is spread unevenly weighs more")
    CRITIC = "critic", _("CRITIC: contrast, and how little the others tell")
    PCA = "pca", _("first principal component")


class Joining(models.TextChoices):
    """How weighed indicators become one score."""

    LINEAR = "linear", _("weighted sum")
    GEOMETRIC = "geometric", _("weighted geometric mean")
