"""An engine's refusal in the reader's language. Engines say English and know of no catalogue.

Each sentence that an engine may say of a plan, its files or a design stands here once as a text of the
catalogue. What an engine said is recognised by it, and told in the reader's words with the same names
and numbers in it; `rest` is a sentence within a sentence.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import get_language, gettext_noop, pgettext
from django.utils.translation import gettext as _

WHOLE = (
    # --- where it is ------------------------------------------------------------------------------
    gettext_noop("%(file)s, row %(row)s, column %(column)s: %(rest)s"),
    gettext_noop("in replicate %(replicate)s: %(rest)s"),
    gettext_noop("group %(group)s: %(rest)s"),
    # --- files ------------------------------------------------------------------------------------
    gettext_noop("%(file)s has no column %(column)s; it has: %(there)s"),
    gettext_noop("%(file)s has two columns %(column)s"),
    gettext_noop("%(file)s has no rows"),
    gettext_noop("%(file)s is empty"),
    gettext_noop("%(file)s, row %(row)s is empty"),
    gettext_noop("%(file)s is not a text in UTF-8"),
    gettext_noop("%(file)s is not a Parquet file"),
    gettext_noop("%(file)s, line %(line)s cannot be read as YAML"),
    gettext_noop("%(file)s cannot be read as YAML"),
    gettext_noop("%(file)s has more than %(number)s characters"),
    gettext_noop("%(file)s must lie in the plan's own folder"),
    gettext_noop("there is no file %(file)s beside the plan"),
    gettext_noop("%(file)s: nobody answered"),
    # --- cells ------------------------------------------------------------------------------------
    gettext_noop("%(word)s was in row %(row)s: keep one"),
    gettext_noop("%(word)s is not a number"),
    gettext_noop("the number is missing"),
    gettext_noop("%(word)s is neither 0 nor 1"),
    gettext_noop("%(word)s is not a weight above 0"),
    gettext_noop("%(word)s is not above 0"),
    gettext_noop("%(word)s is below 0"),
    gettext_noop("it is empty, though the person answered"),
    gettext_noop("%(word)s has no people in the margins"),
    gettext_noop("%(word)s of %(margin)s comes twice"),
    gettext_noop("%(word)s is none of %(known)s"),
    gettext_noop("%(word)s is neither %(one)s nor %(other)s"),
    gettext_noop("the right answer is missing"),
    gettext_noop("this person was asked %(many)s items, and a form of %(name)s has %(wanted)s"),
    gettext_noop("%(word)s is %(known)s in other letters: write %(again)s"),
    gettext_noop("this person answered, but no item was asked"),
    gettext_noop("%(year)s comes twice"),
    gettext_noop("%(year)s comes twice of %(cell)s"),
    gettext_noop("no year is here"),
    gettext_noop("%(year)s is not before %(last)s"),
    gettext_noop("%(word)s is none of the plan's groups and sets"),
    gettext_noop("which of %(group)s is missing"),
    # --- the plan ---------------------------------------------------------------------------------
    gettext_noop("level must be one of %(known)s"),
    gettext_noop(
        "%(given)s is none of %(known)s; write out name, dimensions with points and levels with "
        "cuts"
    ),
    gettext_noop(
        "these are not the points and cuts of %(name)s: give the framework a name of its own"
    ),
    gettext_noop("the cuts must fall from the highest level to the lowest"),
    gettext_noop("every cut must lie above 0 and up to %(most)s points"),
    gettext_noop("every dimension must have points"),
    gettext_noop("a framework has dimensions and levels"),
    gettext_noop("sets: %(names)s is the name of another table"),
    gettext_noop("modes need margins: what is known of the population"),
    gettext_noop("modes.overlap: %(names)s must be among modes.covariates"),
    gettext_noop("trend.figure is combined: the plan must have modes"),
    gettext_noop("no people reach this level by this form in %(share)s"),
    gettext_noop("these dimensions have no items: %(names)s"),
    gettext_noop("The regression of ability on what is known of people did not settle."),
    gettext_noop("modes: %(name)s has no margin, so nobody knows the population's"),
    gettext_noop("%(names)s stands in both groups"),
    gettext_noop(
        "plan: %(place)s: nobody who answered has %(words)s; mend the words or leave it out"
    ),
    gettext_noop("%(file)s has no item of the dimension %(dimension)s"),
    gettext_noop("%(file)s has no year of the city"),
    gettext_noop("%(file)s: %(items)s is no item of this year's form"),
    gettext_noop("%(codes)s: these areas have no row in the file of areas"),
    gettext_noop(
        "some did not answer: the plan must name the classes of `nonresponse`, who stand in for "
        "them"
    ),
    # --- the sample and its weights ---------------------------------------------------------------
    gettext_noop(
        "stratum %(name)s has one cluster: merge it with a neighbour, or name the rule "
        "certainty, adjust or average"
    ),
    gettext_noop(
        "stratum %(name)s has one cluster: merge it with a neighbour, or name the rule "
        "`lonely: certainty`"
    ),
    gettext_noop(
        "replicates cannot follow the rule %(rule)s for a stratum with one cluster: merge it "
        "with a neighbour, or name the rule certainty"
    ),
    gettext_noop("no stratum has two clusters to tell a variance"),
    gettext_noop("nobody in class %(name)s answered: merge it with a neighbour"),
    gettext_noop("nobody in the sample has %(name)s: merge it with another"),
    gettext_noop("the target of %(name)s is 0 and the sample has rows there: leave them out"),
    gettext_noop("the targets of %(name)s are all 0"),
    gettext_noop(
        "the margins disagree: %(one)s adds up to %(first)s and %(other)s to %(second)s; bring "
        "them to one total"
    ),
    gettext_noop(
        "the weights cannot meet all totals %(bounds)s: %(name)s comes to %(reached)s instead "
        "of %(target)s; widen the bounds, merge categories, or leave a margin out"
    ),
    # --- items, areas, modes, years ---------------------------------------------------------------
    gettext_noop("%(items)s: all answers alike tell nobody apart; leave it out"),
    gettext_noop("item %(number)s was in no booklet"),
    gettext_noop(
        "The fit did not converge in %(number)s passes; use a simpler model, more answers, or "
        "for 3pl a prior on guessing."
    ),
    gettext_noop("The fit ran away: the slope of %(item)s has no bound; leave that item out."),
    gettext_noop(
        "The fit ran away: a group's spread has no bound, or its answers do not hang together."
    ),
    gettext_noop(
        "The answers do not tell all parameters apart; use a simpler model, or for 3pl a prior."
    ),
    gettext_noop("A link with an error needs at least three anchor items."),
    gettext_noop("Anchor slopes must be above 0."),
    gettext_noop("The curves of the two years could not be brought together."),
    gettext_noop("the city's own figure rests on too few people to be printed"),
    gettext_noop(
        "%(areas)s areas are too few for %(columns)s columns: at least %(least)s must be asked"
    ),
    gettext_noop("a column of x is made of the others: leave one of them out"),
    gettext_noop("there are more volunteers than the weights of the homes know people"),
    gettext_noop("a cell of the two samples together has no volunteer"),
    gettext_noop(
        "nobody of the category %(word)s of %(column)s is in one of the samples: merge it with "
        "a neighbour, or leave the column out"
    ),
    gettext_noop(
        "the model does not settle: a category tells every answer, or there are too few people "
        "of it; merge it with a neighbour"
    ),
    gettext_noop("nobody in the overlap was asked at home"),
    gettext_noop("nobody in the overlap was asked online"),
    gettext_noop("%(year)s: the standard error must be above 0, or left empty"),
    gettext_noop("%(year)s: %(share)s is no share between 0 and 1"),
    # --- a draw -----------------------------------------------------------------------------------
    gettext_noop("%(people)s people do not fit: the strata's limits allow %(low)s to %(high)s"),
    gettext_noop("%(take)s of %(units)s units cannot be drawn"),
    gettext_noop(
        "%(left)s of %(units)s units are too many for Sampford: stratify the list, or draw "
        "systematically"
    ),
    gettext_noop("stage %(number)s: %(rest)s"),
    # --- R ----------------------------------------------------------------------------------------
    gettext_noop("R finds other figures: apart by %(estimate)s, their errors by %(se)s"),
    gettext_noop("R did not finish reproduce.R within %(minutes)s minutes"),
    gettext_noop("R could not run reproduce.R: %(said)s"),
    # --- a form that checks a plan, word by word (pydantic) ---------------------------------------
    gettext_noop("Field required"),
    gettext_noop("Extra inputs are not permitted"),
    gettext_noop("Input should be a valid integer"),
    gettext_noop("Input should be a valid integer, %(why)s"),
    gettext_noop("Input should be a valid number"),
    gettext_noop("Input should be a valid number, %(why)s"),
    gettext_noop("Input should be a valid string"),
    gettext_noop("Input should be a valid list"),
    gettext_noop("Input should be a valid dictionary"),
    gettext_noop("Input should be a valid dictionary or instance of %(kind)s"),
    gettext_noop("Input should be a valid boolean"),
    gettext_noop("Input should be %(known)s"),
    gettext_noop("Input should be greater than or equal to %(number)s"),
    gettext_noop("Input should be less than or equal to %(number)s"),
    gettext_noop("Input should be greater than %(number)s"),
    gettext_noop("Input should be less than %(number)s"),
    gettext_noop("%(kind)s should have at least %(number)s item after validation, not %(given)s"),
    gettext_noop("String should have at least %(number)s character"),
    gettext_noop("String should have at most %(number)s characters"),
    gettext_noop("String should match pattern '%(pattern)s'"),
)  # fmt: skip
HOLE = re.compile(r"%\((\w+)\)s")
# A plan's faults stand one after the other, each with its place in the plan.
FAULTS = re.compile(r"(?P<file>[^\s:]+\.ya?ml): (?P<rest>.+)", re.DOTALL)
NEXT = re.compile(r"; (?=(?:the plan|[\w.]+): )")
FAULT = re.compile(r"(?P<where>the plan|[^\s:]+): (?P<rest>.+)", re.DOTALL)


def told(sentence: str) -> str:
    """What an engine refused, for whoever reads the page; as it was said where nobody put it otherwise."""
    if (get_language() or "").startswith("en"):
        return sentence
    return _known(sentence) or _faults(sentence) or _("%(why)s (in the program's own words)") % {
        "why": sentence
    }  # fmt: skip


def _known(sentence: str) -> str:
    """The sentence by the catalogue; empty where it is none of ours."""
    for text, pattern in _patterns():
        if met := pattern.fullmatch(sentence):
            named = met.groupdict()
            if "rest" in named:
                named["rest"] = told(named["rest"])
            return _(text) % named
    return ""


def _faults(sentence: str) -> str:
    """The faults of a plan, each with its place in it."""
    met = FAULTS.fullmatch(sentence)
    if met is None:
        return ""
    parts = [_fault(part) for part in NEXT.split(met["rest"])]
    return f"{met['file']}：{'；'.join(parts)}"


def _fault(part: str) -> str:
    if whole := _known(part):
        return whole
    met = FAULT.fullmatch(part)
    if met is None:
        return told(part)
    where = pgettext("estimate", "the plan") if met["where"] == "the plan" else met["where"]
    return f"{where}：{told(met['rest'])}"


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Each sentence with what recognises it: those that hold another first, then those of most words."""
    made = [(text, re.compile(_expression(text), re.DOTALL)) for text in WHOLE]
    return sorted(made, key=lambda one: ("%(rest)s" not in one[0], -len(one[0])))


def _expression(text: str) -> str:
    parts = HOLE.split(text)
    words, names = map(re.escape, parts[::2]), parts[1::2]
    holes = [f"(?P<{name}>.+?)" for name in names]
    return "".join(one for pair in zip(words, [*holes, ""], strict=True) for one in pair)
