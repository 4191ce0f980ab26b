from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.events.models import EventPattern

from local.patterns import PatternError, parse_pattern

DETAIL = {"name": "PutRolePolicy", "count": 3, "ok": True, "none": None, "tags": ["a", "b"], "empty": []}
EVENT: dict[str, Any] = {"source": "aws.iam", "detail": DETAIL, "list": [{"k": "x", "v": 1}, {"k": "y", "v": 2}]}

MATCHING: list[tuple[str, Any]] = [
    ("an equal string", {"source": ["aws.iam"]}),
    ("one of several strings", {"source": ["aws.s3", "aws.iam"]}),
    ("nested fields together", {"source": ["aws.iam"], "detail": {"name": ["PutRolePolicy"]}}),
    ("a number however written", {"detail": {"count": [3.0]}}),
    ("true", {"detail": {"ok": [True]}}),
    ("null", {"detail": {"none": [None]}}),
    ("a member of a list in the event", {"detail": {"tags": ["b"]}}),
    ("a prefix", {"detail": {"name": [{"prefix": "Put"}]}}),
    ("a prefix without case", {"detail": {"name": [{"prefix": {"equals-ignore-case": "pUT"}}]}}),
    ("a suffix", {"detail": {"name": [{"suffix": "Policy"}]}}),
    ("a suffix without case", {"detail": {"name": [{"suffix": {"equals-ignore-case": "POLICY"}}]}}),
    ("equality without case", {"detail": {"name": [{"equals-ignore-case": "putrolepolicy"}]}}),
    ("a wildcard", {"detail": {"name": [{"wildcard": "Put*Po*"}]}}),
    ("a wildcard that stands for nothing", {"detail": {"name": [{"wildcard": "*PutRolePolicy"}]}}),
    ("anything but another string", {"detail": {"name": [{"anything-but": "GetRole"}]}}),
    ("anything but others", {"detail": {"name": [{"anything-but": ["GetRole", "ListRoles"]}]}}),
    ("anything but numbers", {"detail": {"count": [{"anything-but": [1, 2]}]}}),
    ("anything but a prefix", {"detail": {"name": [{"anything-but": {"prefix": "Get"}}]}}),
    ("anything but prefixes", {"detail": {"name": [{"anything-but": {"prefix": ["Get", "List"]}}]}}),
    ("anything but a suffix", {"detail": {"name": [{"anything-but": {"suffix": "Role"}}]}}),
    ("anything but a wildcard", {"detail": {"name": [{"anything-but": {"wildcard": "Get*"}}]}}),
    ("anything but one without case", {"detail": {"name": [{"anything-but": {"equals-ignore-case": "GETROLE"}}]}}),
    ("a field that is there", {"detail": {"name": [{"exists": True}]}}),
    ("a field that is not there", {"detail": {"errorCode": [{"exists": False}]}}),
    ("a nested field that is not there", {"detail": {"more": {"errorCode": [{"exists": False}]}}}),
    ("absence or a value", {"detail": {"name": ["PutRolePolicy", {"exists": False}]}}),
    ("a numeric range", {"detail": {"count": [{"numeric": [">", 0, "<=", 3]}]}}),
    ("either alternative", {"$or": [{"source": ["aws.s3"]}, {"detail": {"count": [3]}}]}),
    ("an object in a list", {"list": {"k": ["y"], "v": [2]}}),
    ("an empty list as absent", {"detail": {"empty": [{"exists": False}]}}),
]
OTHER: list[tuple[str, Any]] = [
    ("another string", {"source": ["aws.s3"]}),
    ("another case", {"source": ["AWS.IAM"]}),
    ("one field of two", {"source": ["aws.iam"], "detail": {"name": ["GetRole"]}}),
    ("a string for a number", {"detail": {"count": ["3"]}}),
    ("one for true", {"detail": {"ok": [1]}}),
    ("true as a number", {"detail": {"ok": [{"numeric": ["=", 1]}]}}),
    ("null for a missing field", {"detail": {"missing": [None]}}),
    ("anything but, of a missing field", {"detail": {"missing": [{"anything-but": "a"}]}}),
    ("a numeric range of text", {"detail": {"name": [{"numeric": [">", 0]}]}}),
    ("a number outside the range", {"detail": {"count": [{"numeric": [">", 0, "<", 3]}]}}),
    ("existence of an object, which is no leaf", {"detail": [{"exists": True}]}),
    ("fields of two objects in a list", {"list": {"k": ["x"], "v": [2]}}),
    ("neither alternative", {"$or": [{"source": ["aws.s3"]}, {"detail": {"count": [4]}}]}),
    ("a wildcard with a star that is meant", {"detail": {"name": [{"wildcard": r"Put\*"}]}}),
]
REFUSED: list[tuple[Any, str]] = [
    ("{", "is not JSON"),
    ("[]", "must be an object"),
    ("{}", "must be an object"),
    ({"source": "aws.iam"}, "source must be a list"),
    ({"source": []}, "at least one member"),
    ({"detail": {"name": {}}}, "detail.name must be a list"),
    ({"source": [["a"]]}, "list inside a list"),
    ({"source": [{"starts-with": "a"}]}, "unknown operator: `starts-with`"),
    ({"source": [{"prefix": "a", "suffix": "b"}]}, "exactly one operator"),
    ({"source": [{"prefix": 1}]}, "prefix takes a string"),
    ({"source": [{"exists": "yes"}]}, "exists takes true or false"),
    ({"source": [{"numeric": [">", "0"]}]}, "numeric takes"),
    ({"source": [{"numeric": [">"]}]}, "numeric takes one or two"),
    ({"source": [{"numeric": ["~", 0]}]}, "numeric takes"),
    ({"source": [{"cidr": "10.0.0.0/99"}]}, "cidr takes"),
    ({"source": [{"wildcard": "a**b"}]}, "two stars"),
    ({"source": [{"wildcard": r"a\b"}]}, "escape only"),
    ({"source": [{"anything-but": [1, "a"]}]}, "anything-but takes"),
    ({"source": [{"anything-but": []}]}, "anything-but takes"),
    ({"source": [{"anything-but": {"numeric": ["=", 1]}}]}, "anything-but takes one of"),
    ({"source": [{"anything-but": {"prefix": []}}]}, "at least one value"),
    ({"$or": {"source": ["a"]}}, r"\$or must be a list"),
]


