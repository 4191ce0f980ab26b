"""drafts/filling.py: the two ways of filling holes bound every document that the holes can become."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from panorama_guard.containment import Contained, Escaped, Grant
from panorama_guard.containment.check import check
from panorama_guard.drafts.filling import Way, fill
from panorama_guard.drafts.node import Hole, Members, Node, Text, node_of, text_of
from panorama_guard.policy import DocumentError, parse_document

HOLE = Hole("parameter X")
ACCOUNT = Hole("AWS::AccountId", ("123456789012",))
VALUES = ("", "x", "payroll", "aws-panorama", "a:b", "*", "s3:::payroll", "arn:aws:s3:::y", "s3:GetObject")
PARTS = st.sampled_from(
    ["arn:aws:s3:::", "arn:aws:iam::", ":role/x", "aws-panorama", "/*", "*", "payroll", HOLE, ACCOUNT]
)


def text(*parts: Any) -> Node:
    """Return a text of these parts."""
    return Node(text_of(iter(parts)), 1)


def document(**elements: Node) -> Node:
    """Return a document of one statement."""
    statement = Node(Members(tuple(elements.items())), 7)
    return Node(Members((("Version", node_of("2012-10-17", 1)), ("Statement", Node((statement,), 2)))), 1)


def statements(found: Node, way: Way) -> list[dict[str, Any]]:
    """Return the statements of a document that was filled."""
    return list(json.loads(fill(found, way).text)["Statement"])


ALLOW, DENY = node_of("Allow", 1), node_of("Deny", 1)
GET = node_of("s3:GetObject", 1)
BUCKET = text("arn:aws:s3:::", HOLE, "/*")


def test_an_allow_is_widest_with_a_wildcard_and_surest_without_the_entry() -> None:
    """What is not known may be anything, or nothing that can be relied upon."""
    found = document(Effect=ALLOW, Action=GET, Resource=Node((BUCKET, node_of("arn:aws:s3:::a/*", 1)), 1))
    assert statements(found, Way.WIDEST)[0]["Resource"] == ["arn:aws:s3:::*/*", "arn:aws:s3:::a/*"]
    assert statements(found, Way.SUREST)[0]["Resource"] == ["arn:aws:s3:::a/*"]


def test_a_statement_of_which_nothing_is_sure_is_left_out() -> None:
    """An Allow on what is not known surely allows nothing."""
    assert statements(document(Effect=ALLOW, Action=GET, Resource=BUCKET), Way.SUREST) == []


def test_a_deny_is_filled_the_other_way_round() -> None:
    """The widest grant is the one with the least Deny."""
    found = document(Effect=DENY, Action=GET, Resource=BUCKET)
    assert statements(found, Way.WIDEST) == []
    assert statements(found, Way.SUREST)[0]["Resource"] == ["arn:aws:s3:::*/*"]


def test_a_negated_list_excludes_less_where_it_is_to_match_more() -> None:
    """NotResource of what is not known: everything, or nothing."""
    found = document(Effect=ALLOW, Action=GET, NotResource=BUCKET)
    assert statements(found, Way.WIDEST)[0]["Resource"] == "*"
    assert statements(found, Way.SUREST)[0]["NotResource"] == ["arn:aws:s3:::*/*"]


def test_a_condition_that_is_not_known_is_dropped_or_never_holds() -> None:
    """Wider without it; surely nothing with it."""
    block = Node(Members((("StringEquals", Node(Members((("aws:PrincipalTag/a", text(HOLE)),)), 1)),)), 1)
    found = document(Effect=ALLOW, Action=GET, Resource=node_of("*", 1), Condition=block)
    assert "Condition" not in statements(found, Way.WIDEST)[0]
    assert statements(found, Way.SUREST) == []


def test_an_example_is_a_value_of_some_deployment() -> None:
    """An account's number has no say in whether a name matches."""
    found = document(Effect=ALLOW, Action=GET, Resource=text("arn:aws:sqs:us-east-1:", ACCOUNT, ":q"))
    assert statements(found, Way.WIDEST)[0]["Resource"] == ["arn:aws:sqs:us-east-1:*:q"]
    assert statements(found, Way.SUREST)[0]["Resource"] == "arn:aws:sqs:us-east-1:123456789012:q"


def test_a_hole_before_the_fifth_colon_may_be_all_of_the_arn() -> None:
    """A star there might not cross the colons that the value brings."""
    found = document(Effect=ALLOW, Action=GET, Resource=text(HOLE, "/*"))
    assert statements(found, Way.WIDEST)[0]["Resource"] == ["*"]


def test_a_principal_that_is_not_known_is_everybody() -> None:
    """Or left out."""
    principal = Node(Members((("AWS", Node((text(HOLE), node_of("111122223333", 1)), 1)),)), 1)
    found = document(Effect=ALLOW, Principal=principal, Action=node_of("sts:AssumeRole", 1))
    assert statements(found, Way.WIDEST)[0]["Principal"] == "*"
    assert statements(found, Way.SUREST)[0]["Principal"] == {"AWS": ["111122223333"]}


