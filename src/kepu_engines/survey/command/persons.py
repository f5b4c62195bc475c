"""Nobody is counted twice: which column names the persons, and who comes more than once.

Where no column is named, one that is called as such columns are is looked at; where there is none,
the command says that nobody looked.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.survey.command.tables import MISSING, Table

ID = "column that names the person, each once; - if none does"
NOBODY = "-"  # stands for a file whose rows are no persons
# What columns that name persons are called, in small letters.
CALLED = {
    "id", "uuid", "person", "person_id", "personid", "respondent", "respondent_id", "case_id", "caseid",
    "编号", "个人编号", "受访者", "受访者编号", "问卷编号", "样本编号",
}  # fmt: skip
UNLOOKED = "nobody looked whether a person comes twice: name the column of persons by --id"


@dataclass(frozen=True)
class Persons:
    """The column that names the persons, or none; `named` if the analyst said so."""

    column: str | None
    named: bool
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, asked: str | None, header: Sequence[str], taken: Collection[str | None]
    ) -> "Persons":
        """The column asked for, or the first of the header that is called as such and not `taken`."""
        if asked is not None:
            return cls(None if asked == NOBODY else asked, named=True)
        alike = [name for name in header if name.lower() in CALLED and name not in taken]
        return cls(alike[0], named=False) if alike else cls(None, named=False, notes=(UNLOOKED,))

    @property
    def columns(self) -> list[str]:
        """What must be read to look."""
        return [] if self.column is None else [self.column]

    def refuse_doubles(self, passes: Callable[[], Iterable[Table]]) -> None:
        """Refuse a person who comes twice, by both rows; of each row eight bytes are kept.

        Only where two names have the same number is the file passed over again, to read the names.

        Raises
        ------
        EngineError
            If a name comes twice, or is missing.
        """
        if self.column is None:
            return
        numbers = np.concatenate([self._numbers(table) for table in passes()])
        numbers.sort()
        twice = set(numbers[1:][numbers[1:] == numbers[:-1]].tolist())
        if twice:
            self._name_one(passes(), twice)

    def _numbers(self, table: Table) -> NDArray[np.int64]:
        words = table.cells[str(self.column)]
        gap = next((row for row, word in enumerate(words) if word in MISSING), None)
        place = table.where(gap or 0, str(self.column))
        require(gap is None, f"{place}: the name is missing: {self.or_else('fill it in')}")
        return np.fromiter(map(hash, words), np.int64, len(words))

    def _name_one(self, tables: Iterable[Table], twice: set[int]) -> None:
        """Refuse the first that truly comes twice: different names may have one number."""
        column, seen = str(self.column), dict[str, int]()
        for table in tables:
            for row, word in enumerate(table.cells[column], start=table.first):
                if hash(word) in twice:
                    first = seen.setdefault(word, row)
                    place = table.where(row - table.first, column)
                    sentence = f"{place}: {word} was in row {first}: {self.or_else('keep one')}"
                    require(first == row, sentence)

    def or_else(self, mend: str) -> str:
        """What to do; of a column that nobody named, also how to say that it names no persons."""
        return mend if self.named else f"{mend}, or say --id - if {self.column} names no persons"
