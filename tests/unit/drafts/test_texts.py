"""drafts/json_text.py, yaml_text.py, files.py: values with their lines; what is wrong is told with its line."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.drafts.errors import DraftError
from panorama_guard.drafts.files import Kind, kind_of, read_draft
from panorama_guard.drafts.json_text import read_json_text
from panorama_guard.drafts.node import Members, Node
from panorama_guard.drafts.yaml_text import MOST_NODES, read_yaml_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def plain(node: Node) -> object:
    """Return a node as the JSON values that it was read from."""
    if isinstance(node.value, Members):
        return {name: plain(member) for name, member in node.pairs}
    return [plain(item) for item in node.value] if isinstance(node.value, tuple) else node.value


@given(JSON, st.sampled_from([None, 2]))
def test_json_is_read_as_pythons_own_reader_does(value: object, indent: int | None) -> None:
    """Every value, in any spelling."""
    assert plain(read_json_text(json.dumps(value, indent=indent))) == value
    assert plain(read_json_text(json.dumps(value, ensure_ascii=False))) == value


def test_each_json_value_has_its_line() -> None:
    """Lines count from 1."""
    node = read_json_text('{\n "a": [1,\n  {"b": 2}],\n "c": -1.5e3}')
    a, c = node.get("a"), node.get("c")
    assert a is not None
    assert c is not None
    assert (node.line, a.line, a.items[1].line, c.line, c.value) == (1, 2, 3, 4, -1500.0)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('{"a": 1,\n "a": 2}', 2, "stands twice"),
        ('{"a": 1,\n b}', 2, "double quotes"),
        ('{"a" 1}', 1, "`:` is expected"),
        ("[1\n 2]", 2, "`,` is expected"),
        ("[1,\n", 2, "no value begins here"),
        ('["a\n"]', 1, "control character"),
        ('["a', 1, "Unterminated string"),
        ("[1] x", 1, "something follows"),
        ("[NaN]", 1, "no value begins here"),
        ("[" + "1" * 5000 + "]", 1, "no value begins here"),
        ("[" * 100_000, 0, "too deep"),
        ("{" * 3, 1, "double quotes"),
    ],
)
def test_what_is_no_json_is_told_with_its_line(text: str, line: int, problem: str) -> None:
    """One line, never a stack trace."""
    with pytest.raises(DraftError, match=problem) as caught:
        read_json_text(text)
    assert caught.value.line == line


def test_yaml_has_lines_and_short_forms() -> None:
    """A tag is the long form of a function; a date stays as it is written."""
    (node,) = read_yaml_text("Version: 2012-10-17\nA: !GetAtt B.Arn\nC: !Ref D\nE: !If [X, yes, 012]\nF: !Sub ${G}\n")
    assert plain(node) == {
        "Version": "2012-10-17",
        "A": {"Fn::GetAtt": ["B", "Arn"]},
        "C": {"Ref": "D"},
        "E": {"Fn::If": ["X", True, "012"]},
        "F": {"Fn::Sub": "${G}"},
    }
    assert [member.line for _, member in node.pairs] == [1, 2, 3, 4, 5]


def test_yaml_aliases_and_merges_are_followed() -> None:
    """What the mapping says itself comes before what is merged into it."""
    (node,) = read_yaml_text("a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}\nc: *a\n")
    assert plain(node) == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": {"x": 1, "y": 2}}


def test_several_yaml_documents_are_several_values() -> None:
    """As in a file of manifests; empty ones are left out."""
    assert [plain(node) for node in read_yaml_text("---\na: 1\n---\n---\nb: 2\n")] == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\na: 2\n", "line 2: the name `a` stands twice"),
        ("a: [1\n", "not YAML"),
        ("a: *b\n", "undefined alias"),
        ("? [1]\n: 2\n", "a name that is no text"),
        ("a: \x07\n", "not YAML"),
        ("a\t: {\n\t- b", "not YAML"),
        ("<<: 1\n", "what is no mapping"),
        ("[" * 100_000, "too deep"),
        (
            "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)),
            "too large",
        ),
        ("a: &a [*a]\n", "too deep"),
    ],
)
def test_what_is_no_yaml_is_told(text: str, problem: str) -> None:
    """An alias of itself, a million laughs, and what is plainly wrong."""
    with pytest.raises(DraftError, match=problem.replace("[", r"\[")):
        read_yaml_text(text)
    assert MOST_NODES > 1000


def test_without_pyyaml_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """YAML is an extra of the package."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(DraftError, match=r"pip install 'panorama-guard\[check\]'"):
        read_draft("a: 1")
    assert plain(read_draft('{"a": 1}')[0]) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"Resources": {"A": {"Type": "AWS::IAM::Role"}}}', Kind.TEMPLATE),
        ('{"Resources": {"Fn::ForEach::A": ["x", [], {}]}}', Kind.TEMPLATE),
        ('{"resource_changes": []}', Kind.PLAN),
        ('{"planned_values": {}}', Kind.PLAN),
        ('{"RoleDetailList": []}', Kind.ACCOUNT),
        ('{"Version": "2012-10-17", "Statement": []}', Kind.DOCUMENT),
        ('{"Resources": {"A": 1}}', Kind.OTHER),
        ("[1]", Kind.OTHER),
        ("just words", Kind.OTHER),
    ],
)
def test_a_file_is_known_by_its_members(text: str, kind: Kind) -> None:
    """Not by its name."""
    assert kind_of(read_draft(text)[0]) is kind
