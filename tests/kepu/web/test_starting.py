"""What `kepu run` knows of the last start before it looks again."""

from __future__ import annotations

from kepu.web import starting


def test_a_city_is_as_it_was_until_another_database_or_demo_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert not starting.stood(True)

    starting.mark_standing(True)

    assert starting.stood(True)
    assert not starting.stood(False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://kepu@127.0.0.1/kepu")
    assert not starting.stood(True)


def test_a_migration_that_came_since_makes_it_look_first(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA", str(tmp_path))
    source = tmp_path / "kepu" / "web" / "starting.py"
    (tmp_path / "kepu" / "people" / "migrations").mkdir(parents=True)
    monkeypatch.setattr(starting, "__file__", str(source))
    starting.mark_standing(True)
    assert starting.stood(True)

    (tmp_path / "kepu" / "people" / "migrations" / "0002_more.py").touch()

    assert not starting.stood(True)
