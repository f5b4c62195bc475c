from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kepu.kernel.search import actions, index, queries, tokens
from kepu.kernel.search.models import Document

pytestmark = pytest.mark.django_db


def put(number: int, text: str, *, title: str = "", kind: str = "order", path: str = "50.103."):
    return actions.index(kind, number, path=path, title=title, text=text)


def ids(text: str, **options) -> list[int]:
    return [hit.object_id for hit in queries.search(text, **options).hits]


def test_a_part_of_a_word_is_found_wherever_it_stands():
    put(1, "社区科普讲座：垃圾分类")
    put(2, "普通话科目")

    assert ids("科普") == [1]
    assert ids("垃圾分类") == [1]
    assert ids("普") == [2, 1]
    assert ids("类") == [1]
    assert ids("科目") == [2]


def test_pairs_that_all_occur_but_not_in_a_row_are_not_a_match():
    put(1, "科普普及馆及其他")
    put(2, "科普及馆")

    assert ids("科普及馆") == [2]


def test_width_case_and_runs_of_spaces_do_not_matter():
    put(1, "ＡＩ 与　DNA   实验")

    assert ids("ai") == ids("ＤＮＡ") == ids("dna 实验") == [1]


def test_every_word_must_be_found_in_title_or_text():
    put(1, "显微镜", title="走进校园")
    put(2, "显微镜", title="走进社区")

    assert ids("校园 显微镜") == [1]
    assert ids("园显") == []


def test_an_object_indexed_again_is_found_by_its_new_words_only():
    put(1, "望远镜")
    put(1, "显微镜")

    assert ids("望远") == []
    assert ids("显微") == [1]
    assert Document.objects.count() == 1


def test_a_removed_object_is_not_found_and_removing_it_again_changes_nothing():
    put(1, "望远镜")
    actions.remove("order", 1)
    actions.remove("order", 1)

    assert ids("望远镜") == []


def test_the_index_itself_names_no_document_of_another_place():
    inside = put(1, "垃圾分类", path="50.103.001.")
    put(2, "垃圾分类", path="50.1030.001.")
    put(3, "望远镜", path="50.103.001.")
    elsewhere = put(4, "垃圾分类", path="50.107.")

    def held(*places: str) -> list[Document]:
        return list(index.holding(Document.objects.order_by("pk"), ["垃圾分类"], places))

    assert held("50.103.") == held("50.103.001.") == [inside]
    assert held("50.103.", "50.107.") == [inside, elsewhere]
    assert len(held()) == len(held("50.")) == 3
    assert held('50."*) OR (') == []


def test_many_objects_are_found_by_their_new_words_and_places_only():
    for number in (1, 2):
        put(number, "望远镜", path="50.103.")

    actions.index_again("order", [(1, "50.107.", "", "显微镜"), (2, "50.107.", "", "显微镜")])

    assert ids("望远镜") == ids("显微镜", within="50.103.") == []
    assert ids("显微镜", within="50.107.") == [2, 1]


def test_what_lies_outside_the_paths_one_may_see_is_not_found():
    put(1, "机器人", path="50.103.001.")
    put(2, "机器人", path="50.1030.")
    put(3, "机器人", path="51.")

    assert ids("机器人", within="50.103.") == [1]
    assert ids("机器人", within=("50.103.", "51.")) == [3, 1]
    assert ids("机器人", within=()) == []
    assert ids("机器人", within="") == [3, 2, 1]


def test_kinds_narrow_the_search():
    put(1, "机器人", kind="order")
    put(1, "机器人", kind="team")

    assert [hit.kind for hit in queries.search("机器人", kinds=["team"]).hits] == ["team"]
    assert ids("机器人", kinds=[]) == []


def test_pages_follow_one_another_without_gap_or_double():
    for number in range(7):
        put(number, "航天")

    seen, cursor = [], None
    while True:
        found = queries.search("航天", limit=3, cursor=cursor)
        seen += [hit.object_id for hit in found.hits]
        cursor = found.cursor
        if cursor is None:
            break

    assert seen == [6, 5, 4, 3, 2, 1, 0]


def test_the_excerpt_shows_the_place_in_the_words_of_the_text():
    put(1, "前" * 100 + " DNA 实验 " + "后" * 100)

    excerpt = queries.search("dna").hits[0].excerpt

    assert "DNA 实验" in excerpt
    assert excerpt.startswith("…前")
    assert len(excerpt) < 80


def test_a_long_text_of_one_repeated_pair_is_found_exactly():
    put(1, "啊" * 400 + "呀" + "啊" * 5)

    assert ids("啊" * 300) == [1]
    assert ids("啊" * 401) == []
    assert ids("呀啊啊啊啊啊") == [1]


HOSTILE = [
    "'", '"', "''; DROP TABLE x; --", '"科普', "科普*", "科普 AND", "NOT 科普", "NEAR(科 普)", "科-普",
    "^科普", "tokens:科普", "(", ")", "&", "|", "!", "<->", ":*", "\\", "%", "_",
    "科%普", "\x00", "科\x00普",
    "😀", "👩‍🔬", "\ud800", "\u202e", "", " ", "　", "a" * 5000, "科普" * 2000,
    "{}", "[]", "+", "$$", "e\u0301",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_input_is_searched_for_literally(text):
    put(1, "科普")
    put(2, f"前{text}后", title=text)

    found = ids(text)

    assert 2 in found or not tokens.words(text)
    actions.remove("order", 2)
    assert 2 not in ids(text)


ALPHABET = "科普馆aA B％%_'\"*😀　"
texts = st.text(ALPHABET, max_size=12)


def holds(document: str, query: str) -> bool:
    """The plain meaning of a search, without an index."""
    plain = tokens.fold(tokens.tidy(document))
    wanted = tokens.fold(tokens.tidy(query)).split()
    return bool(wanted) and all(word in plain for word in wanted)


@pytest.mark.slow
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(documents=st.lists(texts, max_size=6), query=texts)
def test_the_index_finds_exactly_what_comparing_every_text_finds(documents, query):
    for number in range(6):
        actions.remove("order", number)
    for number, document in enumerate(documents):
        put(number, document)

    expected = [number for number, document in enumerate(documents) if holds(document, query)]

    assert sorted(ids(query)) == expected
