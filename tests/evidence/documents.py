"""Random documents and requests in the manner of real ones, as JSON values."""

import json
import random
from dataclasses import dataclass
from typing import Any, NamedTuple

from panorama_guard.containment import Grant, Request
from panorama_guard.containment.actions import is_action
from panorama_guard.policy.glob import parse_glob
from tests.evidence.world import filled, grant_of, is_resource

REQUESTS = 20  # about each grant
SERVICES = ("s3", "iot", "sqs", "logs", "lambda")
NAMES = ("GetObject", "GetThing", "PutItem", "ListAll", "SendMessage")
ACTION_GLOBS = ("{service}:{name}", "{service}:Get*", "{service}:*", "{service}:?et*", "{service}:*t", "*")
ENDS = ("a", "ab", "b/a", "a/b", "b", "a-b", "a.b", "a[b]", "", "x/a/b", "a:b", "panorama", "my-panorama-x")
REGIONS = ("us-east-1", "eu-west-1", "")
ACCOUNTS = ("123456789012", "999999999999", "")
POOLS = {  # by family: values of policies and of requests
    "String": ("a", "b", "A", "ab", "a*b", "${k:tag}", "a${*}", "${k:tag, 'b'}"),
    "StringLike": ("a*", "*b", "?", "*", "a", "${k:tag}*", "*${*}", "a?b"),
    "Bool": ("true", "false"),
    "Numeric": ("1", "2", "1.5", "10", "-1"),
    "Date": ("2026-01-01T00:00:00Z", "2026-05-31", "2026-03-01T12:00:00Z", "2026-05-31T00:00:01Z"),
    "Ip": ("10.0.0.0/8", "10.1.0.0/16", "192.0.2.1/32", "2001:db8::/32"),
    "Arn": ("arn:aws:s3:::a*", "arn:aws:*:*:*:*", "arn:aws:iot:us-east-1:123456789012:thing/?", "arn:aws:s3:::a"),
    "Binary": ("QQ==", "Qg=="),
}
VALUES = {
    "String": ("a", "b", "A", "ab", "a*b", "a*", "", "axb"),
    "StringLike": ("a", "b", "ab", "axb", "a*", "", "B"),
    "Bool": ("true", "false", "True", "maybe"),
    "Numeric": ("0", "1", "1.5", "2", "10", "11", "-1", "1.0", "x"),
    "Date": ("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-05-31", "2026-06-01", "x"),
    "Ip": ("10.1.2.3", "10.2.0.1", "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db9::1", "x"),
    "Arn": ("arn:aws:s3:::a", "arn:aws:s3:::ab", "arn:aws:iot:us-east-1:123456789012:thing/x", "arn:aws:t:::", "x"),
    "Binary": ("QQ==", "Qg==", "x"),
}
BASES = {
    "String": ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    "StringLike": ("StringLike", "StringNotLike"),
    "Bool": ("Bool",),
    "Numeric": tuple(f"Numeric{name}" for name in ("Equals", "NotEquals", "LessThan", "GreaterThanEquals")),
    "Date": tuple(f"Date{name}" for name in ("Equals", "NotEquals", "LessThanEquals", "GreaterThan")),
    "Ip": ("IpAddress", "NotIpAddress"),
    "Arn": ("ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"),
    "Binary": ("BinaryEquals",),
}
LONE_STAR_ACTIONS = ("s3:ListAllMyBuckets", "iot:DescribeEndpoint", "iot:ListThings", "sqs:ListQueues")


class Question(NamedTuple):
    """A grant as JSON values, and requests about it."""

    policies: list[Any]
    boundary: list[Any] | None
    requests: list[Request]
    validated: bool  # through the peer's entry that checks actions and resources

    def line(self) -> str:
        """Return the question as one line of JSON, as the peer reads it: a list of one value is a value."""
        requests = [
            {"action": item.action, "resource": item.resource, "context": _context(item)} for item in self.requests
        ]
        return json.dumps({**self._asdict(), "requests": requests})

    def grant(self) -> Grant:
        """Return the grant as the engine reads it."""
        return grant_of([self.policies, self.boundary] if self.boundary else [self.policies])


def _context(request: Request) -> dict[str, Any]:
    return {key: values[0] if len(values) == 1 else list(values) for key, values in request.context}


