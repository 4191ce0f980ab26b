"""The parts of the engine: covers, machines, actions, cells and natural requests."""

import pytest

from panorama_guard.containment.actions import ALPHABET, Rival, is_action, meet, other_actions
from panorama_guard.containment.budget import Budget, BudgetSpentError
from panorama_guard.containment.cells import all_cells, likely_cells
from panorama_guard.containment.clauses import compile_document
from panorama_guard.containment.cover import covers
from panorama_guard.containment.keys import has_one_value, mixed_keys, several_keys
from panorama_guard.containment.kleene import both, either, negation
from panorama_guard.containment.machine import build
from panorama_guard.containment.plausible import likely_resources, spell_action
from panorama_guard.containment.search import every_kind
from panorama_guard.policy import parse_document_value
from panorama_guard.policy.arn import Reading, steps
from panorama_guard.policy.condition import Condition, parse_condition
from panorama_guard.policy.glob import Glob, Wild


@pytest.mark.parametrize(
    ("outer", "inner", "known"),
    [
        ("*", "arn:aws:s3:::a", True),
        ("arn:aws:s3:::*a*", "arn:aws:s3:::ba*c", True),
        ("arn:aws:s3:::a?", "arn:aws:s3:::a*", False),
        ("arn:aws:s3:::a*", "arn:aws:s3:::a?", True),
        ("arn:aws:iot:*:*:x", "arn:aws:iot:*:1:x", True),
        ("arn:aws:iot:*:x", "arn:aws:iot:*:1:x", False),
        ("arn:aws:iot:*:*:x", "arn:aws:iot:a:b:c:x", False),
        ("arn:aws:iot:*:*:a:x", "arn:aws:iot:a:b:c:a:x", False),
        ("arn:aws:s3:::*", "*", False),
        ("s3:*", "s3:get*", True),
        ("arn:aws:s3:*::a", "arn:aws:s3:${aws:x}::a", False),
        ("arn:aws:s3:::*", "arn:aws:s3:::${aws:x}", True),
    ],
)
def test_a_glance_sees_plain_covers(outer: str, inner: str, known: object) -> None:
    """Segment by segment, so that it holds under every reading."""
    assert covers(Glob(outer), Glob(inner)) is known


def test_a_machine_reads_all_its_sets_at_once() -> None:
    """Bit n of the answer is set n; a set matches when one of its patterns does."""
    sets = [["a*", "b"], ["*b"], ["?"]]
    machine = build([[steps(Glob(text), Reading.CROSSING) for text in patterns] for patterns in sets])
    assert [machine.read(text) for text in ("b", "ab", "c", "", "xx")] == [0b111, 0b011, 0b100, 0, 0]


def test_a_caseless_set_ignores_the_case_of_ascii_letters() -> None:
    """Only that set does."""
    pattern = steps(Glob("aK"), Reading.CROSSING)
    machine = build([[pattern], [pattern]], caseless=frozenset({1}))
    assert [machine.read(text) for text in ("aK", "Ak", "a\u212a")] == [0b11, 0b10, 0]


def test_every_combination_of_sets_is_found() -> None:
    """Three overlapping globs have these and no other regions."""
    machine = build([[steps(Glob(text), Reading.CROSSING)] for text in ("a*", "*b", "a?b")])
    found = {matched for matched, _, _ in every_kind(machine, Budget(10_000))}
    assert found == {0b000, 0b001, 0b010, 0b011, 0b111}


def test_a_colon_is_tried_where_only_some_wildcards_match_it() -> None:
    """No pattern names it, and yet it is told from every other character."""
    inside, crossing = ((Wild.ONE, False), ("x", True)), ((Wild.ONE, True), ("x", True))
    found = {matched for matched, _, _ in every_kind(build([[inside], [crossing]]), Budget(1_000))}
    assert found == {0b00, 0b10, 0b11}


def test_the_value_of_a_variable_is_no_single_character() -> None:
    """It may be any text, colons included: `?` does not match it, and a star only where it crosses colons."""
    patterns = [
        steps(Glob("${aws:x}"), Reading.CROSSING),
        steps(Glob("?"), Reading.CROSSING),
        ((Wild.MANY, False),),
        ((Wild.MANY, True),),
    ]
    found = {matched for matched, _, _ in every_kind(build([[pattern] for pattern in patterns]), Budget(10_000))}
    assert {matched for matched in found if matched & 1} == {0b1001}


