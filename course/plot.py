"""A picture as plain bounded numbers, so that a record can hold it and any renderer draw it.

The numbers of `YOURS` series came out of a submission's process. They are finite, few and of
sensible size, whatever was computed there; what could not be drawn is said in a sentence instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

MOST_NUMBERS = 200  # in one series
LARGEST = 1e12  # what is larger is off every picture

Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
Numbers = Annotated[tuple[Number, ...], Field(max_length=MOST_NUMBERS)]
Range = tuple[Number, Number]


class Role(StrEnum):
    """Whose numbers a series holds; renderers choose its colour by that."""

    YOURS = "yours"  # from the student's functions
    REFERENCE = "reference"  # what right functions give
    DATA = "data"  # the lab's published data
    GROUND = "ground"  # the map on which the others lie, such as lines of equal cost


class Mark(StrEnum):
    """How a series is drawn."""

    LINE = "line"
    DOTS = "dots"
    PATH = "path"  # a line with a dot at every place


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Series(_Frozen):
    """Places (x, y) in order; a series without a label is not in the legend."""

    role: Role
    mark: Mark
    x: Numbers
    y: Numbers
    label: str = ""

    @model_validator(mode="after")
    def _as_many_x_as_y(self) -> Self:
        if len(self.x) != len(self.y):
            raise ValueError(f"{self.label}: {len(self.x)} x and {len(self.y)} y")
        return self

    @classmethod
    def of(
        cls, role: Role, mark: Mark, places: Iterable[tuple[float, float]], label: str = ""
    ) -> Self:
        """The places up to the first that no picture can show, to five digits."""
        x, y = [], []
        for place in list(places)[:MOST_NUMBERS]:
            if not all(-LARGEST <= number <= LARGEST for number in place):
                break
            x.append(_short(place[0]))
            y.append(_short(place[1]))
        return cls(role=role, mark=mark, x=tuple(x), y=tuple(y), label=label)


def _short(number: float) -> float:
    return float(f"{number:.5g}")


class Plot(_Frozen):
    """One picture: what it shows in words, its axes, and its series from the back to the front.

    `log` gives the y axis equal steps for equal factors; its range is then above 0. Without any
    series the text says why there is no picture.
    """

    name: str
    title: str
    text: str
    x_label: str = ""
    y_label: str = ""
    x_range: Range = (0.0, 1.0)
    y_range: Range = (0.0, 1.0)
    log: bool = False
    series: Annotated[tuple[Series, ...], Field(max_length=24)] = ()

    @model_validator(mode="after")
    def _ranges_have_a_width(self) -> Self:
        for low, high in (self.x_range, self.y_range):
            if not low < high:
                raise ValueError(f"{self.name}: nothing lies between {low} and {high}")
        if self.log and self.y_range[0] <= 0:
            raise ValueError(f"{self.name}: {self.y_range[0]} has no logarithm")
        return self
