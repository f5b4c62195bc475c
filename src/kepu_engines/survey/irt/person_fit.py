"""Whether a person answered as one of that ability does: lz*, infit and outfit of persons.

Sources
-------
Drasgow, Levine & Williams (1985), British Journal of Mathematical and Statistical Psychology 38,
67-86 (lz); Snijders (2001), Psychometrika 66, 331-342 (lz* of right and wrong); Sinharay (2016),
Psychometrika 81, 992-1013 (of several categories). Wright & Masters (1982), Rating Scale Analysis,
chapter 5 (infit, outfit).
"""

from dataclasses import dataclass

import numpy as np

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.irt.fit import Fit, families
from kepu_engines.survey.irt.responses import Floats, Responses
from kepu_engines.survey.irt.scores import by_ability, weighted

AT_ONCE = 4096


@dataclass(frozen=True)
class Residuals:
    """Squares of answers about what was expected of them, and the variances of these answers.

    Both are (n, j), 0 where nobody answered.
    """

    squares: Floats
    spread: Floats

    def of_items(self, answers: Responses) -> tuple[Floats, Floats]:
        """Infit and outfit of each item, (j,) each."""
        people = answers.weight[:, None] * (answers.codes >= 0)
        infit = (people * self.squares).sum(axis=0) / (people * self.spread).sum(axis=0)
        return infit, (people * self._standard()).sum(axis=0) / people.sum(axis=0)

    def of_persons(self, answers: Responses) -> tuple[Floats, Floats]:
        """Infit and outfit of each row of the answers, (n,) each."""
        many = (answers.codes >= 0).sum(axis=1)
        infit = self.squares.sum(axis=1) / self.spread.sum(axis=1)
        return infit, self._standard().sum(axis=1) / many

    def _standard(self) -> Floats:
        return self.squares / np.where(self.spread > 0, self.spread, 1)


@dataclass(frozen=True)
class PersonFit:
    """Statistics of each row of the answers, (n,) each.

    Attributes
    ----------
    ability, error : (n,) float64
        Weighted likelihood estimates, at which the others are taken.
    lz : (n,) float64
        lz*: standard normal where the model holds; below about -1.64 answers are less likely
        than 19 of 20 persons' are. NaN where a single answer leaves it no spread.
    infit, outfit : (n,) float64
        Mean squares of residuals, near 1 where the model holds.
    """

    ability: Floats
    error: Floats
    lz: Floats
    infit: Floats
    outfit: Floats


def person_fit(found: Fit, answers: Responses, progress: Progress = silent) -> PersonFit:
    """Fit of every person's answers to a model.

    lz* is lz corrected for the ability being estimated from the same answers; it needs a few
    dozen items to be near normal.

    Parameters
    ----------
    found : Fit
    answers : Responses
        n rows; of the items of the fit.
    progress : Progress, optional
        Told after each block of persons how many are done.

    Returns
    -------
    PersonFit
        (n,) each; abilities and errors in units of ability.

    Source
    ------
    Snijders (2001), Psychometrika 66, 331-342; Sinharay (2016), Psychometrika 81, 992-1013.
    """
    scores = weighted(found, answers)
    infit, outfit = residuals(found, answers, scores.ability).of_persons(answers)
    lz, many = np.empty(len(answers.codes)), len(answers.codes)
    for rows in _parts(many):
        lz[rows] = _lz(found, answers.codes[rows], scores.ability[rows])
        progress("fit of persons", rows.stop, many)
    return PersonFit(scores.ability, scores.error, lz, infit, outfit)


def residuals(found: Fit, answers: Responses, ability: Floats) -> Residuals:
    """Residuals of all answers at given abilities, (n,).

    Parameters
    ----------
    found : Fit
    answers : Responses
        n rows of j items.
    ability : (n,) float

    Raises
    ------
    EngineError
        If there is not an ability for each row.
    """
    require(len(ability) == len(answers.codes), "There must be an ability for each row of answers.")
    shape = answers.codes.shape
    squares, spread = np.zeros(shape), np.zeros(shape)
    for rows in _parts(len(ability)):
        codes = answers.codes[rows]
        for items, used in families(found.model, found.categories):
            logs = found.model.chances(found.params[items, :used], ability[rows]).logs
            chance, steps = np.exp(logs), np.arange(logs.shape[1])[:, None]
            mean = (chance * steps).sum(axis=1)
            asked = codes[:, items] >= 0
            place = np.ix_(np.arange(rows.start, rows.start + len(codes)), items)
            squares[place] = np.where(asked, (codes[:, items] - mean.T) ** 2, 0)
            spread[place] = asked * ((chance * steps**2).sum(axis=1) - mean**2).T
    return Residuals(squares, spread)


def _lz(found: Fit, codes: np.ndarray[tuple[int, int], np.dtype[np.int8]], theta: Floats) -> Floats:
    """lz* of some rows: what their log-likelihood says beyond what decided their abilities.

    The estimate is where the weighted scores by ability add up to a known term; taking off the
    log-likelihood what goes along with these scores leaves that term and the estimation out.
    """
    people = len(codes)
    beyond, along, common, told = (np.zeros(people) for _ in range(4))
    parts = []
    for items, used in families(found.model, found.categories):
        logs, score = by_ability(found, found.params[items, :used], theta)
        chance = np.exp(logs)
        centred = logs - (chance * logs).sum(axis=1, keepdims=True)
        asked = (codes[:, items] >= 0).T
        common += (asked * (chance * centred * score).sum(axis=1)).sum(axis=0)
        told += (asked * (chance * score**2).sum(axis=1)).sum(axis=0)
        parts.append((items, asked, chance, centred, score))
    share = common / told
    spread = np.zeros(people)
    for items, asked, chance, centred, score in parts:
        rest = centred - share * score
        spread += (asked * (chance * rest**2).sum(axis=1)).sum(axis=0)
        answer = np.maximum(codes[:, items].T, 0)[:, None, :].astype(np.int64)
        beyond += (asked * np.take_along_axis(centred, answer, 1)[:, 0]).sum(axis=0)
        along += (asked * np.take_along_axis(score, answer, 1)[:, 0]).sum(axis=0)
    single = spread <= 1e-12 * np.maximum(told, 1)
    return np.where(single, np.nan, (beyond - share * along) / np.sqrt(np.where(single, 1, spread)))


def _parts(rows: int) -> list[slice]:
    return [slice(first, min(first + AT_ONCE, rows)) for first in range(0, rows, AT_ONCE)]
