"""The structure that the SDMX-CSV of a run names, as SDMX-ML 2.1: concepts, code lists, data flow.

Code lists hold the codes of the run, in Chinese and English; another run may have others, so they are
marked as partial. Whoever reads the CSV needs nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from kepu.literacy.run.modes import COMBINED, EFFECT, FREE, HOME
from kepu.literacy.run.plan import Plan
from kepu.literacy.run.sdmx import SDMX, TOTAL, code_of, code_of_measure, code_of_method
from kepu.literacy.run.vocabulary import Tongue

if TYPE_CHECKING:
    from kepu.literacy.run.writing import Sheet

AGENCY, VERSION, FLOW, SCHEME = "KEPU", "1.0", "LITERACY", "CS_LITERACY"
SPACES = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
Name = tuple[str, str]  # Chinese, English

# Dimensions in their order, then what is told of an observation. Those with codes have a list of them.
CONCEPTS: dict[str, Name] = {
    "FREQ": ("频率", "Frequency"),
    "REF_AREA": ("地区", "Reference area"),
    "BREAKDOWN": ("分组", "Breakdown"),
    "CATEGORY": ("类别", "Category of the breakdown"),
    "MEASURE": ("指标", "Measure"),
    "METHOD": ("方法", "Method of estimation"),
    "TIME_PERIOD": ("年份", "Year"),
    "OBS_VALUE": ("估计值（比例，或得分）", "Estimate (a share, or points)"),
    "OBS_STATUS": ("观测状态", "Status of the observation"),
    "STD_ERR": ("标准误", "Standard error"),
    "LOWER": ("区间下限", "Lower limit of the interval"),
    "UPPER": ("区间上限", "Upper limit of the interval"),
    "OBS_COUNT": ("答卷人数", "People who answered"),
}
DIMENSIONS = ("FREQ", "REF_AREA", "BREAKDOWN", "CATEGORY", "MEASURE", "METHOD")
CODED = (*DIMENSIONS, "OBS_STATUS")
NUMBERS = {"STD_ERR": "Double", "LOWER": "Double", "UPPER": "Double", "OBS_COUNT": "Integer"}
FIXED: dict[str, dict[str, Name]] = {
    "FREQ": {"A": ("年度", "Annual")},
    "REF_AREA": {TOTAL: ("全市", "The whole city")},
    "BREAKDOWN": {TOTAL: ("不分组", "Total")},
    "CATEGORY": {TOTAL: ("不分类", "Total")},
    "METHOD": {
        "DIRECT": ("直接估计", "Direct, by the design"),
        "MODEL": ("小区域模型", "By the model of small areas"),
        "PUBLISHED": ("以前公布的数字", "As it was published before"),
    },
    "OBS_STATUS": {
        "A": ("正常", "Normal value"),
        "B": ("序列中断", "Time series break"),
        "E": ("估计值", "Estimated value"),
        "Q": ("样本过少，不公布", "Suppressed: too few people"),
    },
}


def structure(plan: Plan, made: Sequence[Sheet], observed: Sequence[Sequence[Any]]) -> str:
    """The structure message of a run: every code that its observations hold is in a list."""
    names = _names(plan, made)
    met = {column: sorted({str(row[SDMX.index(column)]) for row in observed}) for column in CODED}
    lists = "".join(
        _code_list(column, {code: names[column].get(code, (code, code)) for code in codes})
        for column, codes in met.items()
    )
    concepts = "".join(_named("Concept", id_, name) for id_, name in CONCEPTS.items())
    return MESSAGE.format(
        spaces=SPACES, agency=AGENCY, version=VERSION, flow=FLOW, scheme=SCHEME, year=plan.year,
        lists=lists, concepts=concepts, dimensions="".join(_dimensions()),
        attributes="".join(_attributes()), concept_of_value=_concept("OBS_VALUE"),
        concept_of_time=_concept("TIME_PERIOD"),
    )  # fmt: skip


def _names(plan: Plan, made: Sequence[Sheet]) -> dict[str, dict[str, Name]]:
    """What each code is called, by dimension: as far as the run's tables and the vocabulary know."""
    zh, en = (Tongue(one, plan.framework.titles(one)) for one in ("zh", "en"))
    found = {column: dict(FIXED.get(column, {})) for column in CODED}
    for row in _rows(made):
        for column, key in (("BREAKDOWN", "table"), ("CATEGORY", "cell")):
            if word := row.get(key):
                found[column].setdefault(code_of(word), (zh.word(word), en.word(word)))
        if word := row.get("measure"):
            found["MEASURE"].setdefault(
                code_of_measure(word), (_measure(word, zh), _measure(word, en))
            )
        if (word := row.get("method")) and word != EFFECT:
            found["METHOD"].setdefault(code_of_method(word), _method(word))
        if (code := row.get("code")) and "name" in row:
            found["REF_AREA"].setdefault(
                code_of(code), (zh.place(row["name"]), en.place(row["name"]))
            )
    shown = f"{plan.level} or above"
    found["MEASURE"].setdefault(code_of_measure(shown), (_measure(shown, zh), _measure(shown, en)))
    return found


