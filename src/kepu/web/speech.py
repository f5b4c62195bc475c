"""The shell's own words, in the language of whoever types. Django stays asleep: `kepu --help` is quick."""

from __future__ import annotations

import argparse
import gettext
import os
from functools import cache
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).resolve().parent / "locale/zh_Hans/LC_MESSAGES/django.mo"


def n_(text: str) -> str:
    """Mark a text for the catalogue; it is said later, by `say`."""
    return text


def say(text: str, /, **values: object) -> str:
    """The text in Chinese where the terminal is Chinese (LANG=zh_CN.UTF-8), else as it stands; with the
    values in it that it names.
    """
    said = _catalogue(chinese()).gettext(text) if text else text
    return said % values if values else said


def chinese() -> bool:
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return chosen.lower().startswith("zh")


@cache
def _catalogue(wanted: bool) -> gettext.NullTranslations:
    if not wanted or not CATALOGUE.exists():
        return gettext.NullTranslations()
    with CATALOGUE.open("rb") as file:
        return gettext.GNUTranslations(file)


class Parser(argparse.ArgumentParser):
    """A parser that says its words in the reader's language and ends with an example."""

    def __init__(self, *args: Any, example: str = "", **options: Any) -> None:
        lines = [say(n_("examples")) + ":", *(f"  {one}" for one in example.splitlines())]
        options.setdefault("epilog", "\n".join(lines) if example else None)
        options |= {"add_help": False, "formatter_class": argparse.RawDescriptionHelpFormatter}
        super().__init__(*args, **options)
        self._positionals.title = say(n_("what to give"))
        self._optionals.title = say(n_("options"))
        self.description = say(self.description or "") or None
        self.add_argument("-h", "--help", action="help", help=n_("show this help and end"))

    def _add_action(self, action: Any) -> Any:
        """Also those of a group that excludes one another come here."""
        action.help = say(action.help) if action.help else action.help
        return super()._add_action(action)

    def add_subparsers(self, **options: Any) -> Any:
        options |= {"title": say(n_("commands")), "action": Commands}
        return super().add_subparsers(**_said(options))


class Commands(argparse._SubParsersAction):  # type: ignore[type-arg]
    """The commands below one, each with its line in the reader's language."""

    def add_parser(self, name: str, **options: Any) -> Any:
        return super().add_parser(name, **_said(options))


def _said(options: dict[str, Any]) -> dict[str, Any]:
    return {**options, "help": say(options["help"])} if options.get("help") else options
