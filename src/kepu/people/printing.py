"""Draw a certificate as PDF. The same row and address give the same bytes, today and next year."""

from __future__ import annotations

import io
import json
from datetime import date
from functools import cache
from importlib import resources

import segno

from kepu.kernel.clock import day
from kepu.people.models import Certificate
from kepu.people.queries.certificates import grouped


def certificate_pdf(certificate: Certificate, *, verify_url: str) -> bytes:
    """The certificate on one sheet of A4, with a QR code that leads to `verify_url`."""
    import typst  # asked late: web start-up does without it

    drawn = typst.compile(  # type: ignore[call-overload]
        _template(),
        font_paths=[_font_folder()],
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(_values(certificate, verify_url), ensure_ascii=False)},
        timestamp=int(certificate.issued_at.timestamp()),
        format="pdf",
    )
    return bytes(drawn)


def qr_svg(text: str) -> str:
    """A QR code as SVG, one path, without a declaration."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=0, xmldecl=False, svgclass=None)
    return out.getvalue().decode()


def _hours(minutes: int) -> str:
    """Hours to the minute, as a certificate has them in every language: 12 小时 30 分."""
    whole, rest = divmod(minutes, 60)
    return f"{whole:,} 小时" + (f" {rest} 分" if rest else "")


def _values(certificate: Certificate, verify_url: str) -> dict[str, object]:
    volunteer = certificate.person.volunteer
    return {
        "name": certificate.person.name,
        "number": volunteer.number,
        "hours": _hours(certificate.minutes),
        "services": certificate.services,
        "first": _date(certificate.first_on),
        "last": _date(certificate.last_on),
        "star": certificate.star,
        "issuer": certificate.issuer,
        "issued": _date(day(certificate.issued_at)),
        "code": grouped(certificate.code),
        "url": verify_url,
        "qr": qr_svg(verify_url),
    }


def _date(value: date) -> str:
    return f"{value.year} 年 {value.month} 月 {value.day} 日"


@cache
def _template() -> bytes:
    return (resources.files("kepu.people") / "typst" / "certificate.typ").read_bytes()


@cache
def _font_folder() -> str:
    return str(resources.files("noto_cjk_sans_otc"))
