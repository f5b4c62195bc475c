"""A state machine is a table. Buttons, hints of the API, diagrams and tests are read off it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from kepu.kernel.errors import RuleBroken


@dataclass(frozen=True)
class Move:
    """A verb, the states it may start from, and the state it leads to."""

    verb: str
    sources: tuple[StrEnum, ...]
    target: StrEnum


@dataclass(frozen=True)
class Machine:
    """Where one may go. *When* one may go is asked of rules."""

    start: StrEnum
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        seen = [(source, move.verb) for move in self.moves for source in move.sources]
        doubled = {pair for pair in seen if seen.count(pair) > 1}
        if doubled:
            raise ValueError(f"two ways from one state by one verb: {sorted(doubled)}")

    def why_not(self, state: str, verb: str) -> str | None:
        """A reason when `verb` cannot be done in `state`."""
        if self._find(state, verb):
            return None
        return _("cannot %(verb)s while %(state)s") % {
            "verb": _(verb),
            "state": label(type(self.start)(state)),
        }

    def after(self, state: str, verb: str) -> StrEnum:
        """The state that `verb` leads to from `state`; raises RuleBroken if it leads nowhere."""
        move = self._find(state, verb)
        if move is None:
            raise RuleBroken(self.why_not(state, verb) or "")
        return move.target

    def verbs(self, state: str) -> list[str]:
        """What can be done in `state`, in the order of the table."""
        return [move.verb for move in self.moves if state in move.sources]

    def way_back(self, before: str, now: str) -> str | None:
        """The verb that leads from `now` straight back to `before`; None where nothing does."""
        return next((m.verb for m in self.moves if now in m.sources and m.target == before), None)

    def reachable(self) -> set[str]:
        """Every state that some row of verbs leads to from the start."""
        found: set[str] = {self.start}
        frontier = [str(self.start)]
        while frontier:
            state = frontier.pop()
            new = {m.target for m in self.moves if state in m.sources} - found
            found |= new
            frontier += [str(target) for target in new]
        return found

    def final(self) -> set[str]:
        """States that nothing leads out of."""
        sources = {source for move in self.moves for source in move.sources}
        return {state for state in type(self.start) if state not in sources}

    def diagram(self) -> str:
        """The table as a Mermaid state diagram for the documentation."""
        return "\n".join(["stateDiagram-v2", f"    [*] --> {self.start}", *self._arrows()])

    def _arrows(self) -> Iterator[str]:
        for move in self.moves:
            for source in move.sources:
                yield f"    {source} --> {move.target}: {move.verb}"

    def _find(self, state: str, verb: str) -> Move | None:
        return next((m for m in self.moves if m.verb == verb and state in m.sources), None)


def label(state: StrEnum) -> str:
    """The state's name for people, where its choices give one."""
    return str(getattr(state, "label", state.value))


def states_of(moves: Iterable[Move]) -> set[str]:
    return {state for move in moves for state in (*move.sources, move.target)}
