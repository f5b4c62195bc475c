"""The command `kepu`. Each subcommand lives in `commands/` and is loaded only when it is asked for."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from kepu.kernel.errors import Refusal
from kepu.web.speech import Parser, chinese, n_, say


@dataclass(frozen=True)
class Command:
    """A subcommand: its module in `commands/`, and its one line in `kepu --help`.

    One that `passes_on` reads its own arguments and help.
    """

    module: str
    summary: str
    passes_on: bool = False


COMMANDS = {
    "run": Command("run", n_("set up what is missing and serve the city")),
    "demo": Command("demo", n_("load the demo city")),
    "dispatch": Command("dispatch", n_("plan orders to teams from CSV files"), passes_on=True),
    "survey": Command("survey", n_("analyse a survey from CSV files"), passes_on=True),
    "literacy": Command(
        "literacy", n_("turn a literacy survey's answers into published tables"), passes_on=True
    ),
    "import": Command(
        "import_", n_("read a spreadsheet; changes nothing unless every row is right")
    ),
    "export": Command("export", n_("write records as XLSX or CSV")),
    "audit": Command("audit", n_("verify, seal or show the head of the audit chain")),
    "credentials": Command(
        "credentials", n_("verify a signed certificate without a network; keep the signing keys")
    ),
    "backup": Command("backup", n_("write everything into one archive, also while Kepu runs")),
    "restore": Command("restore", n_("bring an archive back into an empty place")),
    "move": Command("move", n_("bring a city from SQLite to PostgreSQL")),
    "worker": Command("worker", n_("deliver facts and seal the audit (`run` starts one itself)")),
    "user": Command("user", n_("add a person, set a password, grant a role")),
    "bench": Command("bench", n_("simulate a working week of the whole city and measure it")),
    "check": Command("check", n_("look over this installation and say what is wrong")),
}

EPILOG = n_(
    """\
settings from the environment, honoured by every command:
  DATA          folder of the database, files, keys and audit checkpoints (default: ./data)
  DATABASE_URL  postgresql://user:password@host/name; SQLite in DATA when unset
  PORT, HOST    where `run` serves (default: 8000 on 127.0.0.1)
  HOSTS         names the site answers to, separated by commas
  DURABLE=1     survive a power cut too, not only a kill; slower on SQLite

every command tells more, with an example: kepu COMMAND --help"""
)

FAILED, REFUSED, INTERRUPTED = 1, 2, 130


def main(arguments: list[str] | None = None) -> int:
    """Run one command; refusals and bad input are a sentence and exit code 2."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        return execute(given)
    except Refusal as refusal:
        print(f"kepu: {refusal.reason}", file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def execute(given: list[str]) -> int:
    if given and given[0] in COMMANDS and COMMANDS[given[0]].passes_on:
        return int(load(given[0]).main(given[1:]))
    chosen = next((word for word in given if not word.startswith("-")), "")
    options = parser(chosen).parse_args(given)
    place_data(options)
    return int(load(chosen).run(options))


def parser(chosen: str) -> argparse.ArgumentParser:
    """The whole parser; only the chosen command's own part is loaded."""
    top = Parser(
        prog="kepu",
        description=n_("Kepu runs a city's science-literacy programme as one loop."),
        epilog=say(EPILOG),
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        own = _own(commands, name, command, chosen)
        if name == chosen:
            load(name).add_arguments(own)
            own.add_argument("--data", metavar="FOLDER", help=n_("use this folder instead of DATA"))
    return top


def _own(commands: Any, name: str, command: Command, chosen: str) -> argparse.ArgumentParser:
    example = load(name).EXAMPLE if name == chosen else ""
    made: argparse.ArgumentParser = commands.add_parser(
        name, help=command.summary, description=about(command), example=example
    )
    return made


def about(command: Command) -> str:
    """The summary as a sentence; a full stop of the reader's language ends it."""
    summary = say(command.summary)
    return f"{summary[0].upper()}{summary[1:]}{'。' if chinese() else '.'}"


def load(name: str):  # type: ignore[no-untyped-def]
    return import_module(f"kepu.web.commands.{COMMANDS[name].module}")


def place_data(options: argparse.Namespace) -> None:
    """Settings read DATA when Django starts, which is later than this."""
    if options.data:
        os.environ["DATA"] = options.data


if __name__ == "__main__":
    sys.exit(main())
