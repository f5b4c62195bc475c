"""What an expert tells: titles, works, employers, languages, bonds that end; and where a fee is paid to."""

from __future__ import annotations

from datetime import date

import pytest

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, Outside, RuleBroken
from kepu.people.actions import experts
from kepu.people.actions import experts_records as actions
from kepu.people.models import FeeAccount
from kepu.people.queries import experts as queries
from kepu.people.queries import experts_records as records
from tests.factories import NOW, officer, organisation, user
from tests.kepu.people.test_experts import active, field

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"  # the example of GB 11643
ACCOUNT = "6222020200012345678"


@pytest.fixture
def city():
    return officer("city_officer", "50.")


@pytest.fixture
def expert(city):
    return active(city)


def title(expert, name="研究员", since=date(2020, 1, 1), **more):
    said = {"track": "research", "level": "senior", "body": "示例省人社厅", **more}
    return actions.state_title(expert.pk, name=name, since=since, by=expert.person, now=NOW, **said)


def work(expert, **more):
    said = {"kind": "book", "title": "示例书", "year": 2024, "coauthors": [], "authors": [], **more}
    return actions.state_work(expert.pk, by=expert.person, now=NOW, **said)


def fee(expert, **more):
    said = {"holder": "张示例", "id_number": NUMBER, "bank": "示例银行", "account": ACCOUNT, **more}
    return actions.keep_fee_account(expert.pk, by=expert.person, now=NOW, **said)


# --- titles and works -----------------------------------------------------------------------------


def test_the_newest_title_is_the_one_that_is_shown_and_its_track_the_one_that_is_chosen_by(expert):
    title(expert)
    title(expert, "副研究员", date(2014, 1, 1), level="associate", track="content")

    expert.refresh_from_db()
    assert expert.rank == "研究员"
    assert queries.pool(on=NOW.date())[0].tracks == {"research", "content"}


def test_a_title_stands_once_and_not_before_its_day(expert):
    row = title(expert)

    with pytest.raises(RuleBroken, match="already"):
        title(expert)
    with pytest.raises(RuleBroken, match="still to come"):
        title(expert, "教授", date(2030, 1, 1))
    assert title(expert, body="另一机构", title_id=row.pk).body == "另一机构"


def test_co_authors_who_are_experts_are_bound_both_ways_and_others_by_name(expert, city):
    other = active(city)
    made = work(expert, coauthors=[other], authors=["李  示例", ""])

    found = queries.bonds([expert.pk, other.pk])

    assert "李示例".encode() not in bytes(made.authors_sealed)
    assert found[expert.pk].works == (
        queries.JointWork(made.pk, 2024, frozenset({other.person_id}), ("李 示例",)),
    )
    assert found[other.pk].works == (
        queries.JointWork(made.pk, 2024, frozenset({expert.person_id}), ("李 示例",)),
    )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"year": 2027}, "year"),
        ({"year": 1900}, "year"),
        ({"authors": ["甲"] * 31}, "at most 30"),
    ],
)
def test_a_work_is_one_that_is_there(expert, said, reason):
    with pytest.raises(RuleBroken, match=reason):
        work(expert, **said)


def test_nobody_is_his_own_co_author(expert):
    with pytest.raises(RuleBroken, match="without yourself"):
        work(expert, coauthors=[expert])


def test_a_co_author_is_found_by_the_exact_word_and_else_kept_by_name(expert):
    found = records.coauthors([expert.person.login, expert.person.pseudonym[:-1], "张示例"])

    assert found == ([expert], [expert.person.pseudonym[:-1], "张示例"])


def test_a_name_behind_a_login_is_not_learnt_by_naming_it(expert, city):
    other = active(city)
    work(expert, coauthors=[other], authors=["李示例"])
    experts.declare_conflict(
        expert.pk, kind="kin", person=other.person, reason="", by=expert.person, now=NOW
    )

    assert records.works(expert, records.OWN)[0].authors == ("张**", "李示例")
    assert records.works(expert, records.CITY)[0].authors == ("张示例", "李示例")
    assert records.works(expert, records.OFFICE)[0].authors == ("张**", "李**")
    assert records.declared(expert, records.OWN)[0].party == "张**"
    assert records.declared(expert, records.CITY)[0].party == "张示例"


def test_only_the_expert_writes_and_only_on_the_own_record(expert, city):
    row = title(active(city))

    with pytest.raises(NotAllowed):
        actions.state_title(
            expert.pk, name="教授", track="other", level="senior", since=date(2020, 1, 1),
            body="某校", by=city, now=NOW,
        )  # fmt: skip
    with pytest.raises(Outside):
        title(expert, title_id=row.pk)
    with pytest.raises(Outside):
        actions.remove_part(expert.pk, "title", row.pk, by=expert.person, now=NOW)
    with pytest.raises(Outside):
        actions.remove_part(expert.pk, "secret", row.pk, by=expert.person, now=NOW)


# --- employers, fields, bonds ---------------------------------------------------------------------


