from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django import forms
from django.contrib.contenttypes.models import ContentType

from kepu.ui import cards, charts, maps, tables, toasts
from kepu.ui.shell import NavItem, Place, Preferences, Shell

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"' onload=x"


class Reader(HTMLParser):
    """Elements of a page, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


class Ask(forms.Form):
    phone = forms.CharField(label=HOSTILE, help_text="help")
    kind = forms.ChoiceField(label="kind", widget=forms.RadioSelect, choices=[("a", HOSTILE)])


def hostile_pieces():
    """Every component, each fed a text that would run if it were not escaped."""
    x = HOSTILE
    ring = ((106, 30), (107, 30), (107, 31), (106, 30))
    return {
        "button": ("ui.button(x, name=x, value=x)", {}),
        "held button": ("ui.button(x, why_not=x)", {}),
        "link": ("ui.button(x, href=x, attrs={'title': x})", {}),
        "post button": ("ui.post_button(x, x, fields={x: x})", {}),
        "menu item": ("ui.menu_item(x, x)", {}),
        "copy": ("ui.copy(x, x, href=x)", {}),
        "tag": ("ui.tag(x, x)", {}),
        "choices": ("ui.choice_list([p], x)", {"p": cards.Choice(x, x, "dot", x)}),
        "form": ("ui.form(p, x)", {"p": Ask({"phone": x, "kind": x})}),
        "refused form": ("ui.form(p, x)", {"p": Ask({})}),
        "stars": ("ui.stars_input(x, x, help=x, error=x)", {}),
        "filters": ("ui.filters(p, name=x)", {"p": Ask({"phone": x})}),
        "table": (
            "ui.table(p)",
            {
                "p": tables.Table(
                    x,
                    x,
                    (tables.Column("a", x, lead=True), tables.Column("b", x, sortable=True)),
                    [{"a": x, "b": x}],
                    query={x: x},
                    pager=tables.Pager(x, x, 1, 2),
                    exports=(tables.Export(x, x),),
                )
            },
        ),
        "rest": ("ui.rest(9, true, p, x)", {"p": x}),
        "list_bar": (
            "ui.list_bar(p)",
            {"p": tables.Bar((tables.Sorting(x, x, current=True),), (tables.Export(x, x),))},
        ),
        "board": (
            "ui.board([p], now)",
            {
                "p": cards.BoardColumn(
                    x,
                    (cards.Order(x, x, x, cards.Tag(x), (cards.Line("pin", x, x),)),),
                    more_href=x,
                )
            },
        ),
        "timeline": ("ui.timeline([p], now)", {"p": cards.Happening(x, NOW, x, x, x)}),
        "steps": ("ui.steps([p], now)", {"p": cards.Step(x, "now", x, NOW)}),
        "numbers": ("ui.numbers([p])", {"p": cards.NumberTile(x, x, x, x, x)}),
        "facts": ("ui.facts([(x, x)])", {}),
        "person": (
            "ui.person_card(p)",
            {"p": cards.Person(x, x, x, x, x, (cards.Tag(x),), 3, 2.0)},
        ),
        "team": ("ui.team_card(p)", {"p": cards.Team(x, x, x, x, x, 3, (cards.Tag(x),), 3)}),
        "venue": ("ui.venue_card(p)", {"p": cards.Venue(x, x, x, x, x, 30.0, (cards.Tag(x),))}),
        "note": ("ui.note('danger', x, x)", {}),
        "toast": ("ui.toast(p)", {"p": toasts.Toast(x, "success", x)}),
        "dialog": ("ui.dialog('d', x, x, x, x, fields={x: x})", {}),
        "confirm": ("ui.confirm(x, x, x, x)", {}),
        "empty": ("ui.empty(x, x, x)", {}),
        "progress": ("ui.progress(x, 3, words=x)", {}),
        "qr": ("ui.qr(x, x, x)", {}),
        "map": (
            "ui.map(p, x, x, x, x, x)",
            {
                "p": maps.choropleth(
                    [maps.Area(x, x, (ring,), 1, x, True, x)], dots=[maps.Dot(x, 106, 30, x)]
                )
            },
        ),
        "bars": (
            "ui.bars(p)",
            {"p": charts.Bars(x, x, x, [charts.Bar(x, 1, x, 0, 2, x)], x, x, 1, x)},
        ),
        "lines": ("ui.lines(p)", {"p": charts.Lines(x, x, x, (x, x), [charts.Series(x, (1, 2))])}),
        "spark": ("ui.spark(p)", {"p": charts.Spark((1, 2), x)}),
    }


@pytest.mark.parametrize("name", hostile_pieces())
def test_hostile_text_stays_text(render, name):
    call, context = hostile_pieces()[name]

    html = render("{{ " + call + " }}", x=HOSTILE, now=NOW, **context)
    page = Reader(html)

    assert "&lt;script&gt;" in html
    assert not page.all("script")
    assert not page.all("style")
    assert not [attrs for _tag, attrs in page.found if "style" in attrs]
    assert not [a for _tag, attrs in page.found for a in attrs if a.startswith("on")]


def test_every_component_is_tried_with_hostile_text(env):
    offered = set(
        re.findall(r"{% set (\w+) =", env.loader.get_source(env, "ui/components.html")[0])
    )
    tried = set(re.findall(r"ui\.(\w+)\(", " ".join(call for call, _ in hostile_pieces().values())))

    # The rest take no text of their own, or are drawn inside one of those above.
    assert offered - tried == {
        "icon",
        "logo",
        "drawing",
        "menu",
        "tag_of",
        "clock_chip",
        "stage_clock",
        "field",
        "fields",
        "error_summary",
        "pager",
        "card",
        "stars",
        "seal",
        "order_card",
        "toasts",
        "turn",
        "skeleton",
    }


def test_an_error_is_tied_to_its_field_and_listed_on_top(render):
    page = Reader(render("{{ ui.form(form, 'send') }}", form=Ask({"phone": ""})))

    field = next(i for i in page.all("input") if i["name"] == "phone")
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "id_phone-error id_phone-help"
    assert {"id_phone-error", "id_phone-help"} <= {a.get("id") for a in page.all("p")}
    assert [a["href"] for a in page.all("a")] == ["#id_phone", "#id_kind_0"]
    assert "id_kind_0" in {a.get("id") for a in page.all("input")}


def test_a_refused_form_keeps_what_was_typed(render):
    page = Reader(render("{{ ui.form(form, 'send') }}", form=Ask({"phone": "13800000001"})))

    assert next(i for i in page.all("input") if i["name"] == "phone")["value"] == "13800000001"


def test_a_telephone_field_brings_up_the_right_keyboard(render):
    field = Reader(render("{{ ui.field(form['phone']) }}", form=Ask())).all("input")[0]

    assert (field["autocomplete"], field["inputmode"]) == ("tel", "tel")


class Choosing(forms.Form):
    needed = forms.ModelChoiceField(queryset=ContentType.objects.none())
    free = forms.ModelChoiceField(queryset=ContentType.objects.none(), required=False)
    said = forms.ModelChoiceField(queryset=ContentType.objects.none(), empty_label="任何一个")


def test_an_empty_choice_is_said_in_words(render):
    html = render("{{ ui.form(p, 'x') }}", p=Choosing())

    assert "---" not in html
    assert [f">{word}<" in html for word in ("请选择", "无", "任何一个")] == [True] * 3


def test_radios_are_a_group_with_a_legend(render):
    page = Reader(render("{{ ui.field(form['kind']) }}", form=Ask()))

    assert len(page.all("fieldset")) == len(page.all("legend")) == 1


def test_a_held_button_says_why_and_cannot_send(render):
    page = Reader(render("{{ ui.button('接单', why_not='本队今天已满') }}"))

    button = page.all("button")[0]
    assert (button["type"], button["aria-disabled"]) == ("button", "true")
    assert "disabled" not in button
    assert button["aria-describedby"] in {a.get("id") for a in page.all("span")}


def test_ids_of_repeated_components_differ(render):
    page = Reader(render("{% for i in range(3) %}{{ ui.button('a', why_not='b') }}{% endfor %}"))

    ids = [a["id"] for a in page.all("span") if "id" in a]
    assert len(set(ids)) == 3


def test_stars_are_radio_buttons_with_words(render):
    html = render("{{ ui.stars_input('stars', '满意吗', value=4) }}")
    radios = [i for i in Reader(html).all("input") if i["type"] == "radio"]

    assert [r["value"] for r in radios] == ["", "1", "2", "3", "4", "5"]
    assert [r["value"] for r in radios if "checked" in r] == ["4"]
    assert "4 星, 满意" in html


def test_a_clock_chip_carries_what_the_script_needs(render):
    chip = Reader(
        render("{{ ui.clock_chip(due, now) }}", due=NOW + timedelta(hours=5), now=NOW)
    ).all("time")[0]

    assert chip["data-tone"] == "amber"
    assert chip["data-red"] == "2026-03-05T05:00:00+00:00"
    assert chip["title"].startswith("2026 年 3 月 5 日")


def test_a_table_keeps_filters_and_forgets_the_page_when_sorted():
    table = tables.Table(
        "t", "t", (), (), sort="due", path="/o", query={"state": "a&b", "after": "x", "sort": "due"}
    )

    assert table.sort_href(tables.Column("due", "")) == "/o?state=a%26b&sort=-due"
    assert table.sorted_by(tables.Column("due", "")) == "ascending"
    assert table.sorted_by(tables.Column("cost", "")) == ""


def test_cells_carry_their_label_for_the_telephone(render):
    table = tables.Table(
        "t",
        "单",
        (tables.Column("a", "甲", lead=True), tables.Column("b", "乙", number=True)),
        [{"a": 1, "b": 2}],
    )
    page = Reader(render("{{ ui.table(p) }}", p=table))

    assert page.all("td") == [{"data-column": "b", "data-label": "乙", "class": "number"}]
    assert [h.get("scope") for h in page.all("th")] == ["col", "col", "row"]


def test_a_map_names_every_district_with_its_figure(render):
    ring = ((106, 30), (107, 30), (107, 31), (106, 30))
    picture = maps.choropleth(
        [
            maps.Area("a", "甲区", (ring,), 1.0, "/a", False, "1.0 %"),
            maps.Area("b", "乙区", (ring,), None),
        ]
    )
    html = render("{{ ui.map(p, '题', '源', '比例') }}", p=picture)

    assert 'aria-label="甲区：1.0 %"' in html
    assert 'aria-label="乙区：无数据"' in html
    assert "© OpenStreetMap contributors" in html
    assert len(Reader(html).all("tr")) == 3


PAGE = """{% extends "ui/base.html" %}{% block title %}待派订单 {{ n }}{% endblock %}
{% block content %}{{ ui.tag("草稿") }}{% endblock %}"""


def page_of(env, **context):
    return env.from_string(PAGE).render(n=12, csrf_token="t", **context)


def test_a_page_has_its_task_as_title_and_heading(env):
    html = page_of(env)

    assert "<title>待派订单 12 - 科普</title>" in html
    assert "<h1>待派订单 12</h1>" in html
    assert "page-primary" not in html
    assert 'class="tag tone-plain"' in html


def test_a_page_without_a_shell_still_stands(env):
    page = Reader(page_of(env))

    assert page.all("html")[0] == {"lang": "zh-CN", "data-theme": "auto", "data-type": "normal"}
    assert page.all("main")[0]["id"] == "content"
    assert not [s for s in page.all("script") if "src" not in s]
    assert not page.all("style")


def test_the_thumb_bar_holds_at_most_five_doors_and_folds_the_rest(env):
    nav = tuple(NavItem(f"去处{n}", f"/{n}") for n in range(8))
    page = Reader(page_of(env, shell=Shell(nav=nav, side=True)))

    assert len([a for a in page.all("a") if a.get("class") == "thumb-link"]) == 4
    assert len([one for one in page.all("summary") if one.get("class") == "thumb-link"]) == 1
    folded = [a["href"] for a in page.all("a") if a.get("class") == "menu-item"]
    assert folded[-4:] == ["/4", "/5", "/6", "/7"]


def test_the_shell_shows_choices_of_the_reader(env):
    shell = Shell(
        preferences=Preferences("dark", "large", "en"),
        places=(Place("1", "示例区", "/1", current=True),),
    )
    page = Reader(page_of(env, shell=shell))

    assert page.all("html")[0] == {"lang": "en", "data-theme": "dark", "data-type": "large"}
    pressed = {
        (b["name"], b["value"]) for b in page.all("button") if b.get("aria-pressed") == "true"
    }
    assert pressed == {("theme", "dark"), ("type", "large"), ("language", "en")}


def test_the_way_says_where_it_stands_and_what_comes_next(render):
    steps = [cards.Step("order", "done"), cards.Step("visit", "now"), cards.Step("rate")]

    html = render("{{ ui.steps(steps, now) }}", steps=steps, now=NOW)
    said = " ".join(re.sub(r"<[^>]+>", "", html).split())

    assert said.endswith("第 2 步，共 3 步：visit 下一步：rate")
    over = [cards.Step("order", "done"), cards.Step("visit", "stopped")]
    assert "way-words" not in render("{{ ui.steps(steps, now) }}", steps=over, now=NOW)
