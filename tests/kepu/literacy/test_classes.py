"""A district where nobody answered, or hardly anybody would in a replicate, is joined to its neighbour."""

from kepu.literacy.rules.classes import classes, left_out

ALL, NONE = (True, True), (False, False)


def test_a_district_in_which_every_community_answered_stands_for_itself():
    assert classes({"a": ALL, "b": ALL}) == {"a": "a", "b": "b"}


def test_one_without_answers_is_joined_to_the_nearest_that_has_them():
    heard = {"a": ALL, "b": NONE, "c": NONE, "d": ALL, "e": ()}

    assert classes(heard) == {"a": "a", "b": "a", "c": "d", "d": "d", "e": "d"}


def test_half_the_replicates_of_two_communities_would_lose_the_one_that_answered():
    assert classes({"a": (True, False), "b": ALL}) == {"a": "b", "b": "b"}
    many = (True,) * 9 + (False,)
    assert classes({"a": many, "b": ALL})["a"] == "a"  # ten times the silent one: never


def test_where_no_district_is_sure_all_are_one_class():
    assert set(classes({"a": NONE, "b": (True, False)}).values()) == {"a"}
    assert classes({}) == {}


def test_a_district_that_was_drawn_by_chance_stands_for_itself_alone():
    one, silent = (True,), (False,)

    found = classes({"a": one, "b": silent, "c": one, "d": ALL}, drawn={"a", "b", "c"})
    assert found == {"a": "a", "b": "d", "c": "c", "d": "d"}  # replicates may leave a or c out
    assert classes({"a": one, "b": one}, drawn={"a", "b"}) == {"a": "a", "b": "b"}
    assert set(classes({"a": one, "b": silent}, drawn={"a", "b"}).values()) == {"a"}


def test_silent_districts_are_left_out_only_where_none_can_take_them():
    one, silent = (True,), (False,)

    assert left_out({"a": one, "b": silent, "c": one}, drawn={"a", "b", "c"}) == ["b"]
    assert left_out({"a": one, "b": silent, "d": ALL}, drawn={"a", "b"}) == []  # d takes b
    assert left_out({"a": one, "b": NONE}, drawn={"a"}) == []  # b was no matter of chance
    assert left_out({"a": one, "b": one}, drawn={"a", "b"}) == []
