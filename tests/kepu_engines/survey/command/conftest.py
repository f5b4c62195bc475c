"""Files for commands, and what they print."""

import csv
import io

import pytest


@pytest.fixture
def file(tmp_path):
    """Write columns, or lines, to a file and give its name."""

    def written(name, columns):
        rows = columns
        if isinstance(columns, dict):
            values = [list(map(str, column)) for column in columns.values()]
            rows = [",".join(columns), *(",".join(row) for row in zip(*values, strict=True))]
        place = tmp_path / name
        place.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return str(place)

    return written


@pytest.fixture
def rows(capsys):
    """Call a command that must succeed; the rows it printed."""

    def printed(main, *words):
        ended = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert ended == 0, err
        return list(csv.DictReader(io.StringIO(out)))

    return printed


@pytest.fixture
def refused(capsys, tmp_path):
    """Call a command that must refuse: nothing printed or written; its sentence."""

    def sentence(main, *words):
        before = sorted(tmp_path.iterdir())
        ended = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert (ended, out) == (2, "")
        assert sorted(tmp_path.iterdir()) == before
        return err

    return sentence
