"""A small programme in which every kind of question and criterion stands once."""

from __future__ import annotations

from typing import Any

from kepu.appraisal.programme.schema import Programme

RULES: dict[str, Any] = {
    "title": "示例称号",
    "title_en": "Example title",
    "text": "示例",
    "subject": "venue",
    "classes": [
        {"key": "hall", "title": "场馆类"},
        {"key": "media", "title": "传媒类", "title_en": "Media"},
    ],
    "levels": [
        {"key": "gold", "title": "一级", "cut": 80},
        {"key": "plain", "title": "二级", "cut": 60.5},
    ],
    "eligibility": [
        {"text": "每年开放不少于250天", "needs": {"answer": "open_days", "at_least": 250}},
        {
            "text": "展厅面积不少于500平方米",
            "classes": ["hall"],
            "needs": {"answer": "hall_area", "at_least": 500},
        },
        {
            "text": "经费不超过5万元，或者已有区县称号",
            "needs": {"any": [{"answer": "budget", "at_most": 50000}, {"holds": "district_base"}]},
        },
    ],
    "form": [
        {"key": "open_days", "title": "开放天数", "kind": "number", "unit": "天", "most": 366,
         "fact": "open_days"},
        {"key": "hall_area", "title": "展厅面积", "kind": "number", "classes": ["hall"]},
        {"key": "grade", "title": "等次", "kind": "choice", "choices": ["4A", "5A"],
         "required": False},
        {"key": "free", "title": "是否免费", "kind": "yes_no"},
        {"key": "since", "title": "开馆日期", "kind": "day", "required": False},
        {"key": "story", "title": "特色", "kind": "text", "longest": 20, "reveals": True},
        {"key": "works", "title": "代表作", "kind": "lines", "entries": 2, "required": False},
        {"key": "budget", "title": "预算", "kind": "amounts", "entries": 3, "required": False},
    ],
    "evidence": [
        {"key": "rules", "title": "管理制度"},
        {"key": "photos", "title": "照片", "kinds": ["jpeg"], "required": False},
    ],
    "rubric": [
        {"key": "opening", "title": "开放", "points": 30, "measure": "open_days",
         "bands": [{"least": 300, "points": 30}, {"least": 250, "points": 22.5}]},
        {"key": "area", "title": "面积", "points": 10, "measure": "hall_area", "classes": ["hall"],
         "bands": [{"least": 1000, "points": 10}]},
        {"key": "reach", "title": "传播", "points": 10, "classes": ["media"]},
        {"key": "safety", "title": "安全", "points": 20, "least": 12},
        {"key": "education", "title": "教育活动", "points": 40},
    ],
    "reviewing": {"each": 3, "load": 20, "years": 3},
    "notice": {"workdays": 5, "reply": 10},
}  # fmt: skip


def programme(**said: Any) -> Programme:
    """The sample, otherwise where something is said."""
    return Programme.model_validate(RULES | said)


ANSWERS: dict[str, Any] = {
    "open_days": 260,
    "hall_area": 1200,
    "free": True,
    "story": "临江",
}
