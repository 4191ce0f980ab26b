"""Containment decides whether a grant is inside a ceiling, and finds a witness.

The decision is in `check`, what it is held against in `evaluate`: who only names a grant or a verdict loads neither.
Who calls is in modules that only those load who ask: `resource` and `trust` read documents that name principals,
`own_account` has their ceiling, `caller` tells the witness's principal, `role_share` what a role gets from a resource.
"""

from panorama_guard.containment.budget import DEFAULT_BUDGET
from panorama_guard.containment.records import (
    Contained,
    Escaped,
    Grant,
    Request,
    StatementRef,
    Undecided,
    Verdict,
    Witness,
)
from panorama_guard.policy.arn import Reading
from panorama_guard.policy.condition import Condition

__all__ = [
    "DEFAULT_BUDGET",
    "Condition",
    "Contained",
    "Escaped",
    "Grant",
    "Reading",
    "Request",
    "StatementRef",
    "Undecided",
    "Verdict",
    "Witness",
]
