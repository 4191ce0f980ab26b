"""Fills the holes of a resource's parts for one owner: with what lets nobody in, or with what does."""

import re
from dataclasses import dataclass

from panorama_guard.case import bucket, iot
from panorama_guard.case.finding import Finding
from panorama_guard.case.resource import canonical
from panorama_guard.containment import Escaped
from panorama_guard.drafts.exposed import texts_in
from panorama_guard.drafts.filling import Filled, Way, as_object, fill
from panorama_guard.drafts.node import Hole, Members, Node, Nothing, Text, parts_of, text_of
from panorama_guard.drafts.resources import DraftPart, DraftResource
from panorama_guard.drafts.worlds import ACCOUNT, REGION

_NUMBER = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_ROLE = re.compile(r"arn:aws:iam::([0-9]{12}):role/")
_ARNS = {  # what stands between the account and the name, by the type; of all others nothing does that decides
    "lambda-function": ("lambda", "function:"),
    "lambda-runner": ("lambda", "function:"),
    "secret": ("secretsmanager", "secret:"),
    "log-group": ("logs", "log-group:"),
    "iot-policy": ("iot", "policy/"),
    "iot-alias": ("iot", "rolealias/"),
    "iot-user": ("iot", ""),
    "sagemaker-work": ("sagemaker", ""),
    "sagemaker-user": ("sagemaker", ""),
    "rolesanywhere-profile": ("rolesanywhere", "profile/"),
    "greengrass-group": ("greengrass", "greengrass/groups/"),
    "greengrass-deployment": ("greengrass", "deployments:"),
    "greengrass-account": ("greengrass", ""),
    "cloudwatch-dashboard": ("cloudwatch", "dashboard/"),
    "iam-role": ("iam", "role/"),
}
_IN_ARNS = {"topic-rule": "rule", "topic-rule-destination": "ruledestination", "ca-certificate": "cacert"}
_NO_REGION = ("iam", "cloudwatch")


@dataclass(frozen=True, slots=True)
class FilledPart:
    """A part without holes, and the line of each of its statements, where it has any, or of itself."""

    text: str
    line: int
    document: tuple[Filled, ...] = ()

    def line_of(self, finding: Finding) -> int:
        """Return the line of the statement that a finding is about, or that of the part."""
        if isinstance(finding.verdict, Escaped):
            index = finding.verdict.statement.index
            return next((one.line_of(index) for one in self.document), 0) or self.line
        return self.line


def arn_of(kind: str, name: str, owner: str) -> str:
    """Return the ARN that a resource has in the account of this owner."""
    if kind not in _ARNS:
        return bucket.bucket_arn(name)
    service, before = _ARNS[kind]
    if kind == iot.USER:
        word, slash, rest = name.partition("/")
        name = f"{_IN_ARNS.get(word, word.replace('-', ''))}{slash}{rest}"
    region = "" if service in _NO_REGION else REGION
    return f"arn:aws:{service}:{region}:{owner}:{before}{name}"


def numbers_in(draft: DraftResource) -> tuple[str, ...]:
    """Return the accounts that a resource names by their numbers."""
    texts = (text for part in draft.parts for text in texts_in(as_object(part.value)))
    return tuple(dict.fromkeys(number for text in texts for number in _NUMBER.findall(text)))


def owner_in(draft: DraftResource) -> tuple[str, ...]:
    """Return the account of a role that a resource is given, if its number is known: AWS takes no other account's.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    texts = (text for part in draft.parts if not part.is_document for text in texts_in(part.value))
    return tuple(found[1] for text in texts if (found := _ROLE.match(text)))[:1]


def stranger_to(*named: str) -> str:
    """Return the number of an account that is none of these."""
    return next(number for number in (ACCOUNT, *(f"{one:012d}" for one in range(1, 99))) if number not in named)


def fill_part(part: DraftPart, owner: str, way: Way) -> FilledPart:
    """Return a part with its holes filled, in the account of this owner."""
    if part.is_document:
        filled = fill(owned(as_object(part.value), owner), way)
        return FilledPart(filled.text, part.line, (filled,))
    value = _structure(part.value, part, owner, way)
    return FilledPart(value if isinstance(value, str) and not part.is_json else canonical(value), part.line)


def owned(node: Node, owner: str) -> Node:
    """Return a value with its examples in the holes that have one, and the owner's number in those of an account."""
    value = node.value
    if isinstance(value, Hole | Text):
        return Node(text_of(_example(part, owner) for part in parts_of(node)), node.line)
    if isinstance(value, tuple):
        return Node(tuple(owned(item, owner) for item in value), node.line)
    if isinstance(value, Members):
        return Node(Members(tuple((name, owned(member, owner)) for name, member in value.pairs)), node.line)
    return node


def _example(part: str | Hole, owner: str) -> str | Hole:
    if isinstance(part, str) or not part.examples:
        return part
    return owner if part.examples[0] == ACCOUNT else part.examples[0]


def _structure(node: Node, part: DraftPart, owner: str, way: Way) -> object:
    """Return JSON values. What is not known of a text may be an account's number: the owner's, or not."""
    value = owned(node, owner).value
    if isinstance(value, Members):
        return {name: _structure(member, part, owner, way) for name, member in value.pairs}
    if isinstance(value, tuple):
        return [_structure(item, part, owner, way) for item in value]
    account = stranger_to(owner) if way is Way.WIDEST else owner
    if isinstance(value, Hole):
        if part.fills:
            return part.fills[way is Way.WIDEST]
        return f"arn:aws:{part.service}:{REGION}:{account}:unknown"
    if isinstance(value, Text):
        return "".join(one if isinstance(one, str) else account for one in value.parts)
    return None if isinstance(value, Nothing) else value
