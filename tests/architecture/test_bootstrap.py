"""Which way to a private environment is taken, on a Python with or without what Debian leaves out of it."""

from __future__ import annotations

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tools import bootstrap

WHEEL = f"pip-{bootstrap.PIP_VERSION}-py3-none-any.whl"


@pytest.fixture
def ran(monkeypatch, tmp_path):
    """The commands that would be run; nobody has uv, and pip is told of no index."""
    commands = []
    monkeypatch.setattr(bootstrap, "run", lambda words: commands.append([str(w) for w in words]))
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / "venv")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(bootstrap.Path, "home", lambda: tmp_path)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.delenv("PIP_WHEEL", raising=False)
    monkeypatch.setattr(bootstrap, "configured_index", lambda: "")
    (tmp_path / "venv").mkdir()
    return commands


def only(monkeypatch, *modules: str) -> None:
    monkeypatch.setattr(bootstrap, "has", lambda name: name in modules)


def test_uv_makes_it_where_it_is_there(ran, monkeypatch):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: "/somewhere/uv")

    bootstrap.make_environment()

    assert [words[:2] for words in ran] == [["uv", "venv"]]


def test_a_whole_python_makes_its_own(ran, monkeypatch):
    only(monkeypatch, "ensurepip", "pip")

    bootstrap.make_environment()

    assert [words[1:-1] for words in ran] == [["-m", "venv", "--clear"]]


def test_without_ensurepip_the_pip_of_this_python_brings_another(ran, monkeypatch):
    only(monkeypatch, "pip")

    bootstrap.make_environment()

    made, brought = ran
    assert "--without-pip" in made
    assert brought[1:4] == ["-m", "pip", "--python"]
    assert brought[-1] == f"pip=={bootstrap.PIP_VERSION}"


def test_without_any_pip_or_index_it_is_said_what_to_do_and_nothing_is_made(ran, monkeypatch):
    only(monkeypatch)

    with pytest.raises(bootstrap.SetupError, match=r"(?s)python3-venv.*PIP_INDEX_URL"):
        bootstrap.make_environment()

    assert ran == []


def test_the_index_is_the_one_that_pip_was_told_of(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap.Path, "home", lambda: tmp_path)
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = http://packages.example.org/%7Esimple/\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))

    assert bootstrap.configured_index() == "http://packages.example.org/%7Esimple/"

    monkeypatch.setenv("PIP_INDEX_URL", "http://other.example.org/simple")
    assert bootstrap.configured_index() == "http://other.example.org/simple"


@pytest.fixture
def index(tmp_path):
    """A package index on this machine, with a wheel of the right name."""
    page = tmp_path / "simple" / "pip"
    page.mkdir(parents=True)
    (tmp_path / WHEEL).write_bytes(b"a wheel")
    links = (
        f'<a href="../../pip-1.0-py3-none-any.whl">old</a><a href="../../{WHEEL}#sha256=0">new</a>'
    )
    (page / "index.html").write_text(links)

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    server.server_close()


def test_a_wheel_of_the_index_is_fetched_and_installs_itself(ran, monkeypatch, index):
    only(monkeypatch)
    monkeypatch.setattr(bootstrap, "configured_index", lambda: index)
    monkeypatch.setattr(bootstrap, "PIP_DIGEST", hashlib.sha256(b"a wheel").hexdigest())

    bootstrap.make_environment()

    made, brought = ran
    assert "--without-pip" in made
    assert brought[1].endswith(f"{WHEEL}/pip")
    assert brought[2:4] == ["install", "--no-index"]
    assert list(bootstrap.VENV.iterdir()) == []


def test_a_wheel_that_is_not_the_one_is_not_run(ran, monkeypatch, index):
    only(monkeypatch)
    monkeypatch.setattr(bootstrap, "configured_index", lambda: index)

    with pytest.raises(bootstrap.SetupError, match="is not the file it should be"):
        bootstrap.make_environment()

    assert len(ran) == 1
    assert list(bootstrap.VENV.iterdir()) == []


def test_an_older_python_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))

    with pytest.raises(bootstrap.SetupError, match=r"3\.11 or newer.*is 3\.9\.2"):
        bootstrap.check_python()


@pytest.fixture
def stamps(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "STAMPS", tmp_path / "stamps")
    return tmp_path


def test_a_step_is_done_again_when_what_it_depends_on_or_what_it_made_has_changed(stamps):
    source, made, done = stamps / "source", stamps / "made", []

    def work() -> None:
        made.touch()
        done.append(source.read_text())

    for text in ("one", "one", "two"):
        source.write_text(text)
        bootstrap.step("a step", [source], work, needs=made)
    made.unlink()
    bootstrap.step("a step", [source], work, needs=made)

    assert done == ["one", "two", "two"]


