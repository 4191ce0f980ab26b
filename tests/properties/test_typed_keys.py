"""Of a key that AWS types every value answers conditions as a cell does, and every concrete cell has a value."""

from datetime import datetime
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from panorama_guard.containment.cells import all_cells, likely_cells
from panorama_guard.containment.keys import mixed_keys
from panorama_guard.containment.meaning import condition_holds
from panorama_guard.policy.condition import Condition, parse_condition

VALUES = {  # keys -> values as AWS writes them
    "aws:SourceIp": [
        *(".".join(map(str, quad)) for quad in product((1, 10, 203), (0, 1, 11), (0, 22), (0, 9, 255))),
        *("2001:db8::1", "2001:db8:1::", "::1", "fe80::1:2"),
    ],
    "aws:CurrentTime": [
        f"{year}-{month}-{day}T{hour}:30:00Z"
        for year, month, day, hour in product((1999, 2025, 2026), ("01", "05", "12"), ("01", "20", "28"), ("00", "13"))
    ],
    "aws:EpochTime": [str(number) for number in (0, 1, 9, 10, 11, 100, 1699999999, 1700000000, 1700000001)],
    "s3:max-keys": [str(number) for number in range(30)],
    "aws:MultiFactorAuthAge": [str(number) for number in range(30)],
    "aws:SecureTransport": ["true", "false"],
    "aws:SourceArn": [f"arn:aws:{service}:{region}:{account}:{name}" for service, region, account, name in product(
        ("s3", "sns"), ("", "us-east-1"), ("", "111122223333"), ("a", "ab", "b", "a:b"))],
}  # fmt: skip
TEXTS = ("10.*", "*.1", "1?", "1", "10.1.0.9", "20*", "*-05-*", "2026-05-01T00:30:00Z", "*Z", "true", "*e", "0*", "*0*")
PATTERNS = (
    *TEXTS,
    "arn:aws:s3:::*",
    "arn:*",
    "*:a",
    "arn:aws:sns:us-east-1:111122223333:ab",
    "2001:*",
    "",
    "x",
    "*",
    "??",
)
NUMBERS, TIMES = ("0", "1", "9.5", "10", "-1", "1700000000"), ("2026-01-01T00:00:00Z", "2025-05-20", "1700000000", "10")
OPERATORS = {
    **dict.fromkeys(("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"), PATTERNS),
    **dict.fromkeys(("NumericEquals", "NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals"), NUMBERS),
    **dict.fromkeys(("DateLessThan", "DateGreaterThanEquals", "DateEquals"), TIMES),
    **dict.fromkeys(("IpAddress", "NotIpAddress"), ("10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32", "1.0.0.9")),
    **dict.fromkeys(("ArnLike", "ArnNotLike"), ("arn:aws:s3:::a*", "arn:aws:*:*:*:a", "arn:*:sns:*:1*:*")),
    **dict.fromkeys(("Bool",), ("true", "false")),
    **dict.fromkeys(("Null",), ("true", "false")),
}


@st.composite
def conditions(draw: st.DrawFn) -> tuple[str, tuple[Condition, ...]]:
    """Return a key and one to three conditions on it, of whatever operators."""
    key = draw(st.sampled_from(sorted(VALUES)))
    found: list[Condition] = []
    for operator in draw(st.lists(st.sampled_from(sorted(OPERATORS)), min_size=1, max_size=3)):
        values = draw(st.lists(st.sampled_from(OPERATORS[operator]), min_size=1, max_size=2, unique=True))
        suffix = draw(st.sampled_from(("", "IfExists"))) if operator != "Null" else ""
        found.append(parse_condition(operator + suffix, key, tuple(values), variables=True))
    return key, tuple(dict.fromkeys(found))


@settings(max_examples=600)
@given(conditions())
def test_every_value_answers_as_a_cell_does_and_every_concrete_cell_has_a_value(
    asked: tuple[str, tuple[Condition, ...]],
) -> None:
    """The answers that the definition has for a value, and those of a cell, agree somewhere; absent is a cell too."""
    key, tests = asked
    is_mixed = key.lower() in mixed_keys(tests)
    cells = all_cells(tests, mixed=is_mixed, several=False)
    for values in [(), *((value,) for value in VALUES[key])]:
        context = {key.lower(): values} if values else {}
        answers = [condition_holds(test, context) for test in tests]
        known = sum(1 << place for place, answer in enumerate(answers) if answer is not None)
        holds = sum(1 << place for place, answer in enumerate(answers) if answer)
        assert not cells.whole or any((cell.holds ^ holds) & known & ~cell.unsure == 0 for cell in cells.cells)
    for cell in (*cells.cells, *likely_cells(tests, mixed=is_mixed, several=False).cells):
        if cell.values:
            assert type(cell.values[0]) is str
            assert _is_written(key, cell.values[0])
            answers = [condition_holds(test, {key.lower(): cell.values}) for test in tests]
            assert cell.holds == sum(1 << place for place, answer in enumerate(answers) if answer)


def _is_written(key: str, text: str) -> bool:
    """Say whether the text has the form of the key's values: by their letters, and what stands between them."""
    forms = {
        "aws:SourceIp": lambda: set(text) <= set("0123456789abcdef:.") and ("." in text) is not (":" in text),
        "aws:CurrentTime": lambda: datetime.fromisoformat(text).tzinfo is not None and text.endswith("Z"),
        "aws:SecureTransport": lambda: text in ("true", "false"),
        "aws:SourceArn": lambda: text.startswith("arn:aws") and text.count(":") >= len("::::::") - 1,
    }
    return forms.get(key, text.isdigit)()
