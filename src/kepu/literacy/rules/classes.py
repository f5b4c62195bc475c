"""Who stands in for those who did not answer: people of their own district, or of its neighbour too."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

FAILS = 1e-6  # a chance of a replicate without an answer that nobody need reckon with


def classes(heard: Mapping[str, Sequence[bool]], drawn: Container[str] = ()) -> dict[str, str]:
    """The class of each district, by the units first drawn there and whether somebody answered in each.

    A district stands for itself where every replicate of its units will hold an answer: replicates
    draw one unit fewer than there are, with repeats. Another is joined to the nearest one that does,
    in the order of the list; where none can take it, all are one class. Districts that were `drawn`
    themselves, by chance, take nobody: replicates leave out the whole of one.
    """
    names = list(heard)
    sure = [place for place, name in enumerate(names) if _sure(heard[name])]
    if len(sure) == len(names):
        return dict(zip(names, names, strict=True))
    hosts = [place for place in sure if names[place] not in drawn]
    if not hosts:
        return dict.fromkeys(names, names[0])
    return {
        name: name if place in sure else names[min(hosts, key=lambda one: (abs(one - place), one))]
        for place, name in enumerate(names)
    }


def left_out(heard: Mapping[str, Sequence[bool]], drawn: Container[str]) -> list[str]:
    """Districts drawn by chance in which nobody answered, where none can stand in for them.

    They are left out of the sample, and those drawn beside them weigh more: else a replicate of such
    districts alone would hold no answer.
    """
    if any(_sure(units) and name not in drawn for name, units in heard.items()):
        return []
    return [name for name, units in heard.items() if name in drawn and not any(units)]


def _sure(heard: Sequence[bool]) -> bool:
    if not any(heard):
        return False
    silent = 1 - sum(heard) / len(heard)
    return silent ** max(len(heard) - 1, 1) < FAILS
