"""What the boards offer to those who serve more than one side."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db


def test_an_officer_of_two_departments_plans_for_each(loop):
    second = factories.organisation("示例教委")
    factories.grant(loop.officer, "department_officer", second)
    client = Client()
    client.force_login(loop.officer)

    page = client.get(reverse("department")).content.decode()

    for department in (loop.department, second):
        assert f'action="{reverse("make-plan", args=[department.pk])}"' in page
    assert page.count("示例教委") > 1
