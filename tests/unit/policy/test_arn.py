"""policy/arn.py: completion of short ARNs and the readings of wildcards."""

import pytest

from panorama_guard.policy.arn import Reading, accepts, parse_resource, segmented, steps
from panorama_guard.policy.glob import Glob


@pytest.mark.parametrize(
    ("text", "glob"),
    [
        ("arn:aws:sqs", "arn:aws:sqs:*:*:*"),
        ("arn:aws:iot:*", "arn:aws:iot:*:*:*"),
        ("arn:aws:iot:*:thing/p*", "arn:aws:iot:*:thing/p*:*"),
        ("arn", "arn:*:*:*:*:*"),
        ("arn:aws:s3:::", "arn:aws:s3:::"),
        ("*", "*"),
        ("arnica", "arnica"),
        ("arn:aws:s3:${aws:x}", "arn:aws:s3:${aws:x}:*:*"),
    ],
)
def test_short_arns_are_completed(text: str, glob: str) -> None:
    """Missing fields are any; what is no ARN stays as it is; a variable's colons are not the ARN's."""
    assert parse_resource(text, variables=True) == glob


@pytest.mark.parametrize(
    ("glob", "text", "readings"),
    [
        ("arn:aws:s3:::a*", "arn:aws:s3:::a:b", "CSF"),
        ("arn:aws:iot:*:1:x", "arn:aws:iot:r:q:1:x", "CF"),
        ("arn:aws:iot:*a:1:x", "arn:aws:iot:r:a:1:x", "C"),
        ("arn:aws:iot:?:1:x", "arn:aws:iot:::1:x", "C"),
        ("arn:aws:s3:::?", "arn:aws:s3::::", "CSF"),
        ("*", "arn:aws:s3:::a", "CSF"),
        ("*panorama", "arn:aws:s3:::panorama", "CSF"),
    ],
)
def test_readings_differ_only_in_the_first_five_segments(glob: str, text: str, readings: str) -> None:
    """A wildcard of the resource part, or of what is no ARN pattern, crosses colons under each reading."""
    found = [reading.name[0] for reading in Reading if accepts(steps(Glob(glob), reading), text)]
    assert "".join(found) == readings


@pytest.mark.parametrize("reading", Reading)
@pytest.mark.parametrize("fields", ["arn:a*s:s?:*:*", "arn:aws:s3*:?:a*", "a*n:*:*x:?*:*?"])
def test_a_variable_behind_the_first_five_segments_changes_nothing_of_them(fields: str, reading: Reading) -> None:
    """Patterns with variables are read token by token, others text by text: to the same steps."""
    plain, marked = (steps(Glob(f"{fields}:b/{rest}"), reading) for rest in ("", "${aws:userid}"))
    assert marked[: len(plain)] == plain


def test_a_pattern_of_an_arn_condition_has_six_components() -> None:
    """ArnLike compares components, so a shorter pattern is not understood."""
    assert segmented(Glob("arn:aws:s3")) is None
    assert segmented(Glob("arn:aws:s3:::*")) is not None


@pytest.mark.parametrize(
    ("glob", "text", "matches"),
    [
        ("a*c", "abc", True),
        ("a*c", "ac", True),
        ("a*c", "ab", False),
        ("a?c", "ac", False),
        ("", "", True),
        ("abc", "xbc", False),
        ("*", "", True),
        ("*a*b*", "xaxbx", True),
        ("[ab]", "a", False),
        ("a.c", "abc", False),
    ],
)
def test_only_star_and_question_mark_are_special(glob: str, text: str, matches: object) -> None:
    """A star is any number of characters, a question mark exactly one, all else is itself."""
    assert accepts(steps(Glob(glob), Reading.CROSSING), text) is matches
