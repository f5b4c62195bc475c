from __future__ import annotations

import argparse
import ast
import re
import shlex
import socket
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from kepu.kernel.errors import BadInput
from kepu.web import shell
from kepu.web.commands import survey
from kepu.web.commands.run import readable_port
from kepu.web.speech import Parser, say

pytestmark = pytest.mark.slow

SOURCE = Path(shell.__file__).parents[2]
NAMES = [
    *("run", "demo", "dispatch", "survey", "import", "export", "audit", "credentials"),
    *("backup", "restore", "worker", "user", "check", "move", "bench"),
]


def test_help_names_every_command_with_a_line_each(capsys):
    with pytest.raises(SystemExit) as end:
        shell.main(["--help"])

    assert end.value.code == 0
    told = capsys.readouterr().out
    for name in NAMES:
        assert re.search(rf"\n    {name}\s", told)
        assert shell.COMMANDS[name].summary in " ".join(told.split())


@pytest.mark.parametrize("name", [name for name in NAMES if not shell.COMMANDS[name].passes_on])
def test_each_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as end:
        shell.main([name, "--help"])

    assert end.value.code == 0
    assert f"usage: kepu {name}" in capsys.readouterr().out


def helps(parser: argparse.ArgumentParser) -> list[str]:
    """Every word of help in the parser and in those below it."""
    found = [parser.description or ""]
    for action in parser._actions:
        found.append(action.help or "")
        if isinstance(action, argparse._SubParsersAction):
            found += [one.help or "" for one in action._choices_actions]
            for below in action.choices.values():
                found += [one.help or "" for one in below._actions]
    return [one for one in found if one and one != argparse.SUPPRESS]


@pytest.fixture
def terminal(monkeypatch):
    """Choose the language of the terminal."""

    def choose(language: str) -> None:
        monkeypatch.setenv("LANGUAGE", language)

    return choose


@pytest.mark.parametrize("name", NAMES)
def test_each_example_is_one_that_the_command_takes(name):
    for line in shell.load(name).EXAMPLE.splitlines():
        words = [word for word in shlex.split(line) if "=" not in word.split("-")[0]]
        assert words[:2] == ["kepu", name]
        if not shell.COMMANDS[name].passes_on:
            shell.parser(name).parse_args(words[1:])


@pytest.mark.parametrize("name", ["", *NAMES])
def test_help_is_chinese_on_a_chinese_terminal_and_english_elsewhere(name, terminal, capsys):
    words = [name, "--help"] if name else ["--help"]
    told = {}
    for language in ("zh_CN.UTF-8", "en_US.UTF-8"):
        terminal(language)
        with pytest.raises(SystemExit):
            shell.main(words)
        told[language] = capsys.readouterr().out

    assert "选项" in told["zh_CN.UTF-8"]
    assert "示例" in told["zh_CN.UTF-8"] or not name
    assert "examples" in told["en_US.UTF-8"] or not name
    if not name or not shell.COMMANDS[name].passes_on:
        terminal("zh_CN.UTF-8")
        english = [one for one in helps(shell.parser(name)) if one.isascii()]
        assert not english


@pytest.mark.parametrize("analysis", survey.ANALYSES)
def test_every_word_of_an_analysis_has_its_chinese_and_its_example_is_taken(analysis, terminal):
    terminal("zh_CN.UTF-8")
    parser = import_module(survey.ANALYSES[analysis][0]).parser(Parser)

    assert not [one for one in helps(parser) if one.isascii()]
    words = shlex.split(survey.EXAMPLES[analysis])
    assert words[:3] == ["kepu", "survey", analysis]
    parser.parse_args(words[3:])


def test_help_wakes_no_django():
    program = (
        "import sys; from kepu.web import shell\n"
        "try: shell.main(['--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit('django' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == 0


@pytest.mark.parametrize("words", [[], ["nonsense"], ["run", "--nonsense"], ["audit", "nonsense"]])
def test_bad_words_end_with_2_and_a_usage(words, capsys):
    with pytest.raises(SystemExit) as end:
        shell.main(words)

    assert end.value.code == 2
    assert "usage: kepu" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "0", "-1", "65536", "８０００", "http", "80 80"])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(BadInput, match="from 1 to 65535"):
        readable_port(text)


def test_a_taken_port_is_one_sentence(empty):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = empty("run", "--port", port)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        f"kepu: cannot serve on 127.0.0.1:{port} (Address already in use)"
    )
    assert done.stderr.count("\n") == 1


def test_a_data_folder_that_is_a_file_is_one_sentence(empty):
    empty.data.write_text("in the way")

    done = empty("audit", "head")

    assert done.returncode == 2
    assert done.stderr.startswith(f"kepu: the data folder {empty.data} cannot be written to")
    assert done.stderr.count("\n") == 1


