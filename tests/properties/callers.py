"""An evaluator of resource-based policies as plain as can be.

It shares nothing with the engine: principals are told apart by their fields, conditions are read by name, wildcards by
`re`, and each request is one dictionary of context keys.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Value = str | tuple[str, ...]  # of a context key; several where it has several


@dataclass(frozen=True)
class Person:
    """Somebody who calls: a user, a session of a role, the root user, a federated user, a service, or anybody."""

    kind: str
    account: str = ""
    path: str = "/"
    name: str = ""
    session: str = ""
    unique_id: str = ""
    organisation: str = ""
    partition: str = "aws"

    @property
    def arn(self) -> str:
        """Return the ARN that AWS gives as aws:PrincipalArn, or an empty text."""
        return {
            "user": f"arn:{self.partition}:iam::{self.account}:user{self.path}{self.name}",
            "role": f"arn:{self.partition}:iam::{self.account}:role{self.path}{self.name}",
            "root": f"arn:{self.partition}:iam::{self.account}:root",
            "session": f"arn:{self.partition}:sts::{self.account}:federated-user/{self.name}",
        }.get(self.kind, "")

    @property
    def keys(self) -> dict[str, str]:
        """Return the context keys that AWS derives from who calls."""
        if self.kind == "service":
            return {"aws:PrincipalServiceName": self.name, "aws:PrincipalIsAWSService": "true"}
        found = {
            "aws:PrincipalAccount": self.account or "anonymous",
            "aws:PrincipalArn": self.arn,
            "aws:PrincipalOrgID": self.organisation,
            "aws:PrincipalIsAWSService": "false" if self.account else "",
            "aws:username": self.name if self.kind == "user" else "",
            "aws:PrincipalType": {
                "user": "User",
                "role": "AssumedRole",
                "root": "Account",
                "session": "FederatedUser",
                "anonymous": "Anonymous",
            }[self.kind],
            "aws:userid": {
                "user": self.unique_id,
                "role": f"{self.unique_id}:{self.session}",
                "root": self.account,
                "session": f"{self.account}:{self.name}",
                "anonymous": "anonymous",
            }[self.kind],
        }
        return {key: value for key, value in found.items() if value}

    @property
    def text(self) -> str:
        """Return the caller as the engine writes it."""
        name = self.name if self.kind == "service" else self.arn
        return f"{self.kind}:{self.organisation}:{self.unique_id}:{self.session}:{name}"


CHARACTERS = str.maketrans("*?", "\ue000\ue001")
WILDCARDS = str.maketrans("\ue000\ue001", "*?")


def allows(document: dict[str, Any], person: Person, action: str, resource: str, context: Mapping[str, Value]) -> bool:
    """Say whether a document of `Principal` elements allows a request."""
    keys = {**context, **person.keys}
    matching = [one["Effect"] for one in document["Statement"] if matches(one, person, action, resource, keys)]
    return "Allow" in matching and "Deny" not in matching


def matches(statement: dict[str, Any], person: Person, action: str, resource: str, keys: Mapping[str, Value]) -> bool:
    """Say whether all of a statement matches."""
    return (
        any(glob(text.lower(), action.lower()) for text in listed(statement["Action"]))
        and any(glob(text, resource) for text in filled(listed(statement["Resource"]), keys))
        and names(statement["Principal"], person)
        and all(
            holds(operator, filled(listed(wanted), keys), keys.get(key))
            for operator, block in statement.get("Condition", {}).items()
            for key, wanted in block.items()
        )
    )


def filled(texts: list[str], keys: Mapping[str, Value]) -> list[str]:
    """Return the texts with their variables replaced, without those that hold one without a value.

    What is a wildcard in a pattern is a character in a value: it stands as a character that no value has.
    """
    for key, value in keys.items():
        if isinstance(value, str):
            texts = [text.replace(f"${{{key}}}", value.translate(CHARACTERS)) for text in texts]
    return [text for text in texts if "${" not in text]


def names(principal: Any, person: Person) -> bool:
    """Say whether a Principal element names the person."""
    if principal == "*":
        return True
    if person.kind == "service":
        return person.name in listed(principal.get("Service", [])) or "*" in listed(principal.get("AWS", []))
    return any(names_one(text, person) for text in listed(principal.get("AWS", [])))


def names_one(text: str, person: Person) -> bool:
    """Say whether one AWS principal names the person."""
    if text == "*":
        return True
    if person.kind == "anonymous":
        return False
    if text in (person.account, f"arn:aws:iam::{person.account}:root"):
        return True
    if person.kind == "role" and text == f"arn:aws:sts::{person.account}:assumed-role/{person.name}/{person.session}":
        return True
    return text in (person.arn, person.unique_id) and person.kind != "root"


def holds(operator: str, wanted: list[str], value: Value | None) -> bool:
    """Say whether a condition holds for a key with one value, none, or several where its operator is one for sets."""
    quantifier, _, name = operator.rpartition(":")
    if name == "Null":
        return (value is None) is (wanted[0] == "true")
    if_exists, name = name.endswith("IfExists"), name.removesuffix("IfExists")
    negated, name = "Not" in name, name.replace("Not", "")
    if value is None:
        return if_exists or quantifier == "ForAllValues" or (negated and not quantifier)
    compare = {"StringEquals": equal, "StringLike": glob, "ArnLike": arn, "Bool": equal}[name]
    texts = (value,) if isinstance(value, str) else value
    assert quantifier or len(texts) == 1, "AWS does not say what another operator makes of several values"
    answers = [any(compare(text, one) for text in wanted) is not negated for one in texts]
    return any(answers) if quantifier == "ForAnyValue" else all(answers)


def equal(wanted: str, value: str) -> bool:
    """Compare texts."""
    return wanted.translate(WILDCARDS) == value


def glob(wanted: str, value: str) -> bool:
    """Compare with wildcards."""
    pattern = "".join({"*": ".*", "?": "."}.get(char, re.escape(char.translate(WILDCARDS))) for char in wanted)
    return re.fullmatch(pattern, value, re.DOTALL) is not None


def arn(wanted: str, value: str) -> bool:
    """Compare the six parts of ARNs, each with wildcards."""
    left, right = wanted.split(":", 5), value.split(":", 5)
    return len(left) == len(right) == 6 and all(map(glob, left, right))


def listed(value: Any) -> list[str]:
    """Return a value that may stand alone as a list."""
    return value if isinstance(value, list) else [value]
