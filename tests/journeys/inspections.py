"""Inspections in the town: ordered, handed in with a difference, still to be drawn, and of a title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys.sight import Sight
from tests.kepu.appraisal import inspection_world as world
from tests.kepu.appraisal import titles_world as titles

if TYPE_CHECKING:
    from tests.journeys.town import Town


def keep(town: Town) -> None:
    """Beside the calls of `appraisals`, calls of a programme that inspects."""
    of = world.call()
    who = world.people()
    assigned = world.ordered(world.checked(of, "考察甲馆示例"), who)
    done = world.ordered(world.checked(of, "考察乙馆示例"), who)
    world.checked(of, "考察丙馆示例")
    for one, area in zip(who, (1200, 900), strict=True):
        for item, value in (world.ANSWERS | {"area": area, "exits": area > 1000}).items():
            world.note(done, one, item, value)
        world.photograph(done, one)
        world.sign(done, one, venue_words="西门在修，十月完工", venue_post="值班主任")
    drawn = world.call("drawn_inspected", inspection=world.INSPECTION | {"percent": 50})
    world.checked(drawn, "考察丁馆示例")
    town.people["inspector"] = who[0]
    spot = titles.title(titles.application(titles.spot_call()))
    free = of.applications.get(subject_name="考察丙馆示例")
    town.values |= {
        "inspected_call": of.pk, "sampled_call": drawn.pk, "inspection_assigned": assigned.pk,
        "inspection_in": done.pk, "application_to_inspect": free.pk,
        "application_inspected": done.application_id, "title_to_inspect": spot.number,
    }  # fmt: skip


SIGHTS = (
    Sight("inspections", "inspector"),
    Sight("appraisal-inspections", "secretary", {"call_id": "inspected_call"}),
    Sight("appraisal-inspections", "secretary", {"call_id": "sampled_call"}),
    Sight("application-inspection", "secretary", {"application_id": "application_to_inspect"}),
    Sight("application", "secretary", {"application_id": "application_inspected"}),
    Sight("inspection", "secretary", {"inspection_id": "inspection_assigned"}),
    Sight("inspection", "secretary", {"inspection_id": "inspection_in"}),
    Sight("inspection-close", "secretary", {"inspection_id": "inspection_in", "verb": "send-back"}),
    Sight(
        "inspection-close", "secretary", {"inspection_id": "inspection_assigned", "verb": "cancel"}
    ),
    Sight("title-inspection", "city", {"number": "title_to_inspect"}),
    Sight("title", "city", {"number": "title_to_inspect"}),
    Sight("programme-section", "city", {"draft_id": "programme_draft", "key": "inspection"}),
    Sight("programme-section", "city", {"draft_id": "programme_draft", "key": "checklist"}),
    Sight("programme-row", "city", {"draft_id": "programme_draft", "key": "checklist", "at": "2"}),
)