def test_a_document_in_a_text_is_read_with_its_holes() -> None:
    """As Sub of a policy's JSON makes it; all of it stands on the line of the text."""
    start = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::'
    found = Node(Text((start, HOLE, '/*"}}')), 5)
    assert statements(found, Way.WIDEST)[0]["Resource"] == ["arn:aws:s3:::*/*"]
    assert fill(found, Way.WIDEST).lines == (5,)


def test_a_document_that_is_a_hole_may_be_any() -> None:
    """Everything, or nothing."""
    assert statements(Node(HOLE, 1), Way.WIDEST)[0]["Action"] == "*"
    assert statements(Node(HOLE, 1), Way.SUREST) == []


def test_a_document_without_holes_is_what_it_is() -> None:
    """Whatever it is: what cannot be read stays so, and is not repaired."""
    odd = node_of({"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}, 3)
    assert json.loads(fill(odd, Way.WIDEST).text) == {"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}
    assert fill(node_of("{no json", 3), Way.WIDEST).text == "{no json"


def test_lines_are_those_of_the_statements_that_are_kept() -> None:
    """A statement that is left out shifts no line."""
    body = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
    kept, (gone,) = node_of(body, 9).items, document(Effect=ALLOW, Action=GET, Resource=BUCKET).get("Statement").items  # type: ignore[union-attr]
    found = Node(Members((("Version", node_of("2012-10-17", 1)), ("Statement", Node((gone, *kept), 2)))), 1)
    assert fill(found, Way.SUREST).line_of(0) == 9
    assert fill(found, Way.SUREST).line_of(1) == 0


texts = st.lists(PARTS, min_size=1, max_size=4).map(lambda parts: text(*parts))
listed = st.lists(texts, min_size=1, max_size=3).map(lambda items: Node(tuple(items), 1))
actions = st.lists(
    st.sampled_from([GET, node_of("s3:*", 1), node_of("iam:*", 1), Node(HOLE, 1), text("s3:", HOLE)]),
    min_size=1,
    max_size=2,
).map(lambda items: Node(tuple(items), 1))
conditions = texts.map(
    lambda value: Node(Members((("StringLike", Node(Members((("aws:PrincipalTag/a", value),)), 1)),)), 1)
)


@st.composite
def one_statement(draw: st.DrawFn) -> Node:
    """Draw a statement with holes anywhere."""
    elements = [
        ("Effect", draw(st.sampled_from([ALLOW, ALLOW, DENY]))),
        (draw(st.sampled_from(["Action", "NotAction"])), draw(actions)),
        (draw(st.sampled_from(["Resource", "Resource", "NotResource"])), draw(listed)),
        *(("Condition", condition) for condition in draw(st.lists(conditions, max_size=1))),
    ]
    return Node(Members(tuple(elements)), 1)


def concrete(node: Node, value: str) -> Any:
    """Return a node with a value in its holes, as JSON."""
    if isinstance(node.value, Members):
        return {name: concrete(member, value) for name, member in node.pairs}
    if isinstance(node.value, tuple):
        return [concrete(item, value) for item in node.value]
    parts = node.value.parts if isinstance(node.value, Text) else (node.value,)
    filled = [_value(part, value) if isinstance(part, Hole) else str(part) for part in parts]
    return "".join(filled)


def _value(hole: Hole, value: str) -> str:
    return next(iter(hole.examples), value)


def grant(text_of_it: str) -> Grant:
    """Return what a document grants."""
    return Grant((parse_document(text_of_it, name="p"),))


@settings(max_examples=300)
@given(st.lists(one_statement(), min_size=1, max_size=3), st.sampled_from(VALUES))
def test_every_value_lies_between_the_surest_and_the_widest(found: list[Node], value: str) -> None:
    """No value grants what the widest does not, and every one grants what the surest does."""
    whole = Node(Members((("Version", node_of("2012-10-17", 1)), ("Statement", Node(tuple(found), 1)))), 1)
    try:
        actual = grant(json.dumps(concrete(whole, value)))
    except DocumentError:
        return
    assert not isinstance(check(actual, grant(fill(whole, Way.WIDEST).text)), Escaped)
    assert not isinstance(check(grant(fill(whole, Way.SUREST).text), actual), Escaped)


def test_the_property_can_fail() -> None:
    """A narrower filling would be noticed."""
    whole = document(Effect=ALLOW, Action=GET, Resource=BUCKET)
    actual = grant(json.dumps(concrete(whole, "payroll")))
    assert isinstance(check(actual, grant(fill(whole, Way.WIDEST).text)), Contained)
    assert isinstance(check(actual, grant(fill(whole, Way.SUREST).text)), Escaped)
