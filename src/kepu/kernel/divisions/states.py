"""Levels of Chinese administration, from the widest to the narrowest."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    PROVINCE = "province", _("province")  # 省、直辖市
    PREFECTURE = "prefecture", _("prefecture")  # 地级市、自治州; a municipality has none
    DISTRICT = "district", _("district")  # 区县
    TOWNSHIP = "township", _("township")  # 乡镇、街道
    COMMUNITY = "community", _("community")  # 社区、村

    @property
    def rank(self) -> int:
        return list(type(self)).index(self)
