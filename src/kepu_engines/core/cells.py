"""Cells of tables that people open in a spreadsheet."""

from typing import Any

SIGNS = "=+-@＝＋－＠"  # a spreadsheet takes a cell that begins so for a formula, some after a space too


def disarmed(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it; all else as it is."""
    return f"'{value}" if isinstance(value, str) and live(value) else value


def live(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula."""
    begins = text.lstrip()[:1]
    return text[:1] in ("\t", "\r", "\n") or (begins != "" and begins in SIGNS)
