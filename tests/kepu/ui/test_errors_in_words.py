"""What a form says of fields that were left empty: each is asked for by its name."""

from __future__ import annotations

import pytest
from django import forms as django_forms
from django.utils import translation

from kepu.ui import forms


class Empty(django_forms.Form):
    """One field of each kind, and one that says by itself what it misses."""

    topic = django_forms.CharField(label="主题")
    kind = django_forms.ChoiceField(label="类型", choices=[("a", "甲")])
    agreed = django_forms.BooleanField(label="我同意")
    table = django_forms.FileField(label="表格")
    how = django_forms.CharField(label="怎么样？")
    own = django_forms.CharField(label="原因", error_messages={"required": "对方会看到原因"})
    age = django_forms.IntegerField(label="年龄")


@pytest.mark.parametrize(
    ("language", "summary"),
    [
        (
            "zh-hans",
            [
                "请填写主题",
                "请选择类型",
                "请勾选：我同意",
                "请选择文件：表格",
                "请回答：怎么样？",
                "原因：对方会看到原因",
                "年龄：输入整数。",
            ],
        ),
        (
            "en",
            [
                "Please fill in: 主题",
                "Please choose: 类型",
                "Please tick: 我同意",
                "Please choose a file: 表格",
                "Please answer: 怎么样？",
                "原因: 对方会看到原因",
                "年龄: Enter a whole number.",
            ],
        ),
    ],
)
def test_what_was_left_empty_is_asked_for_by_its_name(language, summary):
    with translation.override(language):
        form = Empty({"age": "x"})

        assert [words for _target, words in forms.errors_of(form)] == summary
        assert forms.errors_in_words(form["topic"]) == summary[:1]
