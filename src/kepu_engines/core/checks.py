"""Checks that turn array-likes into arrays, or refuse them in words."""

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.errors import EngineError

T = TypeVar("T")

# Prices, bids and path lengths are sums of a few utilities, so a quarter of the
# int32 range is the most a utility may use.
LARGEST = 2**29


def require(holds: bool, sentence: str) -> None:
    """Refuse the input with `sentence` unless `holds`."""
    if not holds:
        raise EngineError(sentence)


def present(value: T | None, sentence: str) -> T:
    """The value, or a refusal with `sentence` where there is none."""
    if value is None:
        raise EngineError(sentence)
    return value


def integers(values: ArrayLike, name: str, *, low: int, high: int = LARGEST) -> NDArray[np.int32]:
    """One-dimensional int32 array of `values`, every one in [low, high].

    Raises
    ------
    EngineError
        If the values are not whole numbers, not one-dimensional, or out of range.
    """
    array = np.asarray(values)
    if array.size == 0:
        array = array.astype(np.int32)
    require(array.ndim == 1, f"{name} must have one dimension, not {array.ndim}")
    require(array.dtype.kind in "iu", f"{name} must hold whole numbers, not {array.dtype}")
    if array.size:
        least, most = int(array.min()), int(array.max())
        require(low <= least and most <= high, f"{name} must lie in [{low}, {high}]")
    return np.ascontiguousarray(array, dtype=np.int32)


def reals(
    values: ArrayLike, name: str, *, low: float = -np.inf, high: float = np.inf
) -> NDArray[np.float64]:
    """One-dimensional float64 array of `values`, every one finite and in [low, high].

    Raises
    ------
    EngineError
        If a value is not a finite number in the range.
    """
    try:
        array = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise EngineError(f"{name} must hold numbers") from error
    require(array.ndim == 1, f"{name} must have one dimension, not {array.ndim}")
    inside = np.isfinite(array) & (array >= low) & (array <= high)
    require(bool(inside.all()), f"{name} must hold finite numbers in [{low:g}, {high:g}]")
    return array
