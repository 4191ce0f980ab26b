"""The judges themselves: what is wrong is seen as wrong."""

import random
from pathlib import Path

import pytest

from panorama_guard.containment import Contained, Escaped, Grant, Reading, Request, StatementRef, Undecided, Witness
from panorama_guard.containment.check import check
from panorama_guard.policy import parse_document_value
from panorama_guard.policy.arn import steps
from panorama_guard.policy.glob import Glob
from tests.evidence.fuzz_mutation import mutated_json
from tests.evidence.outcome import once
from tests.evidence.supposing import complaint, may_escape
from tests.evidence.survivors import explanation
from tests.evidence.walk import alphabet_of, texts_of_every_kind
from tests.evidence.world import World, some_requests


def grant(*statements: dict[str, object]) -> Grant:
    """Return a grant of one document."""
    return Grant((parse_document_value({"Version": "2012-10-17", "Statement": list(statements)}, name="x"),))


def allow(resource: str, **conditions: dict[str, object]) -> dict[str, object]:
    """Return an Allow of s3:a on a resource."""
    return {"Effect": "Allow", "Action": "s3:a", "Resource": resource, "Condition": conditions}


WIDE, NARROW = grant(allow("arn:aws:s3:::*")), grant(allow("arn:aws:s3:::a"))
REQUESTS = [Request("s3:a", f"arn:aws:s3:::{name}") for name in ("a", "b")]
WITNESS = Witness("s3:a", "arn:aws:s3:::b")
STATEMENT = StatementRef("x", None, 0)


def test_a_wrong_contained_is_seen() -> None:
    """A request outside the ceiling speaks against it."""
    assert "not contained" in str(complaint(WIDE, NARROW, Contained(), REQUESTS))
    assert complaint(NARROW, WIDE, Contained(), REQUESTS) is None


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Escaped(WITNESS, STATEMENT, tuple(Reading)), None),
        (Escaped(WITNESS, STATEMENT, ()), "does not replay"),
        (Escaped(Witness("s3:a", "arn:aws:s3:::a"), STATEMENT, (Reading.FINAL,)), "does not replay"),
        (Escaped(Witness("s3:b", "arn:aws:s3:::b"), STATEMENT, (Reading.FINAL,)), "does not replay"),
    ],
)
def test_a_witness_is_replayed(verdict: Escaped, said: str | None) -> None:
    """It is in the grant and outside the ceiling, under a reading at least."""
    found = complaint(WIDE, NARROW, verdict, ())
    assert (found is None) if said is None else said in str(found)


def test_undecided_without_need_is_seen() -> None:
    """Where a request escapes, and where none may."""
    assert "this escapes" in str(complaint(WIDE, NARROW, Undecided("?"), REQUESTS))
    assert "depends on" in str(complaint(NARROW, WIDE, Undecided("?"), REQUESTS))


def test_undecided_is_right_where_aws_does_not_say() -> None:
    """Whether a plain operator matches two values decides, and nobody knows it."""
    asked: dict[str, dict[str, object]] = {"ForAnyValue:StringEquals": {"k:one": "a"}}
    open_grant = grant(allow("*", **asked), {**allow("*", StringLike={"k:one": "*"}), "Effect": "Deny"})
    assert complaint(open_grant, grant(allow("arn:aws:s3:::a")), check(open_grant, NARROW), ()) is None
    assert may_escape(open_grant, NARROW, Request("s3:a", "*", (("k:one", ("a", "b")),)))
    assert not may_escape(open_grant, NARROW, Request("s3:a", "*", (("k:one", ("a",)),)))


def test_undecided_is_right_where_a_pattern_of_actions_takes_colons() -> None:
    """The requests that are tried have actions with one colon, whatever else `t:*` matches."""
    wide = grant({**allow("*", NumericNotEquals={"k:one": "1"}), "Action": "t:*"})
    narrow = grant({**allow("*", NumericLessThan={"k:one": "2"}), "Action": "t:*"})
    assert complaint(wide, narrow, Undecided("?"), ()) is None


def test_undecided_is_right_where_values_differ_in_case() -> None:
    """Of `ab` and `B` a caseless operator may say what another one does not."""
    asked: dict[str, dict[str, object]] = {"ForAnyValue:StringEquals": {"k:one": "ab"}}
    wide = grant(allow("*", StringNotEquals={"k:one": "b"}, **asked))
    narrow = grant(allow("*", StringNotEqualsIgnoreCase={"k:one": "b"}))
    assert isinstance(verdict := check(wide, narrow), Undecided)
    assert complaint(wide, narrow, verdict, ()) is None


def test_what_must_answer_alike_is_supposed_alike() -> None:
    """A Deny with IfExists takes away what the same operator allows, whatever it does with two values."""
    twins = grant(
        allow("*", StringEquals={"k:one": "a"}),
        {**allow("*", StringEqualsIfExists={"k:one": "a"}), "Effect": "Deny"},
    )
    assert not may_escape(twins, NARROW, Request("s3:a", "*", (("k:one", ("a", "b")),)))


def test_truths_of_other_words_are_supposed_word_by_word() -> None:
    """What a condition on a word says nothing of one on another word; the same word says the same."""
    told = (("k:one", ("true",)), ("k:a", ("x",)), ("k:b", ("y",)))
    inner, outer = (grant(allow("*", Bool={"k:one": f"${{{key}}}"})) for key in ("k:a", "k:b"))
    assert may_escape(inner, outer, Request("s3:a", "*", told))
    assert not may_escape(inner, outer, Request("s3:a", "*", (*told[:2], ("k:b", ("x",)))))


def test_a_walk_meets_every_kind_of_text() -> None:
    """Three overlapping globs have five kinds of texts."""
    patterns = [steps(Glob(text), Reading.CROSSING) for text in ("a*", "*b", "a?b")]
    assert len(list(texts_of_every_kind(patterns, alphabet_of(patterns, "x")))) == 5


def test_built_requests_meet_the_patterns_of_both_sides() -> None:
    """Among a few hundred there are some that the grant allows."""
    world = World(3)
    first, second = world.grant({}), world.grant({})
    requests = list(some_requests(random.Random(0), 300, first, second))  # noqa: S311 - chance, not secrets
    assert any(may_escape(side, Grant(()), request) for side in (first, second) for request in requests)


def test_a_mutation_changes_one_place_of_json() -> None:
    """Other texts are left to the fuzzer."""
    source = random.Random(1)  # noqa: S311 - chance, not secrets
    assert mutated_json(b"no json", source) is None
    assert mutated_json(b"1", source) is None
    assert mutated_json(b'{"a": [1, 2]}', source) not in (None, b'{"a": [1, 2]}')


def test_only_lines_with_a_reason_are_explained() -> None:
    """A survivor that no rule fits stays open."""
    assert explanation("containment/budget.py", "budget.spend(2)", "budget.spend(3)")
    assert explanation("containment/evaluate.py", "return True", "return False") is None


def test_what_was_gathered_is_not_gathered_again(tmp_path: Path) -> None:
    """A run that was stopped goes on; what fails is asked again."""
    asked: list[int] = []

    def gather() -> int:
        asked.append(len(asked))
        if len(asked) == 1:
            message = "stopped"
            raise InterruptedError(message)
        return 7

    with pytest.raises(InterruptedError):
        once(tmp_path / "a" / "part 1", gather)
    assert [once(tmp_path / "a" / "part 1", gather) for _ in range(2)] == [7, 7]
    assert asked == [0, 1]
