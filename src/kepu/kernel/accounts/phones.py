"""Telephone numbers: one spelling inside, a masked one on screen."""

from __future__ import annotations

import phonenumbers
from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput

REGION = "CN"


def normalise(phone: str) -> str:
    """The number as +86..., full-width digits read too; raises BadInput when it is no Chinese number."""
    try:
        number = phonenumbers.parse(phone, REGION)
    except phonenumbers.NumberParseException:
        raise BadInput(_("this is not a telephone number")) from None
    if not phonenumbers.is_valid_number_for_region(number, REGION):
        raise BadInput(_("this is not a telephone number"))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(phone: str) -> bool:
    """Whether a normalised number can receive a short message."""
    kind = phonenumbers.number_type(phonenumbers.parse(phone, REGION))
    return kind in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


def mask(phone: str) -> str:
    """138****0001: enough to recognise one's own number, too little to call another's."""
    local = phone.removeprefix("+86")
    return f"{local[:3]}****{local[-4:]}" if len(local) > 7 else "****" if local else ""
