"""A sheet of paper that came in, and what two people read on it."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from PIL import Image

from kepu.appraisal.actions import papers
from kepu.appraisal.models import Paper, Review
from tests.factories import NOW, officer
from tests.kepu.appraisal import factories

SIGNED = date(2026, 3, 5)
READ: dict[str, Any] = {
    "points": {"safety": 1500, "education": 3000}, "remarks": {}, "comment": "总体良好",
}  # fmt: skip


def scan() -> io.BytesIO:
    """A picture of an empty sheet."""
    kept = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(kept, "PNG")
    kept.seek(0)
    return kept


def sheet(**said: Any) -> papers.Sheet:
    return papers.Sheet(**{"signed_on": SIGNED, "reference": "纸评1号", "pledged": True, **said})


def opened(review: Review, **said: Any) -> Paper:
    """Taken in by the secretary."""
    return papers.open_paper(
        review.pk, sheet(**said), scan(), "扫描件.png", by=factories.secretary(), now=NOW
    )


def second() -> Any:
    return officer("appraisal_secretary", factories.CITY, "录入示例")


def third() -> Any:
    return officer("appraisal_secretary", factories.CITY, "核对示例")


def keyed(paper: Paper, by: Any, **said: Any) -> Paper:
    """Keyed by a person as READ says, or otherwise."""
    points = READ["points"] | said.pop("points", {})
    return papers.key(paper.pk, **{**READ, "points": points, **said}, by=by, now=NOW)
