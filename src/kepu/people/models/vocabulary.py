"""Controlled words: topics of teams, disciplines of experts, sectors of kepu workers, kinds of posts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language


class Word(models.Model):
    """A word of a controlled list, in two languages. Retired words stay for old records."""

    key = models.SlugField(max_length=40, unique=True)
    title_zh = models.CharField(max_length=60)
    title_en = models.CharField(max_length=60)
    rank = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        abstract = True
        ordering = ["rank", "key"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The word in the language of the page."""
        return self.title_en if (get_language() or "").startswith("en") else self.title_zh


class Skill(Word):
    """A topic of science communication: what a team offers and what an order asks for."""

    PERSONAL_DATA = False


class Field(Word):
    """A discipline that an expert answers for."""

    PERSONAL_DATA = False


class Sector(Word):
    """Where in science communication somebody works: venues, bases, publishing, new media and so on."""

    PERSONAL_DATA = False


class PostKind(Word):
    """A kind of post, such as the three heads 三长 of a township."""

    PERSONAL_DATA = False

    one_of_three_heads = models.BooleanField(default=False)
