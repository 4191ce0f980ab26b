"""Where iam-simulate is known to answer otherwise than the definition, and why ours stands."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from panorama_guard.containment import Request
from tests.evidence.documents import Question

# The part of a resource that says its type: up to the first slash or colon. Of a bucket or object there is none.
_WILD_TYPE = re.compile(r"arn:[^:]*:(?!s3:::)[^:]*:[^:]*:[^:]*:[^:/]*[*?$][^:/]*[:/].*")
_SHORT = re.compile(r"arn(:[^:]*){0,4}")


class Difference(NamedTuple):
    """A known difference: when it may be the cause, and why ours stands."""

    reason: str
    applies: Callable[[dict[str, Any], Request], bool]


def known_difference(question: Question, request: Request) -> str | None:
    """Return the name of a known difference that may be why the peer answers otherwise, or None."""
    statements = [item for body in (*question.policies, *(question.boundary or ())) for item in body["Statement"]]
    found = (name for name, known in KNOWN.items() if any(known.applies(item, request) for item in statements))
    return next(found, None)


def _has_wild_type(statement: dict[str, Any], _: Request) -> bool:
    return any(_WILD_TYPE.fullmatch(text) for text in _texts(statement, "Resource", "NotResource"))


def _excludes_short(statement: dict[str, Any], _: Request) -> bool:
    return any(_SHORT.fullmatch(text) for text in _texts(statement, "NotResource"))


def _escapes_in_equals(statement: dict[str, Any], _: Request) -> bool:
    found = (
        value
        for operator, keys in statement.get("Condition", {}).items()
        if re.search("String(Not)?Equals", operator)
        for values in keys.values()
        for value in values
    )
    return any(escape in value for value in found for escape in ("${*}", "${?}", "${$}"))


def _lacks_negated_variable(statement: dict[str, Any], request: Request) -> bool:
    conditions = statement.get("Condition", {}).items()
    negated = (keys for operator, keys in conditions if re.search("(String|Arn)Not", operator))
    values = [value for keys in negated for listed in keys.values() for value in listed]
    absent = all(key != "k:tag" for key, _ in request.context)
    return absent and any("${k:tag}" in text for text in (*values, *_texts(statement, "NotResource")))


def _texts(statement: dict[str, Any], *elements: str) -> Iterator[str]:
    return (text for element in elements for text in statement.get(element, ()))


KNOWN: dict[str, Difference] = {
    "a wildcard in the part of a resource that says its type (`arn:aws:iot:*:*:thin?/x`)": Difference(
        "The peer takes it for a character. AWS asks not to use one there and does not say what it then matches "
        "([ARNs](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)); ours takes it for what it is "
        "everywhere else, on both sides of a question.",
        _has_wild_type,
    ),
    "a short ARN under `NotResource` (`arn:aws:sqs`)": Difference(
        "The peer completes it under `Resource` and lets a statement that has it under `NotResource` match nothing, as "
        "its source says by choice. Ours completes it in both: `NotResource` is all that is not in the list "
        "([NotResource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html)).",
        _excludes_short,
    ),
    "`${*}` under `StringEquals`": Difference(
        "The peer compares with the text `${*}`. AWS: `${*}` stands for the character wherever variables may stand "
        "([variables](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)).",
        _escapes_in_equals,
    ),
    "a variable without a value under a negated operator or `NotResource`": Difference(
        "The peer lets the condition and the statement match nothing. AWS: such a value matches no resource, of "
        "Resource or NotResource, and inverted operators match it "
        "([policy variables with no value]"
        "(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value)).",
        _lacks_negated_variable,
    ),
}
