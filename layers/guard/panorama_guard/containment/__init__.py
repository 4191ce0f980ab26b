"""Containment decides whether a grant is inside a ceiling, and finds a witness."""

from panorama_guard.containment.budget import DEFAULT_BUDGET
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import allows
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
from panorama_guard.containment.trust import describe_principal, trust_grant
from panorama_guard.policy.arn import Reading

__all__ = [
    "DEFAULT_BUDGET",
    "Contained",
    "Escaped",
    "Grant",
    "Reading",
    "Request",
    "StatementRef",
    "Undecided",
    "Verdict",
    "Witness",
    "allows",
    "check",
    "describe_principal",
    "trust_grant",
]
