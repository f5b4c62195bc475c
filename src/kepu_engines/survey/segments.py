"""Segments of the public: classes of people who answer alike, by a weighted latent class model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, stdtrit, xlogy

from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Progress, silent
from kepu_engines.core.seeds import generator
from kepu_engines.survey.design import Reals
from kepu_engines.survey.replicates import Figure

# A step that lifts the likelihood by less than this share of it is the last.
SETTLED, STEPS = 1e-11, 50_000
# The same of a replicate, which begins where the sample ended.
NEAR = 1e-9
# Every start goes so many steps; the best quarter of them, two at least, goes to its end.
FIRST, LEAST_ENDS = 40, 2
# Two that end as near as this share of the likelihood ended at the same place.
SAME = 1e-6
# A fit goes on from another's figures: an answer nobody gave must be able to come up.
LEAST = 1e-6
TWINS = "two classes cannot be told apart in what is known of people: ask for fewer classes"


@dataclass(frozen=True)
class Patterns:
    """Answers of people, each way of answering held once.

    Attributes
    ----------
    codes : (patterns, questions) int16
        Category of each answer; -1 where there is none.
    categories : tuple of int
        How many each question has.
    row : (n,) int64
        Pattern of each person.
    """

    codes: NDArray[np.int16]
    categories: tuple[int, ...]
    row: NDArray[np.int64]

    @classmethod
    def of(cls, answers: ArrayLike, categories: Sequence[int]) -> "Patterns":
        """Find the patterns of `answers`, (n, questions) whole numbers in [-1, categories).

        Raises
        ------
        EngineError
            If a code is out of range, or a question has fewer than two categories.
        """
        table = np.asarray(answers)
        shape = table.ndim == 2 and table.shape[1] == len(categories) and table.size > 0
        require(shape, f"answers must be a table with {len(categories)} columns")
        require(table.dtype.kind in "iu", "answers must be whole numbers")
        for question, many in enumerate(categories):
            require(many > 1, f"question {question + 1} has one answer: it tells nobody apart")
            column = table[:, question]
            inside = bool(((column >= -1) & (column < many)).all())
            require(inside, f"question {question + 1}: a code is not in [-1, {many})")
        codes, row = np.unique(table.astype(np.int16), axis=0, return_inverse=True)
        return cls(codes, tuple(categories), row.ravel())

    def people(self, weight: Reals) -> Reals:
        """Sum of `weight`, or of a weighted variable, by pattern.

        Parameters
        ----------
        weight : (n,) float
        """
        return np.bincount(self.row, weight, len(self.codes)).astype(np.float64)

    def parameters(self, classes: int) -> int:
        """Free figures of a model with so many classes."""
        return classes * sum(many - 1 for many in self.categories) + classes - 1

    def tells(self, classes: int) -> bool:
        """Whether there are fewer parameters than possible patterns can tell."""
        possible = float(np.prod(np.array(self.categories, float)))
        return classes == 1 or self.parameters(classes) < possible - 1


@dataclass(frozen=True)
class Classes:
    """A latent class model, the largest class first.

    Attributes
    ----------
    share : (k,) float64
        Share of the people in each class.
    answer : (k, questions, most categories) float64
        Chance of each answer in each class; 0 beyond a question's categories.
    loglik : float
        Of the weights scaled to `people`.
    people : float
        Effective number of persons, (sum of weights)^2 / sum of squares.
    parameters : int
    reached, ends : int
        How many starts were followed to their end, and how many of them ended at this likelihood.
    entropy : float
        1 where everybody's class is sure, 0 where nothing is known of it; 1 for one class.
    """

    share: Reals
    answer: NDArray[np.float64]
    loglik: float
    people: float
    parameters: int
    reached: int
    ends: int
    entropy: float

    def __len__(self) -> int:
        """How many classes there are."""
        return self.share.size

    @property
    def bic(self) -> float:
        """Bayes's information criterion: the less, the better."""
        return float(-2 * self.loglik + self.parameters * np.log(self.people))

    def posterior(self, patterns: Patterns) -> NDArray[np.float64]:
        """Chance of each class, given a pattern, (patterns, k)."""
        found: NDArray[np.float64] = _posterior(patterns.codes, self.share, self.answer)
        return found

    def figures(self, patterns: Patterns, y: NDArray[np.float64]) -> Figure:
        """Of any weights: shares, chances of answers, and means of `y` in each class, in a row.

        The model is fitted anew from where it stands, so that replicates know how unsure the
        classes themselves are, and classes keep their order.

        Parameters
        ----------
        y : (n, m) float
            What is asked of people beside the questions; see `means`.
        """

        def figure(weight: Reals) -> Reals:
            share, answer = self._again(patterns.people(weight), patterns)
            chances = _posterior(patterns.codes, share, answer)
            told = means(chances, patterns, weight, y)
            return np.concatenate([share, answer.ravel(), told.ravel()])

        return figure

    def split(self, row: Reals, columns: int) -> tuple[Reals, Reals, Reals]:
        """A row of `figures`, or of their errors, as shares, answers and means (k, m).

        Parameters
        ----------
        row : (figures,) float
        columns : int
            Of y.
        """
        parts = np.split(row, np.cumsum([len(self), self.answer.size]))
        return parts[0], parts[1].reshape(self.answer.shape), parts[2].reshape(len(self), columns)

    def _again(self, people: Reals, patterns: Patterns) -> tuple[Reals, NDArray[np.float64]]:
        share = np.maximum(self.share, LEAST)
        answer = np.where(_open(patterns), np.maximum(self.answer, LEAST), 0)
        share, answer = share / share.sum(), answer / answer.sum(axis=2, keepdims=True)
        people = people / people.sum()
        _climb(patterns.codes, people, share, answer, STEPS, NEAR)
        return share, answer


