"""A reviewer on a telephone loses nothing when the network goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from kepu.appraisal.models import Review, Score
from kepu.appraisal.states import ReviewState
from tests.factories import NOW
from tests.kepu.appraisal import review_world as world

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_points_typed_without_a_network_arrive_when_it_is_back(device):
    with time_machine.travel(NOW, tick=False):
        row, who = world.checked(world.call()), world.expert()
        review = world.at_work(row, who)
    Review.objects.update(due_at=timezone.now() + timedelta(days=9))
    telephone = device(who.person)
    page = telephone.new_page()
    page.goto(f"/appraisal/reviews/{review.pk}/")

    page.locator("#safety-points").fill("15.5")
    page.locator("#safety-comment").click()
    page.locator(
        "#row-safety .icon-check, #row-safety [data-icon=check], #row-safety .soft svg"
    ).wait_for()
    telephone.set_offline(True)
    page.locator("#education-points").fill("31")
    page.locator("#education-comment").fill("无网络时写下")
    page.locator("#safety-comment").click()
    page.wait_for_timeout(1500)
    assert list(Score.objects.values_list("criterion", "points")) == [("safety", 1550)]

    with page.expect_response("**/score/education/"):
        telephone.set_offline(False)
    page.wait_for_timeout(500)
    assert list(Score.objects.values_list("criterion", "points", "comment")) == [
        ("education", 3100, "无网络时写下"), ("safety", 1550, ""),
    ]  # fmt: skip

    page.locator("[name=comment][rows='4']").fill("总体良好")
    page.get_by_role("button", name="提交评审").click()
    page.wait_for_url("**/appraisal/reviews/")
    assert Review.objects.get().state == ReviewState.DONE
    assert (
        page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('kepu-draft'))") == []
    )
