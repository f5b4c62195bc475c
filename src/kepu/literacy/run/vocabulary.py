"""Words for what the files of a run hold, in Chinese and English; and which of them a report speaks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kepu.kernel.divisions import english

Language = Literal["zh", "en"]

LEVELS = {"advanced": "高阶", "literate": "具备", "basic": "基本具备"}
DIMENSIONS = {
    "knowledge": "知识", "method": "方法", "spirit": "精神与思想", "application": "应用能力",
}  # fmt: skip
GROUPS = {
    "sex": "性别", "age": "年龄", "residence": "城乡", "education": "学历", "occupation": "职业",
    "key": "重点人群", "district": "区县",
}  # fmt: skip
# The five groups of the national outline of action (2021-2035), of adults; one may belong to several.
KEY_GROUPS = {
    "young": "青年", "farmers": "农民", "workers": "产业工人", "older": "老年人",
    "officials": "领导干部和公务员",
}  # fmt: skip
BELONGING = {
    "young": {"age": ["18-29"]}, "farmers": {"occupation": ["farmer"]},
    "workers": {"occupation": ["worker"]}, "older": {"age": ["60-69"]},
    "officials": {"occupation": ["official"]},
}  # fmt: skip
# Groups in which items are compared, in the order of the item bank: above 0 favours the first.
CONTRASTS = {
    "sex": {"first": ["female"], "second": ["male"]},
    "residence": {"first": ["urban"], "second": ["rural"]},
    "age": {"first": ["18-29", "30-39"], "second": ["50-59", "60-69"]},
}
OCCUPATIONS = {
    "farmer": "农业", "worker": "产业工人", "official": "机关干部", "professional": "专业技术",
    "service": "商业服务", "student": "学生", "none": "不在业",
}  # fmt: skip
CATEGORIES = {
    "male": "男", "female": "女", "urban": "城镇", "rural": "农村", "primary": "小学及以下",
    "junior": "初中", "senior": "高中", "college": "大专及以上",
}  # fmt: skip
# How people meet science, as the example asks: what they used in the last year, interest and trust.
MEETING = {
    "tv": "电视广播", "phone": "手机短视频与社交媒体", "venue": "科技馆等场馆", "event": "科普活动",
    "interest": "对科技的兴趣", "trust": "对科学家的信任",
}  # fmt: skip
HOW_MUCH = {"yes": "是", "no": "否", "high": "高", "some": "一般", "little": "低"}
DO_NOT_KNOW = "dk"  # of an item: asked, and not known
STEPS = {"design": "抽样设计", "non-response": "无应答调整", "margins": "边际校准"}
CHINESE = {
    **LEVELS, **DIMENSIONS, **GROUPS, **CATEGORIES, **KEY_GROUPS, **OCCUPATIONS, **STEPS, **MEETING,
    **HOW_MUCH,
}  # fmt: skip
ENGLISH = {
    "spirit": "spirit and thinking", "residence": "town or country", "education": "schooling",
    "primary": "primary school or less", "junior": "junior middle school",
    "senior": "senior middle school", "college": "college or more", "key": "key groups",
    "young": "young people", "workers": "industrial workers", "older": "older people",
    "officials": "officials", "none": "not at work", "tv": "television and radio",
    "phone": "short videos and social media", "venue": "science museums and the like",
    "event": "kepu events", "interest": "interest in science", "trust": "trust in scientists",
}  # fmt: skip
ORDERED = ("age", "education")  # groups whose categories have an order


def in_order(words: Iterable[str]) -> list[str]:
    """Words as they stand above, then others by their letters."""
    place = {word: number for number, word in enumerate(CHINESE)}
    return sorted(words, key=lambda word: (place.get(word, len(place)), word))


@dataclass(frozen=True)
class Tongue:
    """The language of a report: chooses between a text and its translation.

    `own` are titles that the plan brings with it.
    """

    language: Language
    own: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, chinese: str, english: str) -> str:
        """One of the two."""
        return english if self.language == "en" else chinese

    def word(self, name: str) -> str:
        """A level, dimension, group, category or step by name; what is not known, as it is."""
        known = ENGLISH if self.language == "en" else CHINESE
        return known.get(name) or self.own.get(name, name)

    def place(self, name: str, *, brief: bool = False) -> str:
        """A district by name; in English where its English name is known."""
        return english.title(name, self.language, brief=brief)

    def listed(self, names: Sequence[str]) -> str:
        """Names one after the other."""
        return self("、", ", ").join(names)