def test_a_walk_stops_when_its_budget_is_spent() -> None:
    """The count is exact: not a step more."""
    machine = build([[steps(Glob("abc*"), Reading.CROSSING)]])
    with pytest.raises(BudgetSpentError):
        list(every_kind(machine, Budget(3)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("s3:getobject", True), ("s3:", False), (":x", False), ("s3", False), ("a:b:c", False), ("s3:get object", False)],
)
def test_an_action_is_a_service_and_a_name(text: str, expected: object) -> None:
    """Other texts can not be requested."""
    assert is_action(text) is expected


def rival(*actions: str, is_wanted: bool, element: str = "Action") -> Rival:
    """Return who wants, or does not want, a request to have one of these actions."""
    listed = {"Effect": "Allow", element: list(actions), "Resource": "*"}
    ((clause,), _) = compile_document(parse_document_value({"Statement": [listed]}, name="x"))
    return Rival(clause.actions, is_wanted)


def test_an_action_that_nobody_names_escapes_what_names_the_others() -> None:
    """The universe is open: `s3:*` is more than the names and globs that a ceiling knows."""
    ceiling = rival("s3:xx", "s3:xxx", "s3:Get*", "s3:?", is_wanted=False)
    found = list(other_actions(Glob("s3:*"), [ceiling], Budget(100_000)))
    assert all(action.startswith("s3:") and action not in ceiling.actions.names for action in found)
    assert not all(ceiling.actions.covers(action) for action in found)


def test_an_action_is_sought_where_a_statement_that_helps_has_it() -> None:
    """One that a Deny of the ceiling takes away, and no Allow of it covers, is among those that are asked about."""
    helping, hindering = rival("s3:Get*", is_wanted=True), rival("s3:*t?", is_wanted=False)
    found = other_actions(Glob("s3:*"), [helping, hindering], Budget(100_000))
    assert any(helping.actions.covers(action) and not hindering.actions.covers(action) for action in found)


def test_a_statement_that_excludes_actions_is_escaped_by_one_of_them() -> None:
    """`NotAction` hinders with all others."""
    ceiling = rival("s3:a*", "s3:*b", is_wanted=False, element="NotAction")
    assert not all(ceiling.actions.covers(action) for action in other_actions(Glob("s3:*"), [ceiling], Budget(100_000)))


@pytest.mark.parametrize("missing", sorted(ALPHABET - {":"}))
def test_the_one_character_that_no_glob_names_is_found(missing: str) -> None:
    """An action has few characters: what stands for "any other" may be a character that stands elsewhere."""
    others = sorted(ALPHABET - {":", missing})
    ceiling = rival(*(f"s3:{char}??" for char in others), is_wanted=False)
    found = other_actions(Glob("s3:???"), [ceiling], Budget(100_000))
    assert any(action.startswith(f"s3:{missing}") for action in found)


def test_globs_that_begin_differently_have_no_action_in_common() -> None:
    """The literal beginnings tell."""
    assert not meet(Glob("s3:get*"), Glob("s3:put*"))
    assert meet(Glob("s3:g*"), Glob("*:get?bject"))


def cells_of(*conditions: Condition, mixed: bool = False, several: bool = False) -> set[int]:
    """Return the combinations of conditions that some value answers."""
    cells = all_cells(conditions, mixed=mixed, several=several)
    assert cells.whole
    assert {cell.holds for cell in likely_cells(conditions, mixed=mixed, several=several).cells} <= {
        cell.holds for cell in cells.cells
    }
    return {cell.holds for cell in cells.cells}


def condition(operator: str, *values: str, key: str = "k") -> Condition:
    """Return a condition."""
    return parse_condition(operator, key, values, variables=True)


def test_cells_are_all_combinations_that_a_value_can_have() -> None:
    """Absent, one of the texts, another text."""
    assert cells_of(condition("StringEquals", "a"), condition("StringNotEquals", "a")) == {0b01, 0b10}
    assert cells_of(condition("StringLike", "a*"), condition("StringLike", "*b")) == {0b00, 0b01, 0b10, 0b11}
    assert cells_of(condition("NumericLessThan", "5"), condition("NumericGreaterThan", "5")) == {0b00, 0b01, 0b10}
    assert cells_of(condition("Bool", "true"), condition("Bool", "false")) == {0b00, 0b01, 0b10}
    assert cells_of(condition("Bool", "true"), condition("Bool", "false"), mixed=True) == {0b00, 0b01, 0b10}
    assert cells_of(condition("IpAddress", "10.0.0.0/8"), condition("IpAddress", "10.1.0.0/16")) == {0b00, 0b01, 0b11}


