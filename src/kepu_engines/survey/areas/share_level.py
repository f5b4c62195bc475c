"""Shares of small areas, modelled where their sampling error does not depend on the share itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kepu_engines.core.checks import require
from kepu_engines.survey.areas.area_level import Areas, Method, fay_herriot
from kepu_engines.survey.design import Reals


@dataclass(frozen=True)
class ShareAreas:
    """One share for every area.

    Attributes
    ----------
    angles : Areas
        The model of arcsin sqrt share.
    value, se : (m,) float64
        Share, in (0, 1), and its standard error.
    """

    angles: Areas
    value: Reals
    se: Reals

    def interval(self, level: float = 0.95) -> tuple[Reals, Reals]:
        """Limits of the angles, read back; inside [0, 1]."""
        low, high = (np.clip(limit, 0, np.pi / 2) for limit in self.angles.interval(level))
        return np.sin(low) ** 2, np.sin(high) ** 2


def share_areas(
    share: ArrayLike, size: ArrayLike, x: ArrayLike, method: Method = "adjusted"
) -> ShareAreas:
    """Fit the area-level model to arcsin sqrt share, and read its figures back as shares.

    The sampling variance of that angle is 1 / (4 size), whatever the share; so a district where
    chance found few literate people is not thought to be surer than the others.

    Parameters
    ----------
    share : (m,) float
        Direct estimates in [0, 1]; NaN where nobody was asked.
    size : (m,) float
        Effective respondents: those asked over the design effect. Over 0 where somebody was asked.
        The design effect of all areas together is steadier than an area's own.
    x : (m, k) float
        What is known of every area, as in `fay_herriot`.
    method : {"adjusted", "reml", "ml"}

    Raises
    ------
    EngineError
        As `fay_herriot`, and if a share or a size is impossible.

    Source
    ------
    Schmid, Bruckschen, Salvati & Zbiranski (2017), Constructing sociodemographic indicators for
    national statistical institutes using mobile phone data. The figure read back is the mean of
    the share, not the share of the mean angle, which would be biased toward one half.
    """
    share, size = np.asarray(share, dtype=np.float64), np.asarray(size, dtype=np.float64)
    require(share.shape == size.shape, "share and size must have as many rows")
    asked = ~np.isnan(share)
    held = (share[asked] >= 0) & (share[asked] <= 1)
    require(bool(held.all()), "a share must lie in [0, 1], or be NaN where nobody was asked")
    require(bool((size[asked] > 0).all()), "the effective number of respondents must be over 0")
    angle, error = np.full(len(share), np.nan), np.full(len(share), np.nan)
    angle[asked] = np.arcsin(np.sqrt(share[asked]))
    error[asked] = 0.5 / np.sqrt(size[asked])
    angles = fay_herriot(angle, error, x, method)
    return ShareAreas(angles, *_read_back(angles.value, angles.mse))


def _read_back(angle: Reals, variance: Reals) -> tuple[Reals, Reals]:
    """Mean and standard deviation of the squared sine of a normal angle."""
    once, twice = np.exp(-2 * variance), np.exp(-8 * variance)
    middle = once * np.cos(2 * angle)
    square = (1 + twice * np.cos(4 * angle)) / 2
    return (1 - middle) / 2, np.sqrt(np.maximum(square - middle**2, 0)) / 2
