"""What a posture page is made of."""

from dataclasses import dataclass

from panorama_guard.case.portrait import Portrait
from panorama_guard.reporting.review import Review


@dataclass(frozen=True, slots=True)
class Pin:
    """A managed policy of AWS in a role's baseline, and how what stands in the account compares with it."""

    role: str
    arn: str
    version_id: str
    edited: str
    compared: str


@dataclass(frozen=True, slots=True)
class Guarded:
    """A role of the profile, and how many roles of the account were judged as it."""

    name: str
    judged: int


@dataclass(frozen=True, slots=True)
class PosturePage:
    """A review, a portrait of each of its roles, when and as whom they were read, and of how many roles in all."""

    review: Review
    portraits: tuple[Portrait, ...]
    account: str
    reader: str
    read_at: str
    listed: int
    guarded: tuple[Guarded, ...] = ()
    pins: tuple[Pin, ...] = ()
