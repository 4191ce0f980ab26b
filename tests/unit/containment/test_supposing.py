"""containment/supposing.py: which patterns with variables a resource may match together, and what follows."""

from panorama_guard.containment.fillings import NO_KINDS, ValueKind
from panorama_guard.containment.supposing import Opened, kinds_of_resources, suppositions
from panorama_guard.policy.arn import Reading
from tests.unit.containment.questions import BUCKET, budget, glob, kind, question, statement

OWN = glob(f"{BUCKET}${{k}}")


def opened(grant: list[dict[str, object]], ceiling: list[dict[str, object]]) -> Opened:
    """Return the question about the first resource of the grant."""
    asked = question(grant, ceiling)
    resources = asked.clauses[0].resources
    return Opened.of(asked, glob("*") if resources.negated else resources.globs[0])


def test_patterns_are_told_apart_by_whether_matching_helps_an_escape() -> None:
    """A Deny of the ceiling helps, an Allow of it hinders; under NotResource it is the other way round."""
    found = opened(
        [statement(OWN), statement(effect="Deny", NotResource=f"{BUCKET}n${{k}}")],
        [statement(f"{BUCKET}a${{k}}"), statement(f"{BUCKET}d${{k}}", "Deny")],
    )
    assert found.own == (OWN,)
    assert set(found.helpful) == {f"{BUCKET}n${{k}}", f"{BUCKET}d${{k}}"}
    assert found.hindering == (f"{BUCKET}a${{k}}",)


def test_the_pattern_that_is_asked_about_is_always_supposed_to_match() -> None:
    """Beside it each helpful one matches or not."""
    found = opened([statement(OWN)], [statement(f"{BUCKET}*${{k}}*"), statement(f"{BUCKET}?${{j}}", "Deny")])
    supposed = suppositions(found, NO_KINDS, budget())
    assert {one.matching for one in supposed} == {(OWN,), (OWN, f"{BUCKET}?${{j}}")}


def test_what_covers_a_matching_pattern_follows() -> None:
    """Whatever the values are, so that what does not follow need not match."""
    found = opened([statement(OWN)], [statement([f"{BUCKET}*${{k}}", f"{BUCKET}*${{j}}"])])
    (supposed,) = suppositions(found, NO_KINDS, budget())
    assert supposed.following == {f"{BUCKET}*${{k}}"}


def test_patterns_that_exclude_each_other_are_not_supposed_together() -> None:
    """A text that begins with the one does not begin with the other."""
    other = f"{BUCKET}b${{k}}"
    found = opened([statement(f"{BUCKET}a${{k}}")], [statement(), statement(other, "Deny")])
    assert [one.matching for one in suppositions(found, NO_KINDS, budget())] == [(f"{BUCKET}a${{k}}",)]


def test_a_pattern_that_follows_cannot_fail() -> None:
    """What covers the pattern that is asked about matches as well."""
    found = opened([statement(OWN)], [statement(), statement(f"{BUCKET}*${{k}}", "Deny")])
    assert [one.failing for one in suppositions(found, NO_KINDS, budget())] == [frozenset()]


def test_where_many_patterns_would_help_the_last_of_them_may_always_match() -> None:
    """So that there are not too many suppositions."""
    denied = [f"{BUCKET}{'?' * number}${{k{number}}}" for number in range(12)]
    found = opened([statement(OWN)], [statement(), statement(denied, "Deny")])
    assert 1 < len(suppositions(found, NO_KINDS, budget())) <= 64


def escaping(found: Opened, kinds: dict[str, ValueKind], reading: Reading) -> bool:
    """Say whether under some supposition each list has a resource that the ceiling's only statement does not match."""
    return any(
        all(
            any(not matched & 0b10 for matched, _ in way)
            for way in kinds_of_resources(found, supposed, kinds, reading, budget())
        )
        for supposed in suppositions(found, kinds, budget())
    )


def test_values_of_a_kind_stay_inside_what_is_around_the_kind() -> None:
    """And outside it where nothing is known of them."""
    found = opened([statement(OWN)], [statement(f"{BUCKET}team-*")])
    assert not escaping(found, {"k": kind("team-*")}, Reading.CROSSING)
    assert escaping(found, {"k": kind("team-*", matched=0)}, Reading.CROSSING)


def test_the_value_is_the_same_text_in_the_ceiling() -> None:
    """Its own pattern, and not another variable's."""
    kinds = {key: kind("a*") for key in "jk"}
    same = opened([statement(f"{BUCKET}${{k}}/*")], [statement(f"{BUCKET}*${{k}}/*")])
    other = opened([statement(f"{BUCKET}${{k}}/*")], [statement(f"{BUCKET}*${{j}}/*")])
    assert not escaping(same, kinds, Reading.FINAL)
    assert escaping(other, kinds, Reading.FINAL)


def test_an_early_variable_of_the_ceiling_is_no_place_for_the_same_value() -> None:
    """Though a `*` before it reads the first five fields of the other pattern."""
    found = opened([statement(f"{BUCKET}${{k}}::b:x:y")], [statement("arn:*${k}::b:x:y")])
    assert escaping(found, {"k": kind("a*")}, Reading.CROSSING)


def test_an_early_variable_is_any_text() -> None:
    """Whatever the kind of its value is."""
    found = opened([statement("arn:aws:s3:${k}::b")], [statement("arn:aws:s3:a*::b")])
    assert escaping(found, {"k": kind("a*")}, Reading.CROSSING)
