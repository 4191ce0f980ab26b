"""How far a trust escape reaches, held against an evaluator that shares nothing with the engine."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from panorama_guard.containment import Contained
from panorama_guard.containment.check import check
from panorama_guard.containment.extent_proof import Precision
from panorama_guard.containment.trust import trust_grant
from panorama_guard.containment.trust_extent import measure_trust
from panorama_guard.policy import parse_document_value
from tests.properties.callers import Person, allows
from tests.properties.test_callers import PEOPLE, PRINCIPALS

ACTIONS = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
STATEMENTS = st.builds(
    lambda effect, principal, action: {"Effect": effect, "Principal": principal, "Action": action},
    st.sampled_from(["Allow", "Allow", "Allow", "Deny"]),
    PRINCIPALS,
    st.lists(st.sampled_from([*ACTIONS, "sts:*", "sts:Assume*"]), min_size=1, max_size=2, unique=True),
)
TRUSTS = st.lists(STATEMENTS, min_size=1, max_size=3)


def may_call(statements: list[dict[str, Any]], person: Person, action: str) -> bool:
    """Say whether the trust policy of these statements lets the person in, by the other evaluator."""
    return allows({"Statement": [{**one, "Resource": "*"} for one in statements]}, person, action, "*", {})


@settings(max_examples=60)
@given(TRUSTS, TRUSTS, st.lists(PEOPLE, min_size=12, max_size=12))
def test_who_escapes_is_in_the_extent_and_nobody_else_in_an_exact_one(
    trust: list[dict[str, Any]], ceiling: list[dict[str, Any]], people: list[Person]
) -> None:
    """Person by person and action by action."""
    wide, narrow = (
        parse_document_value({"Version": "2012-10-17", "Statement": listed}, name="trust policy")
        for listed in (trust, ceiling)
    )
    extent = measure_trust(wide, trust_grant(narrow))
    told = json.loads(extent.text)["Statement"]
    if check(trust_grant(wide), trust_grant(narrow)) == Contained():
        assert not any(one["Effect"] == "Allow" for one in told) or extent.precision is Precision.AT_MOST
    for person in people:
        for action in ACTIONS:
            escapes = may_call(trust, person, action) and not may_call(ceiling, person, action)
            said = may_call(told, person, action)
            assert escapes <= said
            assert said <= escapes or extent.precision is Precision.AT_MOST
