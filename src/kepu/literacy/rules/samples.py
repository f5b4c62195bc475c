"""Why not? Samples."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kepu.literacy.models import Sample
from kepu.literacy.queries import samples as queries
from kepu.literacy.states import GONE_ON_FROM, SAMPLE

MOST_INTERVIEWS = 500_000
FEWEST_CLUSTERS = 2  # of a stratum: one alone tells nothing of its own error
MOST_APIECE = 50


def why_not_ask(sample: Sample) -> str | None:
    """A design that can be asked: enough people, some of them together, an honest guess."""
    if not 100 <= sample.interviews <= MOST_INTERVIEWS:
        return _("a survey has 100 to 500,000 interviews")
    if not 2 <= sample.together <= 200:
        return _("between 2 and 200 interviews in a community")
    if not 0 < sample.share < 1:
        return _("the expected share lies between 0 and 1")
    if not 0.2 <= sample.deff <= 20:
        return _("the design effect lies between 0.2 and 20")
    if not 0.01 <= sample.response <= 1:
        return _("the share who answer lies between 0.01 and 1")
    return (
        _why_not_stages(sample)
        or _why_not_suppose(sample)
        or _why_not_adults(sample)
        or _why_not_go_on(sample)
        or _why_not_share_out(sample)
    )


def _why_not_share_out(sample: Sample) -> str | None:
    """The least of each district, all together, is at most what there is."""
    many = sample.districts or queries.districts_there(sample.path, sample.frame_on)
    if many * sample.least <= sample.interviews:
        return None
    return _(
        "%(n)s districts × %(least)s interviews = %(all)s, more than the %(interviews)s in all: "
        "raise these, or lower the least of each district"
    ) % {
        "n": many, "least": sample.least, "all": many * sample.least,
        "interviews": sample.interviews,
    }  # fmt: skip


def _why_not_stages(sample: Sample) -> str | None:
    if not 0 <= sample.exponent <= 1:
        return _("the exponent lies between 0 and 1")
    if not 1 <= sample.apiece <= MOST_APIECE:
        return _("between 1 and 50 communities in a township")
    if sample.districts is not None and sample.districts < FEWEST_CLUSTERS:
        return _("draw at least two districts")
    return None


def _why_not_suppose(sample: Sample) -> str | None:
    if not all(0 < share < 1 for share in sample.shares.values()):
        return _("the expected share lies between 0 and 1")
    correlations = (sample.icc_community, sample.icc_township, sample.icc_district)
    if any(not 0 <= each < 1 for each in correlations) or sum(correlations) >= 1:
        return _("what lies between clusters is a share of the variance: 0 to 1, below 1 in all")
    return None


def _why_not_adults(sample: Sample) -> str | None:
    """Of every district or of none: residents of one beside adults of another would weigh too much."""
    if not sample.adults:
        return None
    missing = queries.district_names(sample.path, sample.frame_on, but=sample.adults)
    if not missing:
        return None
    return _(
        "people aged 18 to 69 are missing of: %(districts)s; give them for every district, or none"
    ) % {"districts": "、".join(missing)}


def _why_not_go_on(sample: Sample) -> str | None:
    """What an earlier sample must be, so that this one can keep or avoid its communities."""
    earlier = sample.earlier
    if earlier is None:
        if sample.coordination:
            return _("choose the earlier sample whose communities are kept or avoided")
        return None
    if not sample.coordination:
        return _("say whether the earlier sample's communities are kept or avoided")
    if earlier.path != sample.path:
        return _("the earlier sample is of another place")
    if earlier.state not in GONE_ON_FROM:
        return _("the earlier sample was not drawn, or was put away")
    if earlier.start is None:
        return _(
            "the earlier sample was drawn before communities kept permanent numbers: "
            "its communities can be neither kept nor avoided"
        )
    return None


def why_not_draw_again(sample: Sample) -> str | None:
    """Only what was drawn can be drawn again."""
    return None if sample.digest else _("nothing was drawn yet")


def why_not_move(sample: Sample, verb: str) -> str | None:
    return SAMPLE.why_not(sample.state, verb)