@pytest.mark.parametrize("pattern", [pattern for _, pattern in MATCHING], ids=[name for name, _ in MATCHING])
def test_a_pattern_matches(pattern: dict[str, Any]) -> None:
    """The event has what the pattern asks for."""
    assert parse_pattern(pattern).matches(EVENT)


@pytest.mark.parametrize("pattern", [pattern for _, pattern in OTHER], ids=[name for name, _ in OTHER])
def test_a_pattern_does_not_match(pattern: dict[str, Any]) -> None:
    """The event lacks something that the pattern asks for."""
    assert not parse_pattern(pattern).matches(EVENT)


@pytest.mark.parametrize(("address", "is_inside"), [("10.0.0.255", True), ("10.0.1.0", False), ("AWS Internal", False)])
def test_an_address_range_holds_its_addresses(address: str, is_inside: bool) -> None:  # noqa: FBT001
    """`cidr` compares addresses, and text that is none is outside."""
    assert parse_pattern({"ip": [{"cidr": "10.0.0.0/24"}]}).matches({"ip": address}) == is_inside


@pytest.mark.parametrize(("pattern", "reason"), REFUSED)
def test_a_pattern_that_eventbridge_refuses_is_an_error(pattern: Any, reason: str) -> None:
    """The error names the field and what is wrong with it."""
    with pytest.raises(PatternError, match=reason):
        parse_pattern(pattern)


TEXTS = st.sampled_from(["a", "ab", "abc", "b", "A", "aB", "", "10.0.0.5"])
NUMBERS = st.sampled_from([0, 1, 2, 2.5, -1])
LEAVES = st.one_of(TEXTS, NUMBERS, st.none())
NAMES = st.sampled_from(["x", "y", "z"])
EVENTS = st.recursive(
    st.dictionaries(NAMES, st.one_of(LEAVES, st.lists(LEAVES, min_size=1, max_size=3)), min_size=1),
    lambda inner: st.dictionaries(NAMES, st.one_of(LEAVES, inner), min_size=1),
    max_leaves=6,
)
MEMBERS = st.one_of(
    LEAVES,
    st.builds(lambda name, text: {name: text}, st.sampled_from(["prefix", "suffix", "equals-ignore-case"]), TEXTS),
    st.builds(lambda flag: {"exists": flag}, st.booleans()),
    st.builds(lambda refused: {"anything-but": refused}, st.one_of(TEXTS, NUMBERS, st.lists(TEXTS, min_size=1))),
    st.builds(lambda text: {"anything-but": {"prefix": text}}, TEXTS),
    st.builds(lambda bound: {"numeric": [">", bound]}, NUMBERS),
    st.builds(lambda low: {"numeric": [">=", low, "<", 2]}, NUMBERS),
    st.just({"wildcard": "a*"}),
    st.just({"cidr": "10.0.0.0/24"}),
)
PATTERNS = st.recursive(
    st.dictionaries(NAMES, st.lists(MEMBERS, min_size=1, max_size=3), min_size=1),
    lambda inner: st.dictionaries(NAMES, st.one_of(st.lists(MEMBERS, min_size=1, max_size=2), inner), min_size=1),
    max_leaves=4,
)


@settings(max_examples=400)
@given(pattern=PATTERNS, event=EVENTS)
def test_the_matcher_agrees_with_an_independent_one(pattern: dict[str, Any], event: Any) -> None:
    """Moto's matcher, where it is right: without booleans, and without lists of objects."""
    assert parse_pattern(pattern).matches(event) == EventPattern("", pattern).matches_event(event)