def test_a_unit_that_is_not_registered_is_told_by_its_name(expert):
    for post in ("讲师", "教授"):  # the same unit from the same day is one row
        experts.state_employment(
            expert.pk,
            named="示例大学",
            post=post,
            first=date(2010, 1, 1),
            by=expert.person,
            now=NOW,
        )

    (employer,) = queries.bonds([expert.pk])[expert.pk].employers
    assert (employer.organisation_id, employer.name) == (None, "示例大学")
    assert expert.employments.get().post == "教授"


def test_an_employer_is_one_unit_and_ends_after_it_begins(expert):
    said = {"first": date(2010, 1, 1), "by": expert.person, "now": NOW}
    with pytest.raises(RuleBroken, match="one unit"):
        experts.state_employment(expert.pk, **said)
    with pytest.raises(RuleBroken, match="one unit"):
        experts.state_employment(expert.pk, organisation=organisation(), named="示例", **said)
    with pytest.raises(RuleBroken, match="after it begins"):
        experts.state_employment(expert.pk, named="示例", last=date(2009, 1, 1), **said)


def test_where_one_worked_stays_once_duties_were_given(expert, city):
    row = experts.state_employment(
        expert.pk, named="示例大学", first=date(2010, 1, 1), by=expert.person, now=NOW
    )
    experts.assign(expert.pk, source="a", source_id=1, by=city, now=NOW)

    with pytest.raises(RuleBroken, match="change the days"):
        actions.remove_part(expert.pk, "employment", row.pk, by=expert.person, now=NOW)
    row_of_title = title(expert)
    actions.remove_part(expert.pk, "title", row_of_title.pk, by=expert.person, now=NOW)
    assert not expert.titles.exists()


def test_a_bond_that_ended_stays_on_the_record_with_its_day(expert):
    bond = experts.declare_conflict(
        expert.pk, kind="unit", organisation=organisation(), reason="", by=expert.person, now=NOW
    )

    experts.end_conflict(expert.pk, bond.pk, on=NOW.date(), by=expert.person, now=NOW)

    assert queries.bonds([expert.pk])[expert.pk].declared[0].until == NOW.date()
    with pytest.raises(NotAllowed):
        experts.end_conflict(expert.pk, bond.pk, on=NOW.date(), by=user(), now=NOW)


def test_an_expert_changes_fields_and_languages_and_keeps_one_field_at_least(expert):
    actions.update_expertise(
        expert.pk, fields=[field("law")], languages=["zh", "csl"], by=expert.person, now=NOW
    )

    (candidate,) = queries.pool(fields=["law"], on=NOW.date())
    assert candidate.languages == ("zh", "csl")
    with pytest.raises(RuleBroken, match="discipline"):
        actions.update_expertise(expert.pk, fields=[], languages=[], by=expert.person, now=NOW)


# --- where a fee is paid to -----------------------------------------------------------------------


def test_a_fee_account_is_sealed_and_the_expert_sees_it_masked(expert):
    kept = fee(expert, account=" 6222 0202 0001 2345 678 ")

    for secret in (NUMBER, ACCOUNT, "张示例", "示例银行"):
        assert secret.encode() not in bytes(kept.sealed)
    masked = records.masked_fee(expert)
    assert (masked.holder, masked.id_number) == ("张**", "110" + "*" * 13 + "2X")
    assert masked.account == "*" * 15 + "5678"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"id_number": "110105194912310021"}, "identity number"),
        ({"account": "1234567"}, "bank account"),
        ({"account": "６２２２０２０２０００１２３４５６７８"}, "bank account"),
    ],
)
def test_an_account_that_cannot_be_right_is_refused(expert, said, reason):
    with pytest.raises(RuleBroken, match=reason):
        fee(expert, **said)
    assert not FeeAccount.objects.exists()


def test_who_pays_reads_it_in_clear_and_each_reading_is_written_down(expert, city):
    fee(expert)

    line = actions.read_fee_account(expert.pk, by=city, now=NOW)

    assert (line.id_number, line.account) == (NUMBER, ACCOUNT)
    entry = Entry.objects.filter(verb="expert.read_fee_account").get()
    assert NUMBER not in str(entry.__dict__)
    assert ACCOUNT not in str(entry.__dict__)


def test_nobody_else_reads_where_a_fee_is_paid_to(expert, city):
    fee(expert)

    for stranger in (user(), officer("district_officer", "50.103."), expert.person):
        with pytest.raises(NotAllowed):
            actions.read_fee_account(expert.pk, by=stranger, now=NOW)
    said = {"holder": "他", "id_number": NUMBER, "bank": "行", "account": ACCOUNT}
    with pytest.raises(NotAllowed):
        actions.keep_fee_account(expert.pk, by=city, now=NOW, **said)
    assert not Entry.objects.filter(verb="expert.read_fee_account").exists()


def test_the_expert_takes_the_account_back(expert, city):
    fee(expert)

    actions.forget_fee_account(expert.pk, by=expert.person, now=NOW)

    assert actions.read_fee_account(expert.pk, by=city, now=NOW) is None
    assert records.masked_fee(expert) is None
