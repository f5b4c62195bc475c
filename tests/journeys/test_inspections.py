"""An inspection where there is no network: nothing is lost, nothing read by others, nothing comes twice."""

from __future__ import annotations

import pytest
from PIL import Image

from kepu.appraisal.models import Finding, InspectionEvent, InspectionPhoto, Inspector
from kepu.appraisal.rules import inspections as rules
from kepu.kernel import clock
from tests.journeys.test_interviews import STORED, choose, unlocked
from tests.journeys.test_interviews import close as shut
from tests.journeys.test_interviews import telephone as telephone
from tests.journeys.test_offline import KEPT, say_online, wait_for
from tests.kepu.appraisal import inspection_world as world

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PIN = "246813"
PHOTOS = STORED.replace("['papers', 'notes', 'vaults']", "['photos', 'notes', 'vaults']").replace(
    "papers: JSON.stringify(papers)", "photos: papers.length, papers: JSON.stringify(papers)"
)


@pytest.fixture
def made(tmp_path, settings):
    settings.DATA = tmp_path / "data"
    return world.ordered(now=clock.now())


@pytest.fixture
def by(made):
    return made.inspectors.select_related("person").first().person


@pytest.fixture
def snapshot(tmp_path):
    path = tmp_path / "现场.jpg"
    picture = Image.new("RGB", (3000, 2000), "#0b6e6e")
    exif = picture.getexif()
    exif[0x010F] = "SecretCamera"
    picture.save(path, exif=exif)
    return path


def entered(context):
    """The page, with a PIN chosen, checklists laid down, and kept for when there is no network."""
    page = context.new_page()
    page.goto("/inspections/")
    page.fill("#pin-new", PIN)
    page.fill("#pin-again", PIN)
    page.click("[data-pin=set] .button-main")
    page.wait_for_selector(".doorstep-line")
    wanted = ["/inspections/", "/static/kepu/inspections.js", "/static/kepu/inspections.css"]
    wait_for(page, lambda: page.evaluate(KEPT, wanted))
    page.wait_for_selector("[data-works]:not([hidden])")
    return page


def begin(page) -> None:
    page.locator(".doorstep-line").first.click()
    choose(page, "开始，不记位置")
    page.wait_for_selector(".check-item")


def item(page, title: str):
    return page.locator(".check-item", has_text=title)


def fill_in(page, area: str = "1200") -> None:
    item(page, "疏散通道畅通").get_by_role("button", name="是", exact=True).click()
    item(page, "实测面积").locator("input").first.fill(area)
    item(page, "导览标识").get_by_role("button", name="齐全").click()
    wait_for(page, lambda: "已记3项" in page.text_content(".doorstep-summary"))


def photograph(page, snapshot) -> None:
    item(page, "疏散通道畅通").locator("input[type=file]").set_input_files(snapshot)
    item(page, "疏散通道畅通").locator("img").wait_for()


def sign(page) -> None:
    choose(page, "总结并签名")
    page.fill("#sum-opinion", "总体良好")
    page.fill("#sum-venue_words", "西门在修")
    page.get_by_role("button", name="签名", exact=True).click()
    page.wait_for_selector("text=有网络时自动送出")


def at_once(page) -> None:
    """Do not wait for the half minute after which the page sends by itself."""
    page.wait_for_timeout(500)
    say_online(page)


def sent(page) -> bool:
    left = page.evaluate(PHOTOS)
    return page.text_content("[data-queue]") == "" and left["left"] == 0 and left["photos"] == 0


