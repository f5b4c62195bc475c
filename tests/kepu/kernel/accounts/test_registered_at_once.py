"""One telephone is one person's, also when two hands register it at the same moment."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from kepu.kernel.accounts import actions
from kepu.kernel.accounts.actions import Consenting
from kepu.kernel.accounts.models import Consent, Personal, User
from tests.factories import NOW, division

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_telephone_registered_twice_at_once_becomes_one_person_found_by_both():
    home, start, found = division(), threading.Barrier(4), []

    def register() -> None:
        start.wait()
        try:
            found.append(actions.register(
                Personal(name="张示例", phone="13800000001"), home=home, by=None, now=NOW,
                consent=Consenting("2026-11"),
            ))  # fmt: skip
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert User.objects.count() == 1
    assert Consent.objects.count() == 1
    assert [person for person in found if person != User.objects.get()] == []
