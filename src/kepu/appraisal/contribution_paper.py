"""Draw a statement of contributions as PDF. The same row and address give the same bytes, next year too."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from importlib import resources

from django.utils import translation

from kepu.appraisal import contributions, issuing
from kepu.appraisal.models import ContributionStatement
from kepu.appraisal.printing import font_folder, qr_svg
from kepu.appraisal.queries import contributions as queries
from kepu.kernel.clock import day
from kepu.people.queries.certificates import grouped


def statement_pdf(one: ContributionStatement, *, verify_url: str) -> bytes:
    """The statement on A4, with each figure, how it was counted, and a QR code of `verify_url`."""
    import typst  # asked late: web start-up does without it

    assert one.signed_at is not None  # noqa: S101 (only what is signed is drawn)
    drawn = typst.compile(  # type: ignore[call-overload]
        _template(),
        font_paths=[font_folder()],
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(_values(one, verify_url), ensure_ascii=False)},
        timestamp=int(one.signed_at.timestamp()),
        format="pdf",
    )
    return bytes(drawn)


def _values(one: ContributionStatement, verify_url: str) -> dict[str, object]:
    """A paper of office is in Chinese, whoever takes it."""
    said = issuing.as_of(one.issuing_version)
    assert one.signed_at is not None  # noqa: S101 (as above)
    with translation.override("zh-hans"):
        lines = [[line.label, line.value, line.how] for line in contributions.lines(one.told)]
    return {
        "holder": queries.full_name(one),
        "since": _date(one.since),
        "until": _date(one.until),
        "purpose": one.purpose,
        "counted": _date(day(one.as_of)),
        "lines": lines,
        "replaces": grouped(one.replaces.code or "") if one.replaces else "",
        "issuer": said.issuer,
        "issued": _date(day(one.signed_at)),
        "reference": one.reference,
        "code": grouped(one.code or ""),
        "url": verify_url,
        "qr": qr_svg(verify_url),
    }


def _date(value: date) -> str:
    return f"{value.year} 年 {value.month} 月 {value.day} 日"


@cache
def _template() -> bytes:
    return (resources.files("kepu.appraisal") / "typst" / "contributions.typ").read_bytes()
