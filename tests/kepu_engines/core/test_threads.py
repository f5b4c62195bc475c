"""One thread for products of matrices: within, for all at once, and not afterwards."""

import threading

from kepu_engines.core import threads


def numbers():
    return [library.get() for library in threads._libraries()]


def test_one_thread_works_within_and_as_many_as_before_afterwards():
    """The wheels' own libraries are found, and set."""
    before = numbers()
    assert len(before) == 2
    for library in threads._libraries():
        library.put(2)
    try:
        with threads.one_thread():
            assert numbers() == [1, 1]
            with threads.one_thread():
                pass
            assert numbers() == [1, 1]  # the outer one still holds
        assert numbers() == [2, 2]
    finally:
        for library, many in zip(threads._libraries(), before, strict=True):
            library.put(many)


def test_another_thread_that_leaves_first_gives_nothing_back():
    inside, go = threading.Event(), threading.Event()

    def other():
        with threads.one_thread():
            inside.set()
            go.wait(5)

    thread = threading.Thread(target=other)
    with threads.one_thread():
        thread.start()
        assert inside.wait(5)
        go.set()
        thread.join(5)
        assert numbers() == [1, 1]
