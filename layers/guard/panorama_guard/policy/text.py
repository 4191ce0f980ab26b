"""Read JSON text without losing anything: a key that stands twice is an error, not a silent choice."""

from panorama_guard.policy.errors import DocumentError


class WrittenFloat(float):
    """A number of a JSON text that keeps how it was written: a policy's number is compared exactly."""

    def __init__(self, text: str) -> None:
        """Remember the text; `float` has read it."""
        self.text = text

    def __str__(self) -> str:
        """Return the number as it was written."""
        return self.text


def decode_json(text: str, *, name: str) -> object:
    """Return the value that `text` holds, or raise DocumentError with what is wrong."""
    import json  # noqa: PLC0415 - who only asks the engine need not wait for it

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) != len(pairs):
            keys = [key for key, _ in pairs]
            raise DocumentError(name, "duplicate key", next(key for key in keys if keys.count(key) > 1))
        return members

    def constant(word: str) -> object:
        raise DocumentError(name, "not a JSON value", word)

    def decimal(word: str) -> object:
        found = WrittenFloat(word)
        if found in (float("inf"), float("-inf")):
            raise DocumentError(name, "a number that is too large", word)
        return found

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=constant, parse_float=decimal)
    except json.JSONDecodeError as error:
        raise DocumentError(name, f"not JSON ({error})", text[:40]) from error
    except (RecursionError, ValueError) as error:
        raise DocumentError(name, "not JSON that can be read", text[:40]) from error


def says_the_same(one: str, other: str) -> bool:
    """Say whether two policies differ at most in white space, in the order of keys and of lists, and in lists of one.

    IAM keeps a trust policy in an order of its own: what is read is not always, byte for byte, what was put.
    https://github.com/aws-controllers-k8s/community/issues/2875
    """
    if one == other:
        return True
    try:
        return _ordered(decode_json(one, name="policy")) == _ordered(decode_json(other, name="policy"))
    except (DocumentError, RecursionError):
        return False


def _ordered(value: object) -> object:
    if isinstance(value, dict):
        return {key: _ordered(member) for key, member in value.items()}
    if not isinstance(value, list):
        return value
    members = sorted(map(_ordered, value), key=_sort_key)
    return members[0] if len(members) == 1 else members


def _sort_key(value: object) -> str:
    import json  # noqa: PLC0415 - as above

    return json.dumps(value, sort_keys=True)


def ascii_lower(text: str) -> str:
    """Return `text` with A-Z in lower case and nothing else changed (the Kelvin sign is no k)."""
    return text.lower() if text.isascii() else "".join(char.lower() if char.isascii() else char for char in text)
