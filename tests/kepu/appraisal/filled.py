"""What a browser would send of the form on a page, as it stands."""

from __future__ import annotations

from html.parser import HTMLParser


class Filled(HTMLParser):
    """Names and values of the last form of class `form`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._inside = False
        self._select, self._area = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = "form" in (given.get("class") or "").split()
            self.sent = {} if self._inside else self.sent
        if not self._inside:
            return
        name = given.get("name") or ""
        if tag == "input" and name and "disabled" not in given:
            ticked = given.get("type") in ("checkbox", "radio")
            if not ticked or "checked" in given:
                self._add(name, given.get("value") or ("on" if ticked else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self._add(self._select, given.get("value") or "")
        elif tag == "textarea":
            self._area = name
            self._add(name, "")

    def handle_endtag(self, tag: str) -> None:
        self._inside &= tag != "form"
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area][-1] += data

    def _add(self, name: str, value: str) -> None:
        self.sent.setdefault(name, []).append(value)


def filled(page: str) -> dict[str, list[str]]:
    """Name to values of the form on the page; the line break after <textarea> is no part of it."""
    return {
        name: [one.removeprefix("\r\n").removeprefix("\n") for one in values]
        for name, values in Filled(page).sent.items()
    }