def test_an_inspection_is_made_without_a_network_over_two_days_and_sent_once(
    device, made, by, snapshot
):
    phone = device(by)
    page = entered(phone)
    phone.set_offline(True)
    page.reload()
    begin(page)
    fill_in(page)
    page.close()

    page = phone.new_page()
    page.goto("/inspections/")
    page.locator(".doorstep-line").first.click()
    assert item(page, "实测面积").locator("input").first.input_value() == "1200"
    photograph(page, snapshot)
    held = page.evaluate(PHOTOS)
    for secret in ("1200", "齐全", "exits", "秘密馆示例"):
        assert secret not in held["notes"]
    sign(page)
    assert not InspectionEvent.objects.exists()

    phone.set_offline(False)
    say_online(page)
    wait_for(page, lambda: sent(page))
    page.reload()
    page.wait_for_selector(".doorstep-line:has-text('已签名')")
    say_online(page)
    page.wait_for_timeout(500)

    row = Inspector.objects.get(inspection=made, person=by)
    assert (row.opinion, row.venue_words) == ("总体良好", "西门在修")
    found = {one.item: one.value for one in Finding.objects.filter(inspector=row)}
    assert found == {"exits": True, "area": 1200, "signs": "齐全"}
    photo = InspectionPhoto.objects.select_related("file").get()
    assert photo.file.size < 400_000
    # The beginning, three notes, a photograph, the signature: none of them twice.
    assert InspectionEvent.objects.count() == 6
    assert set(InspectionEvent.objects.values_list("receipt", flat=True)) == {"done"}


def test_a_telephone_is_killed_in_the_middle_and_goes_on_without_a_network(
    telephone, made, by, snapshot
):
    phone = telephone(by)
    page = entered(phone)
    begin(page)
    fill_in(page)
    photograph(page, snapshot)
    shut(phone)
    before = InspectionEvent.objects.count()

    phone = telephone(offline=True)
    page = phone.new_page()
    page.goto("/inspections/")
    page.wait_for_selector(".doorstep-line, [data-pin=ask]:not([hidden])")
    if page.locator("[data-pin=ask]").is_visible():
        unlocked(page, PIN)
    page.locator(".doorstep-line").first.click()
    assert "已记3项" in page.text_content(".doorstep-summary")
    item(page, "实测面积").locator("input").first.fill("1300")
    item(page, "实测面积").locator("input").first.blur()
    wait_for(page, lambda: page.evaluate(PHOTOS)["left"] >= 1)
    phone.set_offline(False)
    say_online(page)
    wait_for(page, lambda: sent(page))

    assert InspectionEvent.objects.count() > before
    assert Finding.objects.get(item="area").value == 1300
    assert InspectionPhoto.objects.count() == 1


def test_a_photograph_that_the_server_did_not_take_is_sent_again(
    device, made, by, snapshot, monkeypatch
):
    page = entered(device(by))
    begin(page)
    fill_in(page)
    at_once(page)
    wait_for(page, lambda: page.text_content("[data-queue]") == "")
    monkeypatch.setattr(rules, "A_DAY", 0)
    photograph(page, snapshot)
    wait_for(page, lambda: "仍留在设备上" in page.text_content("[data-queue]"))
    assert not InspectionPhoto.objects.exists()

    monkeypatch.undo()
    page.reload()
    page.wait_for_selector(".doorstep-line, [data-pin=ask]:not([hidden])")
    if page.locator("[data-pin=ask]").is_visible():
        unlocked(page, PIN)
    wait_for(page, lambda: sent(page))

    assert InspectionPhoto.objects.count() == 1


def test_a_second_device_is_told_that_the_first_noted_something_else(device, made, by):
    one, two = entered(device(by)), entered(device(by))
    begin(one)
    item(one, "实测面积").locator("input").first.fill("900")
    item(one, "实测面积").locator("input").first.blur()
    at_once(one)
    wait_for(one, lambda: Finding.objects.filter(item="area").exists())
    begin(two)
    item(two, "实测面积").locator("input").first.fill("800")
    item(two, "实测面积").locator("input").first.blur()
    at_once(two)

    two.wait_for_selector("[data-refused]:not([hidden])")
    assert "以本条较晚的为准" in two.text_content("[data-refused]")
    assert Finding.objects.get(item="area").value == 800


def test_a_number_out_of_range_is_not_taken_and_says_why(device, made, by):
    page = entered(device(by))
    begin(page)
    item(page, "实测面积").locator("input").first.fill("99999")
    item(page, "实测面积").locator("input").first.blur()

    item(page, "实测面积").locator(".error:not([hidden])").wait_for()
    assert "已记0项" in page.text_content(".doorstep-summary")
