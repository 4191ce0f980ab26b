"""Whether the guarded service still runs: how much is too much depends on it."""

from enum import Enum


class Posture(Enum):
    """Whether the guarded service still runs. In a retired one, every permission and every trust is a finding."""

    ACTIVE = "active"
    RETIRED = "retired"