def fit(
    patterns: Patterns,
    weight: Reals,
    classes: int,
    *,
    starts: int = 20,
    seed: int = 1,
    progress: Progress = silent,
) -> Classes:
    """Fit a latent class model by EM, from several starts; the best of them is kept.

    Answers are independent inside a class. Those that are missing are left out of the
    likelihood: they are taken to be missing at random, given the answers there are. The
    likelihood is a pseudo-likelihood: weights are scaled to the effective number of persons
    (Kish), so that unequal weights do not count as more people than they are; with equal
    weights it is the plain likelihood.

    Parameters
    ----------
    weight : (n,) float
        >= 0, not all 0.
    classes, starts : int
        >= 1.
    seed : int
        The same seed starts at the same places.
    progress : Progress, optional
        Told after each start how many are done, those that are followed to their end once more.

    Raises
    ------
    EngineError
        If there are more parameters than patterns can tell, nobody has a weight, or EM does not settle.

    Source
    ------
    Goodman (1974), Exploratory latent structure analysis, Biometrika 61, 215-231; McCutcheon (1987),
    Latent Class Analysis. Weights: Vermunt & Magidson (2007), Sociological Methods & Research 36.
    """
    require(classes >= 1 and starts >= 1, "at least one class and one start")
    few = f"{classes} classes have as many figures as the answers can tell: ask more questions"
    require(patterns.tells(classes), few)
    require(bool((weight >= 0).all() and weight.any()), "nobody has a weight above 0")
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    people = patterns.people(weight) * (effective / weight.sum())
    chance = generator(seed)
    begun = [_begun(patterns, classes, chance) for _start in range(starts if classes > 1 else 1)]
    followed, stage = min(len(begun), max(LEAST_ENDS, starts // 4)), f"starts of {classes} classes"
    heights, ends = [], []
    for done, one in enumerate(begun, start=1):
        heights.append(_climb(patterns.codes, people, *one, FIRST, SETTLED)[0])
        progress(stage, done, len(begun) + followed)
    best = np.argsort(-np.array(heights), kind="stable")[:followed]
    for done, place in enumerate(best, start=len(begun) + 1):
        ends.append(_end(patterns, people, *begun[place]))
        progress(stage, done, len(begun) + followed)
    loglik, share, answer = max(ends, key=lambda end: end[0])
    reached = sum(loglik - end[0] <= SAME * abs(loglik) for end in ends)
    order = np.argsort(-share, kind="stable")
    share, answer = np.asarray(share)[order], answer[order]
    sure = _entropy(_posterior(patterns.codes, share, answer), people)
    parameters = patterns.parameters(classes)
    return Classes(share, answer, loglik, effective, parameters, reached, len(ends), sure)


def several(
    patterns: Patterns,
    weight: Reals,
    most: int,
    *,
    starts: int = 20,
    seed: int = 1,
    progress: Progress = silent,
) -> tuple[Classes, ...]:
    """Models of one class, two, and so on to `most`, or to as many as the answers can tell.

    Parameters
    ----------
    patterns : Patterns
    weight : (n,) float
        >= 0, not all 0.
    most : int
        Classes tried at most.
    starts, seed, progress
        As for `fit`.
    """
    found = []
    for classes in range(1, most + 1):
        if not patterns.tells(classes):
            break
        found.append(fit(patterns, weight, classes, starts=starts, seed=seed, progress=progress))
    return tuple(found)


def chosen(models: Sequence[Classes]) -> Classes:
    """The model with the least BIC; of several alike the first.

    Parameters
    ----------
    models : sequence of Classes
        At least one, all fitted to the same answers with the same weights: else BIC compares nothing.

    Source
    ------
    Schwarz (1978), Annals of Statistics 6, 461-464; of numbers of classes Nylund, Asparouhov & Muthén
    (2007), Structural Equation Modeling 14, 535-569.
    """
    return min(models, key=lambda one: one.bic)


def means(
    posterior: NDArray[np.float64], patterns: Patterns, weight: Reals, y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Means of `y` in each class, (k, m), the error of assigning people to classes taken out.

    People are assigned to each class by their chance of it, and put right by how often such an
    assignment is wrong (the three-step method of Bolck, Croon and Hagenaars). So assigned, that is the
    weighted regression of y on the chances, without an intercept. It holds if y and the answers
    are independent inside a class. A share may come out a little below 0 or above 1.

    Parameters
    ----------
    posterior : (patterns, k) float
    weight : (n,) float
        >= 0.
    y : (n, m) float

    Raises
    ------
    EngineError
        If the chances of two classes go together.

    Source
    ------
    Bolck, Croon & Hagenaars (2004), Political Analysis 12, 3-27; Vermunt (2010), Latent class modeling
    with covariates: two improved three-step approaches, Political Analysis 18, 450-469.
    """
    held = [patterns.people(weight * column) for column in y.T]
    sums = np.array(held).reshape(y.shape[1], len(patterns.codes)).T
    wrong = posterior.T @ (posterior * patterns.people(weight)[:, None])
    try:
        return np.asarray(np.linalg.solve(wrong, posterior.T @ sums), np.float64)
    except np.linalg.LinAlgError as error:
        raise EngineError(TWINS) from error


def limits(value: Reals, se: Reals, df: ArrayLike, level: float = 0.95) -> tuple[Reals, Reals]:
    """Interval of shares in classes, by Student's t on the log odds; `df` of all, or of each.

    A share that chance took to 0 or beyond has a plain interval, cut at 0 and 1; so has one at 1.
    NaN without degrees of freedom.

    Parameters
    ----------
    value, se : (...) float
        Shares and their standard errors.
    df : (...) int, or a number
    level : float
        In (0, 1).
    """
    free = np.asarray(df, np.float64)
    half = stdtrit(np.where(free > 0, free, np.nan), (1 + level) / 2) * se
    inside = (value > 0) & (value < 1)
    odds = logit(np.where(inside, value, 0.5))
    away = half / np.where(inside, value * (1 - value), 1)
    low, high = np.clip(value - half, 0, 1), np.clip(value + half, 0, 1)
    return np.where(inside, expit(odds - away), low), np.where(inside, expit(odds + away), high)


def _open(patterns: Patterns) -> NDArray[np.bool_]:
    """Which categories there are, (questions, most categories)."""
    many = np.array(patterns.categories)
    return np.arange(many.max()) < many[:, None]


def _begun(
    patterns: Patterns, classes: int, chance: np.random.Generator
) -> tuple[Reals, NDArray[np.float64]]:
    """Equal shares, and answers drawn anywhere."""
    shape = (classes, len(patterns.categories), max(patterns.categories))
    answer = np.zeros(shape)
    for question, many in enumerate(patterns.categories):
        answer[:, question, :many] = chance.dirichlet(np.ones(many), classes) * 0.9 + 0.1 / many
    return np.full(classes, 1 / classes), answer


def _end(
    patterns: Patterns, people: Reals, share: Reals, answer: NDArray[np.float64]
) -> tuple[float, Reals, NDArray[np.float64]]:
    loglik, steps = _climb(patterns.codes, people, share, answer, STEPS, SETTLED)
    require(steps < STEPS, f"{share.size} classes do not settle: ask for fewer")
    return float(loglik), share, answer


def _entropy(posterior: NDArray[np.float64], people: Reals) -> float:
    classes = posterior.shape[1]
    if classes == 1:
        return 1.0
    doubt = -(xlogy(posterior, posterior).sum(axis=1) @ people) / people.sum()
    return float(1 - doubt / np.log(classes))


@njit(cache=True)
def _chances(codes: Any, pattern: int, share: Any, answer: Any, joint: Any) -> float:
    """Chance of each class together with a pattern; their sum."""
    total = 0.0
    for one in range(share.size):
        value = share[one]
        for question in range(codes.shape[1]):
            code = codes[pattern, question]
            if code >= 0:
                value *= answer[one, question, code]
        joint[one] = value
        total += value
    return total


@njit(cache=True)
def _posterior(codes: Any, share: Any, answer: Any) -> Any:
    found = np.empty((codes.shape[0], share.size))
    for pattern in range(codes.shape[0]):
        total = _chances(codes, pattern, share, answer, found[pattern])
        for one in range(share.size):
            found[pattern, one] = found[pattern, one] / total if total > 0 else share[one]
    return found


@njit(cache=True)
def _expected(codes: Any, people: Any, share: Any, answer: Any, held: Any, sums: Any) -> float:
    """People of each class and of its answers, given all answers; the likelihood."""
    joint, loglik = np.empty(share.size), 0.0
    for pattern in range(codes.shape[0]):
        if people[pattern] <= 0:
            continue
        total = max(_chances(codes, pattern, share, answer, joint), 1e-300)
        loglik += people[pattern] * np.log(total)
        for one in range(share.size):
            part = people[pattern] * joint[one] / total
            held[one] += part
            for question in range(codes.shape[1]):
                if codes[pattern, question] >= 0:
                    sums[one, question, codes[pattern, question]] += part
    return loglik


@njit(cache=True)
def _climb(codes: Any, people: Any, share: Any, answer: Any, steps: int, settled: float) -> Any:
    """EM in place, until it settles; the likelihood, and how many steps were taken."""
    before = -np.inf
    for step in range(steps):
        held, sums = np.zeros(share.shape), np.zeros(answer.shape)
        loglik = _expected(codes, people, share, answer, held, sums)
        if loglik - before <= settled * abs(loglik):
            return loglik, step
        before = loglik
        share[:] = held / held.sum()
        for one in range(share.size):
            for question in range(codes.shape[1]):
                told = sums[one, question].sum()
                if told > 0:
                    answer[one, question] = sums[one, question] / told
    return before, steps
