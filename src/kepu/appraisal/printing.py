"""Draw the certificate of a title as PDF. The same title and address give the same bytes, next year too."""

from __future__ import annotations

import io
import json
from datetime import date
from functools import cache
from importlib import resources

import segno

from kepu.appraisal import issuing
from kepu.appraisal.models import Title, TitleStep
from kepu.appraisal.queries import terms
from kepu.appraisal.queries import titles as queries
from kepu.kernel.clock import day

REVIEWED, RECOGNISED = "经申报、评审、公示并决定", "依据称号互认的决定"


def certificate_pdf(title: Title, *, verify_url: str) -> bytes:
    """The certificate of the level that holds now, on one sheet of A4, with a QR code of `verify_url`."""
    import typst  # asked late: web start-up does without it

    step = terms.levelled(title)
    drawn = typst.compile(  # type: ignore[call-overload]
        _template(),
        font_paths=[font_folder()],
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(_values(title, step, verify_url), ensure_ascii=False)},
        timestamp=int(step.at.timestamp()),
        format="pdf",
    )
    return bytes(drawn)


def qr_svg(text: str) -> str:
    """A QR code as SVG, one path, without a declaration."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=0, xmldecl=False, svgclass=None)
    return out.getvalue().decode()


def _values(title: Title, step: TitleStep, verify_url: str) -> dict[str, object]:
    programme, said = queries.programme_of(title), issuing.as_of(title.issuing_version)
    level = queries.level(programme, step.grade)
    klass = queries.klass(programme, title.klass)
    return {
        "holder": queries.full_name(title),
        "programme": programme.title,
        "level": level.title if level else "",
        "class": klass.title if klass else "",
        "opening": RECOGNISED if title.recognises_id else REVIEWED,
        "term": _term(title),
        "issuer": said.issuer,
        "issued": _date(day(step.at)),
        "closing": said.closing,
        "number": title.number,
        "reference": step.reference,
        "url": verify_url,
        "qr": qr_svg(verify_url),
    }


def _term(title: Title) -> str:
    if title.until is None:
        return f"自 {_date(title.since)} 起有效。"
    return f"有效期自 {_date(title.since)} 至 {_date(title.until)}。"


def _date(value: date) -> str:
    return f"{value.year} 年 {value.month} 月 {value.day} 日"


@cache
def _template() -> bytes:
    return (resources.files("kepu.appraisal") / "typst" / "title.typ").read_bytes()


@cache
def font_folder() -> str:
    return str(resources.files("noto_cjk_sans_otc"))
