"""Of many conditions on one key not all combinations are listed; the verdict is the one of all its values."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.containment import Contained, Escaped, Grant, Reading, Request
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import decide_request
from panorama_guard.containment.solving import FEW
from panorama_guard.policy import parse_document
from tests.builders import allow, deny, policy

VALUES = [(), *(("".join(letters),) for size in range(5) for letters in product("abx", repeat=size))]
REQUESTS = [Request("s3:GetObject", "arn:aws:s3:::name", (("k:x", value),)) for value in VALUES]
LETTERS = st.lists(st.sampled_from("aabb?*"), min_size=2, max_size=5).map("".join)
CONDITIONS = st.tuples(st.just("StringLike"), st.lists(LETTERS, min_size=1, max_size=2, unique=True))
FORCED = [("StringNotLike", ["a*", "b*"]), ("StringNotLike", ["???", "????"]), ("StringNotLike", ["*a", "*b"])]
FORCED += [("StringLike", [f"*{letter}*"]) for letter in "xmple-"]  # so that no likely value is an escape


def under(operator: str, globs: list[str]) -> dict[str, object]:
    """Return a condition on one key."""
    return {operator: {"k:x": globs}}


@given(
    st.lists(CONDITIONS, min_size=1, max_size=FEW, unique_by=str),
    st.lists(CONDITIONS, min_size=1, max_size=3, unique_by=str),
)
def test_many_conditions_on_one_key_are_decided_as_its_values_are(
    denied: list[tuple[str, list[str]]], limits: list[tuple[str, list[str]]]
) -> None:
    """Of a contained one no short value escapes, and if one does, an escape is found."""
    texts = (
        policy(allow("s3:*"), *(deny("s3:*", Condition=under(*one)) for one in (*FORCED, *denied))),
        policy(*(allow("s3:*", Condition=under(*one)) for one in limits)),
    )
    grant, ceiling = (Grant((parse_document(text, name="p"),)) for text in texts)
    sides = ((decide_request(side, request, Reading.CROSSING) for side in (grant, ceiling)) for request in REQUESTS)
    verdict = check(grant, ceiling)
    if any(granted and within is False for granted, within in sides):
        assert isinstance(verdict, Escaped)
    else:
        assert isinstance(verdict, Contained | Escaped)