@dataclass(slots=True)
class Source:
    """A source of random documents in the manner of real ones."""

    random: random.Random

    def question(self) -> Question:
        """Return a random grant with requests, half of which are built from its patterns."""
        policies = [self.document() for _ in range(self.random.choice((1, 1, 2)))]
        boundary = [self.document()] if self.random.random() < 0.2 else None
        bodies = [item for body in (*policies, *(boundary or ())) for item in body["Statement"]]
        return Question(policies, boundary, [self.request(bodies) for _ in range(REQUESTS)], validated=False)

    def lone_star_question(self) -> Question:
        """Return a grant without conditions, asked about actions that have no resource."""
        policies = [self.document(conditions=False) for _ in range(self.random.choice((1, 1, 2)))]
        for body in policies:
            for statement in body["Statement"]:
                element = "NotAction" if "NotAction" in statement else "Action"
                statement[element] = [self.pick((*LONE_STAR_ACTIONS, "*", "s3:*", "iot:*"))]
        return Question(policies, None, [Request(action, "*") for action in LONE_STAR_ACTIONS], validated=True)

    def document(self, *, conditions: bool = True) -> dict[str, Any]:
        """Return a random document."""
        listed = [self.statement(conditions=conditions) for _ in range(self.random.choice((1, 2, 3)))]
        return {"Version": "2012-10-17", "Statement": listed}

    def statement(self, *, conditions: bool) -> dict[str, Any]:
        """Return a random statement."""
        flip = self.random.random
        service = self.pick(SERVICES)
        body: dict[str, Any] = {"Effect": "Deny" if flip() < 0.3 else "Allow"}
        body["NotAction" if flip() < 0.15 else "Action"] = [self.action_glob(service) for _ in range(self.few())]
        body["NotResource" if flip() < 0.2 else "Resource"] = [self.resource_glob(service) for _ in range(self.few())]
        if conditions and flip() < 0.6:
            body["Condition"] = self.conditions()
        return body

    def conditions(self) -> dict[str, dict[str, list[str]]]:
        """Return a random Condition element."""
        found: dict[str, dict[str, list[str]]] = {}
        for _ in range(self.few()):
            family = self.pick(tuple(BASES))
            name = self.pick(BASES[family]) + self.pick(("", "", "IfExists"))
            prefix = self.pick(("", "", "", "ForAnyValue:", "ForAllValues:"))
            values = self.random.sample(POOLS[family], min(len(POOLS[family]), self.few()))
            found.setdefault(prefix + name, {})[f"k:{family}"] = values
        if self.random.random() < 0.2:
            found["Null"] = {f"k:{self.pick(tuple(BASES))}": [self.pick(("true", "false"))]}
        return found

    def action_glob(self, service: str) -> str:
        """Return a random action glob."""
        return str(self.pick(ACTION_GLOBS).format(service=service, name=self.pick(NAMES)))

    def resource_glob(self, service: str) -> str:
        """Return a random resource glob."""
        if self.random.random() < 0.15:
            return "*"
        if self.random.random() < 0.02:
            return f"arn:aws:{service}"
        end = self.pick(ENDS)
        kind, slash, name = end.rpartition("/")
        # Wildcards in the part that says the type are not for IAM, so there are few.
        end = f"{kind}/{self.wild(name)}" if slash and self.random.random() < 0.95 else self.wild(end)
        if self.random.random() < 0.1:
            end += "${k:tag}"
        return f"arn:aws:{service}:{self.field(REGIONS)}:{self.field(ACCOUNTS)}:{end}"

    def wild(self, text: str) -> str:
        """Return the text with some characters replaced, most of them by wildcards."""
        return "".join(self.pick("ab*?-") if self.random.random() < 0.3 else char for char in text)

    def field(self, values: tuple[str, ...]) -> str:
        """Return a field of an ARN glob."""
        return str(self.pick((*values, "*", "*", self.pick(values)[:4] + "*")))

    def request(self, statements: list[dict[str, Any]]) -> Request:
        """Return a request, its action and resource built from a statement's patterns or by chance."""
        statement = self.pick(tuple(statements))
        service = self.pick(SERVICES)
        action = self.filled(statement, "Action", "Getab")
        resource = self.filled(statement, "Resource", "ab/-")
        if not is_action(action.lower()) or self.random.random() < 0.2:
            action = f"{service}:{self.pick(NAMES)}"
        if not is_resource(resource) or resource == "*" or self.random.random() < 0.2:
            resource = f"arn:aws:{service}:{self.pick(REGIONS)}:{self.pick(ACCOUNTS)}:{self.pick(ENDS)}"
        return Request(action, resource, self.context())

    def filled(self, statement: dict[str, Any], element: str, alphabet: str) -> str:
        """Return a text that a pattern of the statement's element matches."""
        listed = statement.get(element) or statement[f"Not{element}"]
        return filled(self.random, parse_glob(self.pick(listed), variables=True), alphabet)

    def context(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return a random context: some keys absent, some with several values, the tag with one."""
        found = {f"k:{family}": self.values(family) for family in BASES if self.random.random() < 0.8}
        if self.random.random() < 0.7:
            found["k:tag"] = (self.pick(("a", "b", "a*b")),)
        return tuple(found.items())

    def values(self, family: str) -> tuple[str, ...]:
        """Return the values of one key."""
        count = self.pick((1, 1, 1, 2))
        return tuple(self.random.sample(VALUES[family], count))

    def few(self) -> int:
        """Return one or two."""
        return int(self.pick((1, 1, 2)))

    def pick(self, values: Any) -> Any:
        """Return one of the values."""
        return self.random.choice(values)
