"""`kepu run`: set up what is missing, then serve with a worker beside it until told to stop."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import time

from kepu.kernel.errors import BadInput
from kepu.web import serving, starting, unfinished
from kepu.web.children import Children
from kepu.web.progress import Progress
from kepu.web.speech import n_, say

EXAMPLE = """\
kepu run --port 9000
DATA=/srv/kepu HOSTS=kepu.example.org HTTPS=1 BEHIND_PROXY=1 kepu run"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--demo", action="store_true", help=n_("load the demo city when it is not there")
    )
    parser.add_argument(
        "--port", default=os.environ.get("PORT") or "8000", help=n_("default: PORT, or 8000")
    )
    parser.add_argument(
        "--host",
        default=os.environ.get("HOST") or "127.0.0.1",
        help=n_("default: HOST, or 127.0.0.1"),
    )


def run(options: argparse.Namespace) -> int:
    port = readable_port(options.port)
    need_free(options.host, port)
    os.environ["DATA"] = str(starting.data())  # the children see the same folder
    if options.demo:
        make_easy_to_try()
    print(say(n_("Kepu is starting ...")), flush=True)
    starting.need_place()
    with Children() as children:
        early = starting.stood(options.demo) and not unfinished.stands()
        if early:
            children.keep("web", serving.command(options.host, port))
        starting.start_django()
        begin_anew(options.demo)
        needed = set_up_is_needed(options.demo)
        if needed:
            starting.put_up_notice()  # before anybody can be answered
        if not early:
            children.keep("web", serving.command(options.host, port))
        if needed and not set_up(options.demo, children):
            return 0
        starting.mark_standing(options.demo)
        children.wait_until(lambda: answers(options.host, port))
        announce(options.host, port, options.demo)
        # only now: it takes a processor as long to load as the server
        children.keep("worker", [sys.executable, "-m", "kepu.web.shell", "worker"])
        children.watch()
    print(say(n_("Kepu has stopped.")), flush=True)
    return 0


def make_easy_to_try() -> None:
    """In a demo city nobody has a telephone or a second factor; what is set already stays."""
    os.environ.setdefault("REQUIRE_SECOND_FACTOR", "offered")
    os.environ.setdefault("SHOW_SIGN_IN_CODES", "1")


def begin_anew(demo: bool) -> None:
    """Half a demo city is emptied first; where no demo was asked for, that is said and nothing done."""
    if not unfinished.stands():
        return
    if not demo:
        unfinished.need_finished()
    unfinished.clear()


def set_up_is_needed(demo: bool) -> bool:
    if starting.waiting_migrations() or starting.notice().exists():
        return True
    return bool(starting.missing_parts(demo))


def set_up(demo: bool, children: Children) -> bool:
    """Build what is missing while visitors see how far it is; False when told to stop meanwhile."""
    progress = Progress(also=starting.tell_visitors)
    print(say(n_("  tables ...")), flush=True)
    starting.migrate(progress)
    for name in starting.missing_parts(demo):
        if children.stopping:
            return False
        began = time.monotonic()
        title = say(TITLES[name])
        print(f"  {title} ...", flush=True)
        starting.part(name, "build")(progress)
        progress.finish()
        print(
            say(
                n_("  %(part)s: done in %(seconds)s s"),
                part=title,
                seconds=f"{time.monotonic() - began:.0f}",
            ),
            flush=True,
        )
    starting.take_down_notice()
    return not children.stopping


TITLES = {
    starting.FRAME: n_("divisions of Chongqing and Sichuan"),
    starting.DEMO: n_("the demo city"),
}


def readable_port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise BadInput(say(n_("a port is a number from 1 to 65535, not %(text)s"), text=repr(text)))
    return int(text)


def need_free(host: str, port: int) -> None:
    """Raises BadInput when somebody listens there already, or nobody may."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise BadInput(
            say(
                n_(
                    "cannot serve on %(host)s:%(port)s (%(strerror)s); choose another with "
                    "PORT=... or --port"
                ),
                host=host,
                port=port,
                strerror=error.strerror,
            )
        ) from None


def answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((reachable(host), port), timeout=1):
            return True
    except OSError:
        return False


def reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)


def announce(host: str, port: int, demo: bool) -> None:
    name = f"[{reachable(host)}]" if ":" in host else reachable(host)
    print(
        say(n_("\nKepu is at http://%(name)s:%(port)s  (stop with Ctrl-C)"), name=name, port=port),
        flush=True,
    )
    if demo and starting.shipped(starting.DEMO):
        print(f"\n{starting.part(starting.DEMO, 'accounts')()}\n", flush=True)
