from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from kepu.kernel.audit import actions as audit
from kepu.kernel.audit import chain
from kepu.kernel.audit.models import Entry
from tests.factories import NOW, officer, user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_checkpoints(settings, tmp_path):
    settings.DATA = tmp_path


def entries(count: int = 5) -> None:
    person = user()
    for number in range(count):
        audit.record(person, "order.claim", person, now=NOW, number=number)


def test_an_untouched_chain_is_sound_and_counts_what_is_not_sealed_yet():
    entries(5)
    chain.seal(NOW)
    entries(2)

    verdict = chain.verify()

    assert verdict.sound
    assert (verdict.sealed, verdict.unsealed) == (5, 2)


def test_sealing_twice_goes_on_from_the_head():
    entries(3)
    chain.seal(NOW)
    first = chain.head()
    entries(2)
    chain.seal(NOW)

    assert Entry.objects.get(seq=4).previous == first[1]
    assert chain.verify().sound


def test_sealing_ends_though_a_busy_city_writes_on(monkeypatch):
    """Else a backup, which seals first, would wait until everybody has gone home."""
    seal = chain._seal_batch

    def while_somebody_writes() -> int:
        sealed = seal()
        entries(1)
        return sealed

    monkeypatch.setattr(chain, "_seal_batch", while_somebody_writes)
    entries(5)

    assert chain.seal(NOW) == 5

    verdict = chain.verify()
    assert (verdict.sound, verdict.sealed, verdict.unsealed) == (True, 5, 1)


@pytest.mark.parametrize("field", ["actor", "verb", "object_id", "for_whom", "path"])
def test_a_changed_entry_is_found(field):
    entries(5)
    chain.seal(NOW)
    Entry.objects.filter(seq=3).update(**{field: "other"})

    assert "entry 3 was changed" in chain.verify().faults


def test_a_missing_entry_is_found():
    entries(5)
    chain.seal(NOW)
    Entry.objects.filter(seq=3).delete()

    assert "entries 3 to 3 are missing" in chain.verify().faults


def test_an_inserted_entry_is_found():
    entries(5)
    chain.seal(NOW)
    last = Entry.objects.get(seq=5)
    Entry.objects.filter(seq=5).update(seq=6)
    last.pk = None
    last.seq, last.actor = 5, "p-forged"
    last.digest = chain.digest(last)
    last.save(force_insert=True)

    assert any("6" in fault for fault in chain.verify().faults)


def test_a_cut_tail_is_found_by_the_checkpoint_outside():
    entries(5)
    chain.seal(NOW)
    Entry.objects.filter(seq__gte=4).delete()

    assert "the tail is cut: checkpoint at 5, chain ends at 3" in chain.verify().faults


def test_a_rewritten_chain_differs_from_its_signed_checkpoint():
    entries(3)
    chain.seal(NOW)
    Entry.objects.filter(seq=1).update(actor="p-forged")
    Entry.objects.update(seq=None, previous="", digest="")
    chain._seal_batch()

    assert "entry 3 differs from its signed checkpoint" in chain.verify().faults


def test_a_forged_checkpoint_is_found():
    entries(3)
    chain.seal(NOW)
    path = chain.checkpoint_file()
    mark = json.loads(path.read_text())
    path.write_text(json.dumps({**mark, "digest": "0" * 64}) + "\n")

    assert "the checkpoint at 3 has a false signature" in chain.verify().faults


def test_checkpoints_that_were_all_thrown_away_are_missed():
    entries(5)
    chain.seal(NOW)
    chain.checkpoint_file().unlink()

    assert "no signed checkpoint is left, though 5 entries are sealed" in chain.verify().faults


@pytest.mark.parametrize("change", [{"seq": "5"}, {"signature": 5}, {"at": 5}])
def test_a_checkpoint_of_the_wrong_kind_is_named_and_breaks_nothing(change):
    entries(5)
    chain.seal(NOW)
    path = chain.checkpoint_file()
    path.write_text(json.dumps(json.loads(path.read_text()) | change) + "\n")

    assert "line 1 of the checkpoints cannot be read" in chain.verify().faults


def test_checkpoints_are_thinned_to_one_an_hour_and_still_find_a_cut_tail(monkeypatch):
    begin = NOW - timedelta(days=3)
    person = user()
    for number in range(12):
        at = begin + timedelta(minutes=20 * number)
        audit.record(person, "order.place", person, now=at)
        chain.seal(at)
    monkeypatch.setattr(chain, "LARGEST", 0)

    audit.record(person, "order.place", person, now=NOW)
    chain.seal(NOW)

    assert chain.checkpoint_file().read_text().count("\n") < 12
    assert chain.verify().sound
    Entry.objects.filter(seq__gte=12).delete()
    assert any("the tail is cut" in fault for fault in chain.verify().faults)


def test_thinning_keeps_lines_that_cannot_be_read_for_verification_to_name(monkeypatch):
    chain.checkpoint_file().parent.mkdir(parents=True, exist_ok=True)
    with chain.checkpoint_file().open("a") as file:
        file.write("not a checkpoint\n")
    monkeypatch.setattr(chain, "LARGEST", 0)
    person = user()
    audit.record(person, "order.place", person, now=NOW)
    chain.seal(NOW)

    assert any("cannot be read" in fault for fault in chain.verify().faults)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_out_of_our_time_is_said_to_be_one(client, day):
    client.force_login(officer("audit_administrator", "50."))

    assert client.get(reverse("audit"), {"day": day}).status_code == 422