def test_a_text_that_no_value_of_a_variable_matches_is_a_cell_as_any_other() -> None:
    """And one that some value matches is supposed to match, and not to."""
    like = parse_condition("StringLike", "k", ("home/${aws:username}/*",), variables=True)
    there = parse_condition("Null", "k", ("false",), variables=True)
    found = all_cells((like, there), mixed=False, several=False)
    assert found.whole
    assert {(cell.holds, cell.values is None) for cell in found.cells} == {(0b00, False), (0b10, False), (0b11, True)}


def test_several_values_are_possible_where_a_set_operator_asks() -> None:
    """ForAllValues and ForAnyValue differ only because of requests with several values."""
    every, some = condition("ForAllValues:StringEquals", "a"), condition("ForAnyValue:StringEquals", "a")
    assert cells_of(every, some, several=True) == {0b00, 0b01, 0b10, 0b11}
    assert several_keys([every, condition("StringEquals", "a")]) == {"k"}
    assert several_keys([condition("StringEquals", "a", key="aws:TagKeys")]) == {"aws:tagkeys"}
    assert not several_keys([condition("StringEquals", "a")])
    assert not several_keys([condition("ForAnyValue:StringEquals", "a", key="aws:PrincipalTag/x")])
    assert has_one_value("iam:passedtoservice")


def test_operators_for_one_value_may_answer_either_way_where_several_disagree() -> None:
    """AWS asks for set operators there and does not say what others do."""
    some, plain = condition("ForAnyValue:StringEquals", "a"), condition("StringNotEquals", "b")
    assert cells_of(some, plain, several=True) == {0b00, 0b01, 0b10, 0b11}


def test_only_keys_that_aws_types_are_sure_of_their_type() -> None:
    """A tag that policies test as a truth value may say `maybe`; a typed key is of its type whatever tests it."""
    tests = [condition("Bool", "true", key=key) for key in ("aws:PrincipalTag/x", "aws:SecureTransport")]
    assert mixed_keys(tests) == {"aws:principaltag/x"}
    assert mixed_keys([condition("NumericLessThan", "5", key="aws:CurrentTime")]) == frozenset()
    assert not mixed_keys([condition("StringLike", "5"), condition("Null", "true")])


def test_what_is_not_understood_may_answer_either_way() -> None:
    """It is supposed to hold and not to hold, and every value leaves it unsure."""
    cells = all_cells((condition("StringSounds", "a"),), mixed=False, several=False).cells
    assert {cell.holds for cell in cells if cell.values is None} == {0, 1}
    assert {(cell.holds, cell.unsure) for cell in cells if cell.values is not None} == {(0, 1)}


def test_unknown_survives_negation_and_decides_nothing() -> None:
    """True and unknown is unknown; false and unknown is false."""
    assert (both([True, None]), both([False, None])) == (None, False)
    assert (either([False, None]), either([True, None])) == (None, True)
    assert negation(None) is None


@pytest.mark.parametrize(
    ("pattern", "action", "first"),
    [
        ("*", "lambda:invokefunction", "arn:aws:lambda:us-east-1:123456789012:function:example"),
        ("*", "s3:getbucketpolicy", "arn:aws:s3:::example-bucket"),
        ("*", "cloudwatch:putmetricdata", "*"),
        ("*", "new:thing", "arn:aws:new:us-east-1:123456789012:example"),
        ("arn:aws:s3:::*aws-panoram*", "s3:getobject", "arn:aws:s3:::example-aws-panoram-example"),
        ("arn:aws:iot:*:*:thing/p?*", "iot:x", "arn:aws:iot:us-east-1:123456789012:thing/px-example"),
        ("arn:aws:iot:*:*:thing/x", "s3:getobject", "arn:aws:iot:us-east-1:123456789012:thing/x"),
    ],
)
def test_natural_resources_come_first(pattern: str, action: str, first: str) -> None:
    """Wildcards are filled with what a reader expects."""
    assert next(likely_resources(Glob(pattern), action)) == first


def test_published_actions_are_spelled_as_aws_spells_them() -> None:
    """Others stay as they are."""
    assert [spell_action("s3:getobject"), spell_action("new:thing")] == ["s3:GetObject", "new:thing"]


def test_compiling_a_long_document_twice_costs_once() -> None:
    """The clauses of a document are the same objects whenever it is asked about."""
    statement = {"Effect": "Allow", "Action": [f"s3:Get{number}" for number in range(300)], "Resource": "*"}
    document = parse_document_value({"Statement": [statement]}, name="long")
    again = parse_document_value({"Statement": [statement]}, name="long")
    assert compile_document(document) is compile_document(again)
