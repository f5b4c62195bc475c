"""Where people are reached beyond telephone and mail: said on the page, and over the API."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel.facts import worker
from kepu.kernel.notices import actions, channels, queries
from kepu.kernel.notices.channels.fake import Fake
from kepu.kernel.notices.channels.webhook import Webhook
from kepu.kernel.notices.models import Contact
from kepu.kernel.notices.states import Way
from kepu.kernel.notices.texts import GUARDIANSHIP_ENDED
from tests.factories import NOW, user
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db
SECRET = "sixteen letters and more"
HOOK = {"to": "https://receiver.example.org/kepu", "secret": SECRET}
OPENID = "oExample-0001_abcdefghijklmn"


@pytest.fixture(autouse=True)
def ways():
    fakes = {way: Fake(way) for way in (Way.WECHAT, Way.WEBHOOK)}
    channels.use(*fakes.values())
    yield fakes
    channels.close_all()


@pytest.fixture
def person():
    return user(name="")


@pytest.fixture
def client(person):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, "kepu.kernel.accounts.backend.Accounts")
    return client


def kept(client: Client, way: Way, **form: str) -> int:
    return client.post(reverse("notices-contact", args=[way.value]), form).status_code


def test_a_receiver_entered_on_the_page_is_told(person, client, ways):
    assert kept(client, Way.WEBHOOK, **HOOK) == 302

    notice = actions.notify(person, GUARDIANSHIP_ENDED.key, {"name": "王示例"}, now=NOW)
    worker.work_off(NOW)

    [message] = ways[Way.WEBHOOK].sent.values()
    assert (message.to, message.secret) == (HOOK["to"], SECRET)
    assert message.key == f"notice-{notice.pk}"
    page = client.get(reverse("notices")).content.decode()
    assert "receiver.example.org" in page
    assert SECRET not in page
    assert HOOK["to"].encode() not in bytes(Contact.objects.get().sealed)


def test_an_openid_entered_on_the_page_is_kept_and_shown_by_its_ends(person, client):
    assert kept(client, Way.WECHAT, to=f" {OPENID} ") == 302

    assert queries.contact(person, Way.WECHAT)["to"] == OPENID
    page = client.get(reverse("notices")).content.decode()
    assert "oEx…lmn" in page
    assert OPENID not in page


@pytest.mark.parametrize(
    "address",
    [
        "http://receiver.example.org/", "https://127.0.0.1/", "https://10.0.0.8/x", "https://[::1]/",
        "https://localhost/", "https://intranet/", "https://169.254.169.254/latest",
        "ftp://receiver.example.org/", "https://name:word@receiver.example.org/", "nothing",
        "https://[broken/", "https://receiver.example.org:99999/",
    ],
)  # fmt: skip
def test_an_address_that_must_not_be_knocked_at_is_refused_beside_the_field(client, address):
    assert kept(client, Way.WEBHOOK, to=address, secret=SECRET) == 422

    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("way", "form"),
    [
        (Way.WEBHOOK, {"to": HOOK["to"], "secret": "short"}),
        (Way.WEBHOOK, {"to": HOOK["to"]}),
        (Way.WECHAT, {"to": "not an openid"}),
        (Way.WECHAT, {"to": ""}),
    ],
)
def test_what_cannot_reach_anybody_is_refused(client, way, form):
    assert kept(client, way, **form) == 422

    assert not Contact.objects.exists()


def test_a_city_that_allows_receivers_inside_its_network_takes_them(client):
    channels.use(Webhook(allow_private=True))

    assert kept(client, Way.WEBHOOK, to="http://10.0.0.8/x", secret=SECRET) == 302


def test_an_address_is_removed_and_the_page_says_so(client, person):
    kept(client, Way.WECHAT, to=OPENID)

    client.post(reverse("notices-contact-drop", args=["wechat"]))

    assert queries.contact(person, Way.WECHAT) is None
    assert "oEx" not in client.get(reverse("notices")).content.decode()


def test_a_way_that_is_not_set_up_is_not_asked_for_and_one_that_is_no_way_is_not_there(client):
    channels.close_all()

    assert "openid" not in client.get(reverse("notices")).content.decode()
    assert client.post(reverse("notices-contact", args=["sms"]), HOOK).status_code == 404


def test_the_same_over_the_api(person):
    api = caller(person)

    assert api.post("me/contacts/webhook", HOOK).json()[1] == {
        "way": "webhook",
        "shown": "receiver.example.org",
    }
    assert api.post("me/contacts/webhook", {**HOOK, "to": "https://10.0.0.1/"}).status_code == 422
    assert api.get("me/contacts").json()[1]["shown"] == "receiver.example.org"
    assert api.post("me/contacts/webhook/drop").json()[1]["shown"] == ""
    assert api.post("me/contacts/sms", HOOK).status_code == 422