def _rows(made: Sequence[Sheet]) -> Iterable[Mapping[str, Any]]:
    for sheet in made:
        if sheet.name in ("figures", "districts", "modes", "trend_groups"):
            yield from (dict(zip(sheet.header, row, strict=True)) for row in sheet.rows)


def _measure(measure: str, say: Tongue) -> str:
    if measure == "points":
        return say("总分", "Points")
    if of := measure.removeprefix("points of ") if measure.startswith("points of ") else "":
        return say(f"{say.word(of)}得分", f"Points of {say.word(of)}")
    level, _space, kind = measure.partition(" ")
    name = say.word(level)
    told = {
        "or above": say(f"{name}及以上的比例", f"Share of {name} or above"),
        "alone": say(f"{name}（仅此档）的比例", f"Share of {name} alone"),
    }
    return told.get(kind, say("各档以下的比例", "Share below all levels"))


def _method(method: str) -> Name:
    plain = {
        HOME: ("入户", "Home visits"),
        COMBINED: ("入户与网络合并", "Homes and online together"),
    }
    if method in plain:
        return plain[method]
    name = method.removesuffix(f" {FREE}")
    free = method.endswith(FREE)
    zh, en = f"网络样本，{name}", f"Online, {name}"
    return (f"{zh}，扣除方式影响", f"{en}, as at home") if free else (zh, en)


# --- XML ------------------------------------------------------------------------------------------


def _named(kind: str, id_: str, name: Name) -> str:
    zh, en = map(escape, name)
    told = f'<com:Name xml:lang="zh">{zh}</com:Name><com:Name xml:lang="en">{en}</com:Name>'
    return f'\n<str:{kind} id="{escape(id_)}">{told}</str:{kind}>'


def _code_list(column: str, codes: Mapping[str, Name]) -> str:
    zh, en = CONCEPTS[column]
    return (
        f'\n<str:Codelist id="CL_{column}" agencyID="{AGENCY}" version="{VERSION}" isPartial="true">'
        f'<com:Name xml:lang="zh">{zh}</com:Name><com:Name xml:lang="en">{en}</com:Name>'
        f"{''.join(_named('Code', code, name) for code, name in codes.items())}</str:Codelist>"
    )


def _concept(id_: str) -> str:
    return (
        f'<str:ConceptIdentity><Ref id="{id_}" maintainableParentID="{SCHEME}" '
        f'maintainableParentVersion="{VERSION}" agencyID="{AGENCY}" package="conceptscheme" '
        'class="Concept"/></str:ConceptIdentity>'
    )


def _codes(column: str) -> str:
    return _held(
        f'<str:Enumeration><Ref id="CL_{column}" version="{VERSION}" agencyID="{AGENCY}" '
        'package="codelist" class="Codelist"/></str:Enumeration>'
    )


