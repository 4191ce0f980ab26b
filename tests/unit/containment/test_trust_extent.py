"""How far an escape of a trust policy reaches, as a trust policy."""

import json
from typing import Any

import pytest

from panorama_guard.containment import Grant
from panorama_guard.containment.extent_proof import Precision
from panorama_guard.containment.trust import trust_grant
from panorama_guard.containment.trust_extent import measure_trust
from panorama_guard.policy import Document, parse_document_value
from tests.builders import trusting

SERVICE = {"Service": "panorama.amazonaws.com"}
ROLE = "arn:aws:iam::111122223333:role/Admin"


def document(*statements: dict[str, Any]) -> Document:
    """Return a trust policy of these statements."""
    return parse_document_value({"Version": "2012-10-17", "Statement": list(statements)}, name="trust policy")


def measured(
    *statements: dict[str, Any], ceiling: tuple[dict[str, Any], ...] = (trusting(SERVICE),), budget: int = 400_000
) -> tuple[list[dict[str, Any]], Precision]:
    """Return the statements of how far a trust policy reaches, and what is proved of them."""
    extent = measure_trust(document(*statements), trust_grant(document(*ceiling)), budget=budget)
    return json.loads(extent.text)["Statement"], extent.precision


def denied(principal: object, action: str = "sts:AssumeRole", **rest: object) -> dict[str, Any]:
    """Return a statement of a trust policy that keeps somebody out."""
    return {**trusting(principal, action, **rest), "Effect": "Deny"}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([trusting({"AWS": ROLE}), trusting(SERVICE)], [trusting({"AWS": ROLE})]),
        (
            [trusting({"AWS": [ROLE, "999999999999"], **SERVICE}, ["sts:AssumeRole", "sts:TagSession"])],
            [
                trusting({"AWS": [ROLE, "999999999999"]}, ["sts:AssumeRole", "sts:TagSession"]),
                trusting(SERVICE, "sts:TagSession"),
            ],
        ),
        ([trusting("*")], [trusting("*"), denied(SERVICE)]),
        ([trusting(SERVICE, "sts:*")], [trusting(SERVICE, "sts:*"), denied(SERVICE)]),
        (
            [{"Effect": "Allow", "NotPrincipal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}],
            [
                {"Effect": "Allow", "NotPrincipal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"},
                denied(SERVICE),
            ],
        ),
        (
            [trusting({"AWS": "999999999999"}), denied({"AWS": "arn:aws:iam::999999999999:user/u"})],
            [trusting({"AWS": "999999999999"}), denied({"AWS": "arn:aws:iam::999999999999:user/u"})],
        ),
        ([trusting({"AWS": ROLE}), denied({"AWS": ROLE}), trusting({"AWS": "1" * 12})], [trusting({"AWS": "1" * 12})]),
        (
            [trusting({"AWS": ROLE}, Condition={"StringEquals": {"sts:ExternalId": "x"}})],
            [trusting({"AWS": ROLE}, Condition={"StringEquals": {"sts:ExternalId": "x"}})],
        ),
    ],
)
def test_a_trust_escape_is_described_exactly(statements: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """Only principals and actions that escape; where they reach into the ceiling, its statements as Denies."""
    assert measured(*statements) == (expected, Precision.EXACT)


def test_a_condition_of_the_ceiling_stands_in_the_deny() -> None:
    """Whoever does not meet it escapes."""
    limit = trusting(SERVICE, Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}})
    denial = {**limit, "Effect": "Deny"}
    assert measured(trusting(SERVICE), ceiling=(limit,)) == ([trusting(SERVICE), denial], Precision.EXACT)


def test_everybody_escapes_an_empty_ceiling() -> None:
    """As in a retired service."""
    extent = measure_trust(document(trusting(SERVICE)), Grant(()))
    assert (json.loads(extent.text)["Statement"], extent.precision) == ([trusting(SERVICE)], Precision.EXACT)


def test_where_nothing_is_proved_the_whole_policy_is_at_most_the_escape() -> None:
    """That needs no proof."""
    assert measured(trusting("*"), trusting(SERVICE), budget=1) == (
        [trusting("*"), trusting(SERVICE)],
        Precision.AT_MOST,
    )
