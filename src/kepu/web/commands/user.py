"""`kepu user add | password | grant`: the first accounts of an installation, and a way back in."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys

from kepu.kernel.errors import BadInput
from kepu.web import starting
from kepu.web.speech import n_, say

EXAMPLE = """\
kepu user add zhang.example --name 张示例
kepu user password zhang.example
kepu user grant zhang.example security_administrator 50.
kepu user bind zhang.example 8f1c-example-subject"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    add = words.add_parser("add", help=n_("add a person who signs in"))
    add.add_argument("login")
    add.add_argument("--name", required=True, help=n_("the person's name"))
    password = words.add_parser(
        "password", help=n_("set a password (asked for, or read from a pipe)")
    )
    password.add_argument("login")
    grant = words.add_parser("grant", help=n_("give a role at a place"))
    grant.add_argument("login")
    grant.add_argument("role")
    grant.add_argument("path", help=n_("a division's path, such as 50. or 50.103."))
    bind = words.add_parser("bind", help=n_("say who somebody is at the city's own sign-in (OIDC)"))
    bind.add_argument("login")
    bind.add_argument(
        "subject", help=n_("the `sub` the provider gives them; empty ends the binding")
    )


def run(options: argparse.Namespace) -> int:
    starting.start_city()
    return {"add": add, "password": password, "grant": grant, "bind": bind}[options.what](options)


def add(options: argparse.Namespace) -> int:
    from kepu.kernel import clock
    from kepu.web import actions

    word = secrets.token_urlsafe(12)
    actions.add_account(options.login, name=options.name, password=word, by=None, now=clock.now())
    print(
        say(n_("%(login)s may sign in with the password %(word)s"), login=options.login, word=word)
    )
    return 0


def password(options: argparse.Namespace) -> int:
    from kepu.kernel import clock
    from kepu.web import actions

    actions.set_password(options.login, password=asked(), by=None, now=clock.now())
    print(say(n_("%(login)s has a new password"), login=options.login))
    return 0


def asked() -> str:
    """Typed twice on a terminal, or one line from a pipe; never an argument that `ps` would show."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass(say(n_("new password")) + ": ")
    if first != getpass.getpass(say(n_("once more")) + ": "):
        raise BadInput(say(n_("the two were not the same; nothing was changed")))
    return first


def grant(options: argparse.Namespace) -> int:
    from kepu.kernel import clock
    from kepu.web import actions

    actions.grant_role(options.login, options.role, options.path, by=None, now=clock.now())
    said = say(n_("%(login)s is %(role)s at %(path)s"))
    print(said % {"login": options.login, "role": options.role, "path": options.path})
    return 0


def bind(options: argparse.Namespace) -> int:
    from kepu.kernel import clock
    from kepu.kernel.accounts import actions, oidc
    from kepu.web.actions import known_login

    whom = oidc.provider()
    if whom is None:
        raise BadInput(say(n_("no sign-in of the city is set up: OIDC_ISSUER is empty")))
    person, now = known_login(options.login), clock.now()
    if options.subject:
        actions.bind_identity(person, issuer=whom.issuer, subject=options.subject, by=None, now=now)
        print(
            say(
                n_("%(login)s signs in through %(issuer)s"), login=options.login, issuer=whom.issuer
            )
        )
    else:
        ended = actions.end_identity(person, issuer=whom.issuer, by=None, now=now)
        print(say(n_("%(ended)s bindings of %(login)s ended"), ended=ended, login=options.login))
    return 0