def test_a_command_on_a_city_that_was_never_set_up_says_what_to_do(empty):
    done = empty("audit", "verify")

    assert done.returncode == 2
    assert "start `kepu run` once" in done.stderr


def test_dispatch_does_not_wake_django():
    program = (
        "import sys; from kepu.web import shell\n"
        "try: shell.main(['dispatch', '--help'])\n"
        "except (SystemExit, ImportError): pass\n"
        "sys.exit('django' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == 0


def test_an_account_is_added_given_a_password_and_a_role(kepu):
    assert kepu("user", "add", "zhang", "--name", "张示例").returncode == 0
    again = kepu("user", "add", "zhang", "--name", "张示例")
    weak = kepu("user", "password", "zhang", told="12345\n")
    strong = kepu("user", "password", "zhang", told="correct horse battery staple\n")
    role = kepu("user", "grant", "zhang", "nonsense", "50.")
    place = kepu("user", "grant", "zhang", "city_officer", "50.")

    assert (again.returncode, weak.returncode, role.returncode, place.returncode) == (2, 2, 2, 2)
    assert strong.returncode == 0
    assert "already" in again.stderr
    assert "there are: " in role.stderr
    assert "no division at '50.'" in place.stderr


def test_the_worker_works_once_and_seals(kepu):
    kepu("user", "add", "zhang", "--name", "张示例")

    done = kepu("worker", "--once")

    assert done.returncode == 0
    assert "1 audit entries sealed" in done.stdout
    assert kepu("audit", "head").stdout.startswith("audit head: 1 ")


def test_the_worker_ends_cleanly_when_told_to(kepu):
    program = (
        "import os, signal, threading\nfrom kepu.web import shell\n"
        "threading.Timer(2, os.kill, (os.getpid(), signal.SIGTERM)).start()\n"
        "print(shell.main(['worker']))"
    )
    process = kepu.python(program)

    assert process.communicate(timeout=60)[0].strip() == "0"
    assert process.returncode == 0


def test_check_says_ok_line_by_line_and_finds_an_open_key(kepu):
    fine = kepu("check")
    (kepu.data / "keys" / "session").chmod(0o644)
    open_key = kepu("check")

    assert fine.returncode == 0, fine.stdout
    assert "FAILED" not in fine.stdout
    assert open_key.returncode == 1
    assert "can be read by others" in open_key.stdout


def test_the_survey_shell_names_its_analyses_and_hands_the_rest_on(capsys, tmp_path):
    with pytest.raises(SystemExit) as end:
        shell.main(["survey", "guess"])
    answer = shell.main(["survey", "irt", str(tmp_path / "none.csv"), "--model", "2pl"])

    told = capsys.readouterr().err
    assert end.value.code == 2
    assert "irt" in told.splitlines()[1]
    assert answer == 2
    assert "none.csv" in told


PLACES = [SOURCE / "kepu" / "web" / "commands", SOURCE / "kepu" / "web"]


def said_in_english(path) -> list[str]:
    """What a module of the shell prints, asks or refuses in words that no catalogue knows."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", "")
        if name not in ("print", "input", "BadInput"):
            continue
        words = [
            part.value
            for part in getattr(node.args[0], "values", [node.args[0]])
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        found += [one for one in words if re.search(r"[a-z]{3}", one) and one.strip() != "kepu:"]
    return found


@pytest.mark.parametrize(
    "path",
    [path for place in PLACES for path in sorted(place.glob("*.py"))],
    ids=lambda path: path.stem,
)
def test_whatever_the_shell_says_is_said_in_the_readers_language(path):
    allowed = {"kepu: ", "kepu literacy "}  # before a sentence that is said elsewhere
    assert [one for one in said_in_english(path) if one not in allowed] == []


def test_results_refusals_and_headings_are_chinese_on_a_chinese_terminal(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    from kepu.web import demo, starting
    from kepu.web.commands import check, run

    with pytest.raises(BadInput, match="端口是 1 到 65535 的数字"):
        readable_port("²")
    assert say(run.TITLES[starting.DEMO]) == "演示城市"
    assert demo.accounts().startswith("演示账号，密码均为")
    assert "居民：点单、评价" in demo.accounts()
    assert all(re.search(r"[\u4e00-\u9fff]", say(one[3])) for one in demo.PEOPLE)
    assert all(re.search(r"[\u4e00-\u9fff]", say(title)) for title in check.CHECKS)


def test_what_is_said_names_its_values_in_either_language(monkeypatch):
    text = "there is no file %(path)s"
    for language, said in (("zh_CN", "没有文件 a%b.xlsx"), ("en", "there is no file a%b.xlsx")):
        monkeypatch.setenv("LANGUAGE", language)
        assert say(text, path="a%b.xlsx") == said
