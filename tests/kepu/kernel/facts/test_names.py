"""Whoever keeps Kepu running reads what waits in words, not in names of the code."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kepu.kernel.facts import names, registry
from kepu.kernel.facts.catalogue import FACTS
from kepu.kernel.facts.models import Delivery, DeliveryState, Happening
from tests import factories


def test_every_fact_of_the_catalogue_has_a_name_and_no_name_is_left_over():
    assert set(names.FACTS) == set(FACTS)


def test_every_listener_and_duty_of_the_rooms_is_called_something():
    of_rooms = [name for name in registry.names() if name.startswith("kepu.")]

    assert of_rooms
    assert [name for name in of_rooms if not registry.called(name)] == []


def test_all_names_are_chinese_on_a_chinese_page():
    with translation.override("zh-hans"):
        said = [names.of_fact(name) for name in FACTS]
        said += [names.of_listener(one) for one in registry.names() if one.startswith("kepu.")]

    assert [words for words in said if re.search("[A-Za-z]", words)] == []


@pytest.mark.django_db
def test_dead_letters_are_told_in_words_and_one_of_a_listener_that_is_gone_by_its_name():
    fact = Happening.objects.create(name="OrderMoved", at=factories.NOW, data={})
    for listener in ("kepu.orders.listeners.tell_whom_it_concerns", "kepu.old.listeners.gone"):
        Delivery.objects.create(
            fact=fact, listener=listener, due_at=factories.NOW, state=DeliveryState.DEAD, attempts=8
        )
    browser = Client(headers={"accept-language": "zh-CN"})
    browser.force_login(factories.officer("system_administrator", "50."))

    page = browser.get(reverse("deliveries")).content.decode()

    assert "订单有了进展" in page
    assert "告知与这一步有关的人" in page
    assert "kepu.old.listeners.gone" in page
    assert ">8 次<" in page
