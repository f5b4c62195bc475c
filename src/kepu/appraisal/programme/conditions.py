"""A condition on what an application says, written as data: an answer compared, or several joined.

{answer: open_days, at_least: 250}
{any: [{answer: grade, one_of: [4A, 5A]}, {holds: district_base}]}
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Self

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from kepu.kernel.rulebooks.registry import Rules, Told

Answer = str | float | bool | None


class Condition(Rules):
    """One comparison, or `all` or `any` of several; exactly one thing is asked."""

    answer: Annotated[str, Told(_("The answer to"))] = Field(default="", max_length=30)
    at_least: Annotated[float | None, Told(_("at least"))] = None
    at_most: Annotated[float | None, Told(_("at most"))] = None
    one_of: Annotated[list[str], Told(_("one of"))] = []
    is_yes: Annotated[bool | None, Told(_("is answered with yes"))] = None
    holds: Annotated[str, Told(_("Holds a title of"))] = Field(default="", max_length=60)
    all: Annotated[list[Condition], Told(_("All of"))] = []
    any: Annotated[list[Condition], Told(_("Any of"))] = []

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        compared = [
            self.at_least is not None,
            self.at_most is not None,
            bool(self.one_of),
            self.is_yes is not None,
        ]
        if [bool(self.answer), bool(self.holds), bool(self.all), bool(self.any)].count(True) != 1:
            raise ValueError(
                gettext("a condition asks one thing: an answer, a title held, all of or any of")
            )
        if any(compared) != bool(self.answer):
            raise ValueError(
                gettext("an answer is compared: at least, at most, one of, or yes or no")
            )
        return self

    def met(self, answers: Mapping[str, Answer], titles: Collection[str]) -> bool:
        """Whether it holds for `answers` by key and the programmes of `titles` that are held now."""
        if self.all:
            return all(one.met(answers, titles) for one in self.all)
        if self.any:
            return any(one.met(answers, titles) for one in self.any)
        if self.holds:
            return self.holds in titles
        return self._compared(answers.get(self.answer))

    def in_words(self) -> str:
        """The condition by the keys of its questions, for who reads the rulebook."""
        return self.told({})

    def told(self, names: Mapping[str, object]) -> str:
        """The condition in one sentence; `names` of questions and programmes by their keys."""
        if self.all:
            return gettext("all of these: %(parts)s") % {"parts": self._parts(self.all, names)}
        if self.any:
            return gettext("one of these at least: %(parts)s") % {
                "parts": self._parts(self.any, names)
            }
        if self.holds:
            title = names.get(self.holds, self.holds)
            return gettext("holds the title of “%(title)s”") % {"title": title}
        return f"{names.get(self.answer, self.answer)} {' '.join(self._comparisons())}"

    def _parts(self, parts: list[Condition], names: Mapping[str, object]) -> str:
        return "; ".join(one.told(names) for one in parts)

    def _comparisons(self) -> list[str]:
        said = []
        if self.at_least is not None:
            said.append(f"≥ {self.at_least:.15g}")
        if self.at_most is not None:
            said.append(f"≤ {self.at_most:.15g}")
        if self.one_of:
            said.append(gettext("is one of: %(choices)s") % {"choices": ", ".join(self.one_of)})
        if self.is_yes is not None:
            said.append(gettext("is yes") if self.is_yes else gettext("is no"))
        return said

    def answers(self) -> set[str]:
        """Keys of the questions it asks about."""
        joined = [key for one in (*self.all, *self.any) for key in one.answers()]
        return {*joined, self.answer} - {""}

    def _compared(self, given: Answer) -> bool:
        if given is None or given == "":
            return False
        if self.is_yes is not None:
            return given is self.is_yes
        if self.one_of and str(given) not in self.one_of:
            return False
        if self.at_least is None and self.at_most is None:
            return True
        if isinstance(given, str | bool):
            return False
        return (self.at_least is None or given >= self.at_least) and (
            self.at_most is None or given <= self.at_most
        )
