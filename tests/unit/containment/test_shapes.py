"""containment/shapes.py: the texts that a request may have under a key that AWS types."""

import pytest

from panorama_guard.containment.shapes import is_possible, is_real, shape_of


@pytest.mark.parametrize(
    ("key", "text", "real", "possible"),
    [
        ("aws:sourceip", "10.0.0.1", True, True),
        ("aws:sourceip", "2001:db8::1", True, True),
        ("aws:sourceip", "::ffff:10.0.0.1", False, True),  # AWS writes it as IPv4
        ("aws:sourceip", "::fffe:a00:1", True, True),
        ("aws:sourceip", "999.0.0.1", False, True),
        ("aws:sourceip", "10.0.0.0/8", False, False),
        ("aws:sourceip", "example", False, False),
        ("aws:currenttime", "2026-01-01T00:00:00Z", True, True),
        ("aws:currenttime", "2026-01-01T00:00:00.5Z", True, True),
        ("aws:currenttime", "2026-01-01T00:00:00+01:00", False, True),
        ("aws:currenttime", "2026-13-01T00:00:00Z", False, True),
        ("aws:currenttime", "1767225600", False, True),
        ("aws:currenttime", "", False, False),
        ("aws:epochtime", "1767225600", True, True),
        ("aws:epochtime", "1767225600.5", False, True),
        ("aws:epochtime", "2026-01-01T00:00:00Z", False, False),
        ("s3:max-keys", "0", True, True),
        ("s3:max-keys", "010", False, True),
        ("s3:max-keys", "-1", False, False),
        ("s3:max-keys", "\u0661", False, False),
        ("aws:securetransport", "true", True, True),
        ("aws:securetransport", "TRUE", False, False),
        ("aws:sourcearn", "arn:aws:s3:::b", True, True),
        ("aws:sourcearn", "arn:x:s3:::b", False, False),
        ("aws:sourcearn", "b", False, False),
        ("aws:principaltag/x", "anything", True, True),
    ],
)
def test_a_value_is_as_aws_writes_it_or_is_not_known_to_be_impossible(
    key: str, text: str, real: object, possible: object
) -> None:
    """A witness has only what is real; a proof supposes all that is possible."""
    assert (is_real(key, text), is_possible(key, text)) == (real, possible)


@pytest.mark.parametrize("key", ["aws:sourceip", "aws:currenttime", "aws:epochtime", "s3:max-keys", "aws:sourcearn"])
def test_how_aws_writes_a_value_is_possible(key: str) -> None:
    """Every letter that it uses is one that is possible, and every example is a value."""
    shape = shape_of(key)
    assert shape is not None
    assert shape.usual is None or shape.usual.letters <= shape.possible.letters
    assert all(is_real(key, text) and is_possible(key, text) for text in shape.examples)


def test_a_key_without_a_type_has_no_shape() -> None:
    """Any text may stand there."""
    assert shape_of("aws:principaltag/x") is None
