"""The command `kepu`. Each subcommand lives in `commands/` and is loaded only when it is asked for."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from importlib import import_module

from kepu.kernel.errors import Refusal


@dataclass(frozen=True)
class Command:
    """A subcommand: its module in `commands/`, and its one line in `kepu --help`.

    One that `passes_on` reads its own arguments and help.
    """

    module: str
    summary: str
    passes_on: bool = False


COMMANDS = {
    "run": Command("run", "set up what is missing and serve the city"),
    "demo": Command("demo", "load the demo city"),
    "dispatch": Command("dispatch", "plan orders to teams from CSV files", passes_on=True),
    "import": Command("import_", "read a spreadsheet; changes nothing unless every row is right"),
    "export": Command("export", "write records as XLSX or CSV"),
    "audit": Command("audit", "verify, seal or show the head of the audit chain"),
    "backup": Command("backup", "write everything into one archive, also while Kepu runs"),
    "restore": Command("restore", "bring an archive back into an empty place"),
    "move": Command("move", "bring a city from SQLite to PostgreSQL"),
    "worker": Command("worker", "deliver facts and seal the audit (`run` starts one itself)"),
    "user": Command("user", "add a person, set a password, grant a role"),
    "bench": Command("bench", "simulate a working week of the whole city and measure it"),
    "check": Command("check", "look over this installation and say what is wrong"),
}

EPILOG = """\
settings from the environment, honoured by every command:
  DATA          folder of the database, files, keys and audit checkpoints (default: ./data)
  DATABASE_URL  postgresql://user:password@host/name; SQLite in DATA when unset
  PORT, HOST    where `run` serves (default: 8000 on 127.0.0.1)
  HOSTS         names the site answers to, separated by commas
  DURABLE=1     survive a power cut too, not only a kill; slower on SQLite
"""

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
    top = argparse.ArgumentParser(
        prog="kepu",
        description="Kepu runs a city's science-literacy programme as one loop.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        own = commands.add_parser(name, help=command.summary, description=about(command))
        if name == chosen:
            load(name).add_arguments(own)
            own.add_argument("--data", metavar="FOLDER", help="use this folder instead of DATA")
    return top


def about(command: Command) -> str:
    return f"{command.summary[0].upper()}{command.summary[1:]}."


def load(name: str):  # type: ignore[no-untyped-def]
    return import_module(f"kepu.web.commands.{COMMANDS[name].module}")


def place_data(options: argparse.Namespace) -> None:
    """Settings read DATA when Django starts, which is later than this."""
    if options.data:
        os.environ["DATA"] = options.data


if __name__ == "__main__":
    sys.exit(main())
