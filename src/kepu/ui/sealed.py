"""What every page says that keeps sealed records on the device; its scripts ask for these by name."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def words() -> dict[str, str]:
    """Of the PIN, of the room on the device, and of what lies there alone; a script puts numbers in."""
    return {
        "read": _("I have read it"),
        "noRoom": _(
            "This device has no room left, so this was not kept. Nothing from before is lost: "
            "make room on the device, then do it again."
        ),
        "pinShort": _("Choose 6 to 12 figures."),
        "pinDiffers": _("The two PINs differ. Please type both again."),
        "pinWrong": _("This is not the PIN you chose. Please try again."),
        "discardWord": pgettext("typed to confirm", "DISCARD"),
        "lost": _("{n} records lie here that nobody else has. They would be gone for good."),
        "toList": _("Back"),
    }
