"""A visit without a network: nothing is lost, nothing happens twice, and a refusal finds a person."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from PIL import Image

from kepu.kernel import clock
from kepu.kernel.files import queries as files
from kepu.orders.models import CheckIn, DeviceEvent, Evidence, Order
from tests import factories
from tests.journeys.conftest import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit():
    """A visit that began twenty minutes ago."""
    loop = factories.loop()
    order = loop.order("scheduled")
    begun = clock.now() - timedelta(minutes=20)
    Order.objects.filter(pk=order.pk).update(
        starts_at=begun, ends_at=begun + timedelta(hours=1), due_at=begun + timedelta(days=1),
        wanted_from=begun - timedelta(hours=1), wanted_until=begun + timedelta(days=1),
    )  # fmt: skip
    order.refresh_from_db()
    return loop, order


def opened(context, order):
    """The visit page, once it and what it is drawn with are kept for later."""
    page = context.new_page()
    page.goto(f"/orders/{order.pk}/visit/")
    wanted = [f"/orders/{order.pk}/visit/", "/static/kepu/kepu.js", "/static/kepu/kepu.css"]
    wait_for(page, lambda: page.evaluate(KEPT, wanted))
    page.wait_for_selector("[data-works]:not([hidden])")
    return page


def test_a_page_says_that_it_works_without_a_network_only_once_it_is_kept(device, visit):
    loop, order = visit
    phone = device(loop.leader)
    page = phone.new_page()
    page.add_init_script("navigator.serviceWorker.register = () => Promise.reject(new Error())")

    page.goto(f"/orders/{order.pk}/visit/")
    page.wait_for_selector("form[data-offline=check_in]")
    page.wait_for_timeout(300)

    assert page.is_hidden("[data-works]")


KEPT = """async paths => {
    for (const path of paths) if (!await caches.match(path, {ignoreVary: true})) return false;
    return Boolean(navigator.serviceWorker.controller);
}"""


def report(page, heads: int) -> None:
    page.fill("#attended", str(heads))
    page.click("form[data-offline=deliver] .button-main")


def wait_for(page, question, seconds: float = 30) -> None:
    """Until the answer is yes; a page that is just being left has none."""
    for _ in range(int(seconds * 5)):
        with while_leaving():
            if question():
                return
        page.wait_for_timeout(200)
    raise AssertionError("it did not come to pass")


def back_in_reach(phone, page) -> None:
    phone.set_offline(False)
    say_online(page)


def say_online(page) -> None:
    """Say it again, for a browser that did not; where it did, the page may have sent and left."""
    with while_leaving():
        page.evaluate("window.dispatchEvent(new Event('online'))")


@contextmanager
def while_leaving():
    """A script whose page was left in the meantime has no answer."""
    from playwright.sync_api import Error

    try:
        yield
    except Error as error:
        if "context was destroyed" not in str(error):
            raise


def test_another_door_without_a_network_leads_to_the_visits_kept_here(device, visit):
    loop, order = visit
    phone = device(loop.leader)
    page = opened(phone, order)
    assert page.is_visible("[data-works]")

    phone.set_offline(True)
    page.goto("/")

    assert "没有网络" in page.inner_text("h1")
    page.click(f"a[href='/orders/{order.pk}/visit/']")
    page.wait_for_selector("form[data-offline=check_in]")


def test_a_session_that_ended_by_itself_leaves_no_visit_page_on_the_device(device, visit):
    loop, order = visit
    phone = device(loop.leader)
    page = opened(phone, order)
    Session.objects.all().delete()

    page.goto("/notices/")  # any page that asks who one is

    assert "/sign-in/" in page.url
    shelf = "async path => !(await caches.match(path, {ignoreVary: true}))"
    wait_for(page, lambda: page.evaluate(shelf, f"/orders/{order.pk}/visit/"))


def test_a_visit_page_that_is_not_given_any_more_leaves_the_device_when_it_is_online_again(
    device, visit
):
    loop, order = visit
    phone = device(loop.leader)
    page = opened(phone, order)
    phone.set_offline(True)
    page.goto(f"/orders/{order.pk}/visit/")
    page.wait_for_selector("[data-works]:not([hidden])")
    Session.objects.all().delete()

    back_in_reach(phone, page)

    shelf = "async path => !(await caches.match(path, {ignoreVary: true}))"
    wait_for(page, lambda: page.evaluate(shelf, f"/orders/{order.pk}/visit/"))


def test_a_visit_is_reported_without_a_network_and_sent_once_when_it_is_back(device, visit):
    loop, order = visit
    phone = device(loop.leader)
    page = opened(phone, order)

    phone.set_offline(True)
    page.fill("#code", order.check_in_code)
    page.click("form[data-offline=check_in] .button-main")
    page.wait_for_selector("[data-pin=set]:not([hidden])")
    page.fill("#pin-new", "2468")
    page.click("[data-pin=set] .button-main")
    page.wait_for_selector("[data-pin=set]", state="hidden")
    report(page, 23)
    page.wait_for_selector("form[data-offline=deliver]", state="hidden")
    assert "2" in page.inner_text("[data-queue]")
    assert not DeviceEvent.objects.exists()

    page.close()
    page = phone.new_page()
    page.goto(f"/orders/{order.pk}/visit/")
    wait_for(page, lambda: "2" in page.text_content("[data-queue]"))
    back_in_reach(phone, page)

    wait_for(page, lambda: Order.objects.get(pk=order.pk).state == "delivered")
    wait_for(page, lambda: page.text_content("[data-queue]") == "")
    done = Order.objects.get(pk=order.pk)
    arrival = CheckIn.objects.get(order=order)
    assert done.attended == 23
    assert arrival.arrived_at < done.delivered_at
    assert list(DeviceEvent.objects.values_list("kind", "outcome")) == [
        ("check_in", "done"), ("deliver", "done"),
    ]  # fmt: skip

    page.close()  # it renews itself about now, and a second renewal would meet the first
    page = phone.new_page()
    page.goto(f"/orders/{order.pk}/visit/")
    say_online(page)
    page.wait_for_timeout(500)
    assert DeviceEvent.objects.count() == 2


def test_a_refused_event_stays_on_the_device_until_read_and_is_settled_at_the_desk(device, visit):
    loop, order = visit
    phone = device(loop.leader)
    page = opened(phone, order)
    phone.set_offline(True)
    page.fill("#code", "WRONG2")
    page.click("form[data-offline=check_in] .button-main")
    page.click("[data-pin-later]")

    back_in_reach(phone, page)
    page.wait_for_selector("[data-refused]:not([hidden]) li")
    page.reload()
    page.wait_for_selector("[data-refused]:not([hidden]) li")
    page.click("[data-refused] li button")
    page.wait_for_selector("[data-refused]", state="hidden")
    desk = device(loop.worker).new_page()
    desk.goto("/desk/")
    assert order.number in desk.inner_text("#content")
    desk.click("form[action$='/settle/'] button")
    desk.wait_for_load_state()

    event = DeviceEvent.objects.get()
    assert (event.outcome, event.settled_by) == ("settled", loop.worker)
    assert not CheckIn.objects.exists()


def test_a_signed_out_device_keeps_its_queue_locked_until_the_pin_is_given(
    device, visit, live_server
):
    loop, order = visit
    phone = device(loop.leader)
    page = opened(phone, order)
    phone.set_offline(True)
    page.fill("#code", order.check_in_code)
    page.click("form[data-offline=check_in] .button-main")
    page.fill("#pin-new", "1357")
    page.click("[data-pin=set] .button-main")
    page.wait_for_selector("[data-pin=set]", state="hidden")
    held = page.evaluate(STORED)
    assert "device_time" not in str(held["events"])
    assert order.check_in_code not in str(held["events"])

    phone.clear_cookies()
    back_in_reach(phone, page)
    wait_for(page, lambda: page.evaluate(STORED)["keys"] == [False])
    assert not DeviceEvent.objects.exists()

    sign_in(phone, loop.leader, live_server.url)
    page.goto(f"/orders/{order.pk}/visit/")
    page.wait_for_selector("[data-pin=ask]:not([hidden])")
    page.fill("#pin", "0000")
    page.click("[data-pin=ask] .button-main")
    page.wait_for_selector("[data-pin=ask] [data-pin-error]:not([hidden])")
    page.fill("#pin", "1357")
    page.click("[data-pin=ask] .button-main")

    wait_for(page, lambda: CheckIn.objects.filter(order=order, person=loop.leader).exists())


STORED = """() => new Promise(resolve => {
    const asked = indexedDB.open('kepu-visits');
    asked.onsuccess = () => {
        const rows = name => new Promise(done => {
            const all = asked.result.transaction(name).objectStore(name).getAll();
            all.onsuccess = () => done(all.result);
        });
        Promise.all([rows('events'), rows('vaults')]).then(([events, vaults]) => resolve({
            events: JSON.stringify(events), keys: vaults.map(one => Boolean(one.key)),
        }));
    };
})"""


def test_somebody_else_on_the_same_device_does_not_send_it_as_their_own(device, visit, live_server):
    loop, order = visit
    other = factories.member(loop.team)
    phone = device(loop.leader)
    page = opened(phone, order)
    phone.set_offline(True)
    page.fill("#code", order.check_in_code)
    page.click("form[data-offline=check_in] .button-main")
    page.click("[data-pin-later]")

    sign_in(phone, other, live_server.url)
    back_in_reach(phone, page)
    page.wait_for_timeout(1_000)
    page.goto(f"/orders/{order.pk}/visit/")
    page.wait_for_timeout(500)

    assert not CheckIn.objects.exists()


def test_with_a_network_a_slip_of_the_pen_is_answered_at_once_and_troubles_no_desk(device, visit):
    loop, order = visit
    page = opened(device(loop.leader), order)

    page.fill("#code", "WRONG2")
    page.click("form[data-offline=check_in] .button-main")
    page.wait_for_selector("#code-error")

    assert not DeviceEvent.objects.exists()


def test_without_storage_the_page_says_so_and_works_with_a_network(device, visit):
    loop, order = visit
    phone = device(loop.leader)
    phone.add_init_script(
        "Object.defineProperty(window, 'indexedDB', {value: {open() { throw 1 }}})"
    )
    page = phone.new_page()
    page.goto(f"/orders/{order.pk}/visit/")

    page.wait_for_selector("[data-no-storage]:not([hidden])")
    page.fill("#code", order.check_in_code)
    page.click("form[data-offline=check_in] .button-main")
    page.wait_for_load_state()

    wait_for(page, lambda: CheckIn.objects.filter(order=order).exists())


def test_axe_finds_nothing_on_the_page_with_all_its_panels(device, visit):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    loop, order = visit
    page = opened(device(loop.leader), order)
    page.evaluate("document.querySelectorAll('.visit [hidden]').forEach(e => e.hidden = false)")

    found = axe.Axe().run(page).response

    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []


# --- photographs ----------------------------------------------------------------------------------


@pytest.fixture
def photograph(tmp_path, settings):
    """A large photograph that says where it was taken, as a telephone makes it."""
    settings.DATA = tmp_path / "data"
    told = Image.Exif()
    told[0x8825] = {1: "N", 2: (29.0, 33.0, 0.0)}
    path = tmp_path / "IMG_0001.jpg"
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(path, "JPEG", exif=told)
    return path


QUEUED = """() => new Promise(resolve => {
    const asked = indexedDB.open('kepu-visits');
    asked.onsuccess = () => {
        const all = asked.result.transaction('photos').objectStore('photos').getAll();
        all.onsuccess = () => resolve(JSON.stringify(all.result.map(
            row => Object.keys(row).sort())));
    };
})"""


def test_photographs_taken_without_a_network_are_sealed_and_sent_once_when_it_is_back(
    device, visit, photograph
):
    loop, order = visit
    phone = device(loop.leader)
    page = opened(phone, order)

    phone.set_offline(True)
    page.set_input_files("#photo-files", [photograph, photograph])
    page.wait_for_selector("[data-shot-queue] li:nth-child(2)")
    page.fill("#pin-new", "2468")
    page.click("[data-pin=set] .button-main")
    page.wait_for_selector("[data-pin=set]", state="hidden")
    assert "2" in page.text_content("[data-shot-words]")
    assert page.evaluate(QUEUED).count("sealed") == 2
    assert "plain" not in page.evaluate(QUEUED)

    page.close()
    page = phone.new_page()
    page.goto(f"/orders/{order.pk}/visit/")
    page.wait_for_selector("[data-shot-queue] li:nth-child(2) img")
    back_in_reach(phone, page)
    wait_for(page, lambda: Evidence.objects.count() == 2)
    wait_for(page, lambda: page.evaluate(QUEUED) == "[]")
    page.reload()
    say_online(page)
    page.wait_for_selector(".shot a img")
    page.wait_for_timeout(500)

    assert Evidence.objects.count() == 2
    with files.open_file(Evidence.objects.first().file) as content:
        kept = Image.open(content)
        assert max(kept.size) == 1600
        assert not kept.getexif()
    resident = device(loop.resident).new_page()
    resident.goto(f"/orders/{order.pk}/")
    shown = "() => document.querySelector('.shot img').naturalWidth"
    wait_for(resident, lambda: resident.evaluate(shown) == 320)


def test_with_a_network_a_photograph_is_sent_at_once_and_the_page_stays(device, visit, photograph):
    loop, order = visit
    page = opened(device(loop.leader), order)
    page.fill("#note", "很好")

    page.set_input_files("[data-shot-camera] input", photograph)
    wait_for(page, lambda: Evidence.objects.count() == 1)
    wait_for(page, lambda: "已发送" in page.text_content("[data-shot-queue]"))

    assert page.input_value("#note") == "很好"
    assert page.text_content("[data-shot-words]") == ""


def test_what_is_no_picture_is_said_so_before_anything_is_kept(device, visit, tmp_path):
    loop, order = visit
    (tmp_path / "photo.jpg").write_bytes(b"no picture")
    page = opened(device(loop.leader), order)

    page.set_input_files("#photo-files", tmp_path / "photo.jpg")

    wait_for(page, lambda: "换一张" in page.text_content("[data-shot-words]"))
    assert page.evaluate(QUEUED) == "[]"


def test_a_page_kept_before_the_visit_takes_the_code_of_the_picture_and_opens_the_report(
    device, visit
):
    loop, order = visit
    soon = clock.now() + timedelta(hours=1)
    Order.objects.filter(pk=order.pk).update(starts_at=soon, ends_at=soon + timedelta(hours=1))
    phone = device(loop.leader)
    page = opened(phone, order)
    early = page.is_hidden("[data-begins]")

    phone.set_offline(True)
    page.clock.set_fixed_time(soon + timedelta(minutes=1))
    page.goto(f"/orders/{order.pk}/visit/?code={order.check_in_code}")
    page.wait_for_selector("[data-begins]:not([hidden])")

    assert early
    assert page.is_enabled("[data-begins]")
    assert page.is_hidden("form[data-offline=deliver] .held")
    assert page.input_value("#code") == order.check_in_code


def test_a_camera_that_is_refused_is_said_so(device, visit):
    loop, order = visit
    page = device(loop.leader).new_page()
    page.add_init_script(
        """window.BarcodeDetector = class { static getSupportedFormats() { return ["qr_code"]; } };
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no"));"""
    )
    page.goto(f"/orders/{order.pk}/visit/")

    page.click("[data-scan]")

    page.wait_for_selector("[data-scan-refused]:not([hidden])")