def _held(what: str) -> str:
    return f"<str:LocalRepresentation>{what}</str:LocalRepresentation>"


def _dimensions() -> Iterable[str]:
    for place, id_ in enumerate(DIMENSIONS, start=1):
        yield (
            f'\n<str:Dimension id="{id_}" position="{place}">{_concept(id_)}{_codes(id_)}'
            "</str:Dimension>"
        )


def _attributes() -> Iterable[str]:
    for id_ in ("OBS_STATUS", *NUMBERS):
        plain = f'<str:TextFormat textType="{NUMBERS.get(id_)}"/>'
        held = _codes(id_) if id_ in CODED else _held(plain)
        status = "Mandatory" if id_ == "OBS_STATUS" else "Conditional"
        yield (
            f'\n<str:Attribute id="{id_}" assignmentStatus="{status}">{_concept(id_)}{held}'
            '<str:AttributeRelationship><str:PrimaryMeasure><Ref id="OBS_VALUE"/></str:PrimaryMeasure>'
            "</str:AttributeRelationship></str:Attribute>"
        )


MESSAGE = """\
<?xml version="1.0" encoding="UTF-8"?>
<mes:Structure xmlns:mes="{spaces}message" xmlns:str="{spaces}structure" xmlns:com="{spaces}common">
<mes:Header><mes:ID>{flow}_{year}</mes:ID><mes:Test>false</mes:Test>\
<mes:Prepared>{year}-01-01T00:00:00</mes:Prepared><mes:Sender id="{agency}"/></mes:Header>
<mes:Structures>
<str:OrganisationSchemes><str:AgencyScheme id="AGENCIES" agencyID="SDMX" version="1.0">\
<com:Name xml:lang="en">Agencies</com:Name>
<str:Agency id="{agency}"><com:Name xml:lang="zh">科普</com:Name><com:Name xml:lang="en">Kepu</com:Name>\
</str:Agency></str:AgencyScheme></str:OrganisationSchemes>
<str:Dataflows><str:Dataflow id="{flow}" agencyID="{agency}" version="{version}">\
<com:Name xml:lang="zh">公民科学素质</com:Name>\
<com:Name xml:lang="en">Science literacy of citizens</com:Name>
<str:Structure><Ref id="{flow}" version="{version}" agencyID="{agency}" package="datastructure" \
class="DataStructure"/></str:Structure></str:Dataflow></str:Dataflows>
<str:Codelists>{lists}
</str:Codelists>
<str:Concepts><str:ConceptScheme id="{scheme}" agencyID="{agency}" version="{version}">\
<com:Name xml:lang="en">Concepts of the literacy survey</com:Name>{concepts}
</str:ConceptScheme></str:Concepts>
<str:DataStructures><str:DataStructure id="{flow}" agencyID="{agency}" version="{version}">\
<com:Name xml:lang="zh">公民科学素质</com:Name>\
<com:Name xml:lang="en">Science literacy of citizens</com:Name>
<str:DataStructureComponents><str:DimensionList id="DimensionDescriptor">{dimensions}
<str:TimeDimension id="TIME_PERIOD" position="7">{concept_of_time}<str:LocalRepresentation>\
<str:TextFormat textType="ObservationalTimePeriod"/></str:LocalRepresentation></str:TimeDimension>
</str:DimensionList>
<str:AttributeList id="AttributeDescriptor">{attributes}
</str:AttributeList>
<str:MeasureList id="MeasureDescriptor"><str:PrimaryMeasure id="OBS_VALUE">{concept_of_value}\
<str:LocalRepresentation><str:TextFormat textType="Double"/></str:LocalRepresentation>\
</str:PrimaryMeasure></str:MeasureList>
</str:DataStructureComponents></str:DataStructure></str:DataStructures>
</mes:Structures>
</mes:Structure>
"""