def test_a_step_that_failed_is_not_taken_for_done(stamps):
    (stamps / "source").touch()

    def fails() -> None:
        raise bootstrap.SetupError("no")

    with pytest.raises(bootstrap.SetupError):
        bootstrap.step("a step", [stamps / "source"], fails)

    done = []
    bootstrap.step("a step", [stamps / "source"], lambda: done.append(1))
    assert done == [1]


def test_a_wheel_that_is_here_installs_itself_without_a_network(ran, monkeypatch, tmp_path):
    only(monkeypatch)
    wheel = tmp_path / WHEEL
    wheel.write_bytes(b"a wheel")
    monkeypatch.setenv("PIP_WHEEL", str(wheel))
    monkeypatch.setattr(bootstrap, "PIP_DIGEST", hashlib.sha256(b"a wheel").hexdigest())

    bootstrap.make_environment()

    made, brought = ran
    assert "--without-pip" in made
    assert brought[1].endswith(f"{WHEEL}/pip")
    assert wheel.exists()


@pytest.mark.parametrize(
    ("content", "said"), [(b"another", "is not pip-"), (None, "cannot be read")]
)
def test_a_told_wheel_that_is_not_the_one_is_named_before_anything_is_made(
    ran, monkeypatch, tmp_path, content, said
):
    only(monkeypatch)
    wheel = tmp_path / WHEEL
    if content is not None:
        wheel.write_bytes(content)
    monkeypatch.setenv("PIP_WHEEL", str(wheel))

    with pytest.raises(bootstrap.SetupError, match=said):
        bootstrap.make_environment()

    assert ran == []


@pytest.mark.parametrize("way", ["apt install python3-venv", "PIP_INDEX_URL=", "PIP_WHEEL=", "uv"])
def test_each_way_out_is_said_as_it_is_typed(ran, monkeypatch, way):
    only(monkeypatch)

    with pytest.raises(bootstrap.SetupError) as refused:
        bootstrap.make_environment()

    assert way in str(refused.value)


def test_how_far_npm_is_stands_in_the_folder_it_fills(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "FRONTEND", tmp_path)
    lock = {"packages": {
        "": {}, "node_modules/a": {}, "node_modules/a/node_modules/b": {},
        "node_modules/of-one-system": {"optional": True},
    }}  # fmt: skip
    wanted = bootstrap.locked_here(lock)
    shares = [bootstrap.unpacked(wanted)]
    for folder in wanted:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "package.json").write_text("{}")
        shares.append(bootstrap.unpacked(wanted))

    assert shares == [0, 0.5, 1]


def test_how_far_the_builds_are_is_read_off_what_vite_says():
    first = [
        "vite v7 building for production...\n",
        "transforming...\n",
        "✓ 14 modules transformed.\n",
    ]
    whole = [*first, "rendering chunks...\n", "computing gzip size...\n", "✓ built in 3.1s\n"]

    shares = [bootstrap.built(0, 3, said) for said in ([], first, whole)]
    shares += [bootstrap.built(2, 3, whole)]

    assert shares == [0, pytest.approx(1 / 6), pytest.approx(1 / 3), 1]


def test_two_halves_of_a_lock_hold_each_package_once_with_its_digests(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    lock = bootstrap.ROOT / "requirements" / "run.lock"

    halves = [path.read_text() for path in bootstrap.halves(lock)]

    whole = lock.read_text()
    assert sorted("".join(halves).splitlines()) == sorted(whole.splitlines())
    named = [[line for line in half.splitlines() if line[0] != " "] for half in halves]
    assert abs(len(named[0]) - len(named[1])) <= 1
    for half, packages in zip(halves, named, strict=True):
        assert all("==" in package and package.endswith("\\") for package in packages)
        assert half.count("\\\n") == half.count("    --hash")


def test_of_commands_side_by_side_each_is_waited_for_and_the_one_that_failed_is_named(capfd):
    python = bootstrap.sys.executable
    good = [python, "-c", "print('all is well')"]
    bad = [python, "-c", "import sys; print('what went wrong'); sys.exit(3)"]

    bootstrap.run_together([good, good])
    with pytest.raises(bootstrap.SetupError, match="this did not work"):
        bootstrap.run_together([good, bad])

    assert "what went wrong" in capfd.readouterr().err


def test_sources_are_compiled_though_python_was_told_to_write_no_bytecode(monkeypatch, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "one.py").write_text("x = 1\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", bootstrap.Path(bootstrap.sys.prefix))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    bootstrap.compile_sources()

    assert len(list((tmp_path / "src" / "__pycache__").glob("one.*.pyc"))) == 1
