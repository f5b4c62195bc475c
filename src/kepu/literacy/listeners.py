"""What this room hears, and what it does by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import (
    BookletsAsked,
    EstimateAsked,
    PersonErased,
    RoundOpened,
    SampleAsked,
)
from kepu.kernel.facts.registry import Occasion, every, listen
from kepu.literacy import held, telling
from kepu.literacy.actions import booklets, estimates, returns, samples, self_tests, targets
from kepu.literacy.queries import returns as filled
from kepu.literacy.queries import targets as aims

TOLD = 200  # units told in one delivery; the rest hear in the next


@listen(PersonErased, called=lazy("Remove the person's words from reviews of items"))
def forget(fact: PersonErased, occasion: Occasion) -> None:
    """What an erased person wrote about items goes; verdicts stay, under the pseudonym."""
    accounts.forget_words(held.TABLES, fact.person_id)


@every(timedelta(hours=1), called=lazy("Forget the answers of old self-tests"))
def forget_self_tests(occasion: Occasion) -> None:
    """Nobody's answers are kept longer than the framework says."""
    self_tests.forget_old(now=occasion.now)


@listen(BookletsAsked, awaited=True, called=lazy("Assemble the booklets"))
def begin_booklets(fact: BookletsAsked, occasion: Occasion) -> None:
    """The worker assembles booklets beside its other work, as soon as the delivery is committed."""
    booklets.ASSEMBLIES.begin(fact.set_id, occasion.now)


@every(timedelta(minutes=1), called=lazy("Take up booklets that were left half done"))
def begin_booklets_again(occasion: Occasion) -> None:
    """What a worker that was killed left half done is taken up by the next one."""
    booklets.ASSEMBLIES.begin_again(occasion.now)


@listen(SampleAsked, awaited=True, called=lazy("Draw the sample"))
def begin_sample(fact: SampleAsked, occasion: Occasion) -> None:
    """The worker draws a sample beside its other work, as soon as the delivery is committed."""
    samples.DRAWS.begin(fact.sample_id, occasion.now)


@every(timedelta(minutes=1), called=lazy("Take up samples that were left half drawn"))
def begin_samples_again(occasion: Occasion) -> None:
    """What a worker that was killed left half drawn is taken up by the next one."""
    samples.DRAWS.begin_again(occasion.now)


@listen(EstimateAsked, awaited=True, called=lazy("Estimate the figures of a survey"))
def begin_estimate(fact: EstimateAsked, occasion: Occasion) -> None:
    """The worker runs the plan beside its other work, as soon as the delivery is committed."""
    estimates.ESTIMATES.begin(fact.estimate_id, occasion.now)


@every(timedelta(minutes=1), called=lazy("Take up estimates that were left half done"))
def begin_estimates_again(occasion: Occasion) -> None:
    """What a worker that was killed left half done is taken up by the next one."""
    estimates.ESTIMATES.begin_again(occasion.now)


@listen(RoundOpened, called=lazy("Tell units that they are asked for a statistical return"))
def tell_units(fact: RoundOpened, occasion: Occasion) -> None:
    """Some units at a time, so that a city of thousands holds up nothing else."""
    some = filled.to_tell(fact.round_id, fact.after, TOLD)
    for one in some:
        telling.return_asked(one, now=occasion.now)
    if len(some) == TOLD:
        facts.publish(RoundOpened(at=occasion.now, round_id=fact.round_id, after=some[-1].pk))


@every(timedelta(hours=1), called=lazy("Remind units of their statistical return"))
def remind_units(occasion: Occasion) -> None:
    """So many working days before the deadline as the form says; then officers of the district are told."""
    for one in filled.to_remind(occasion.now, TOLD):
        if near := filled.near(one, occasion.now):
            returns.remind(one.pk, near, by=None, now=occasion.now)
    for round_id, path in filled.places_late(occasion.now):
        returns.tell_late(round_id, path, by=None, now=occasion.now)


@every(timedelta(hours=1), called=lazy("Remind of tasks under targets"))
def remind_of_tasks(occasion: Occasion) -> None:
    """Who is to do a task, seven working days and one before its day; then whoever gave it."""
    for task in aims.to_remind(occasion.now, TOLD):
        targets.remind(task.pk, by=None, now=occasion.now)
