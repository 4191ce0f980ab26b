"""Reads the text of a file, JSON or YAML, and says what it is."""

from enum import Enum

from panorama_guard.drafts.errors import DraftError
from panorama_guard.drafts.json_text import read_json_text
from panorama_guard.drafts.node import Members, Node
from panorama_guard.drafts.yaml_text import read_yaml_text

# What of a text says that it could be one of ours; other files are passed over unread.
MARKS = ("Statement", "AWS::", "resource_changes", "planned_values", "RoleDetailList")


class Kind(Enum):
    """What a file is."""

    TEMPLATE = "a CloudFormation or SAM template"
    PLAN = "a Terraform plan"
    ACCOUNT = "roles as AWS prints them"
    DOCUMENT = "an IAM document"
    OTHER = "nothing that holds roles"


def read_draft(text: str) -> tuple[Node, ...]:
    """Return the values of a text, each with its line; raise DraftError with what is wrong."""
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return (read_json_text(text),)
    if "\x00" in text:
        raise DraftError(0, "not text")
    return read_yaml_text(text)


def kind_of(root: Node) -> Kind:
    """Return what a value is, by the members that it must have."""
    if root.get("resource_changes") or root.get("planned_values"):
        return Kind.PLAN
    if root.get("RoleDetailList"):
        return Kind.ACCOUNT
    resources = root.get("Resources")
    if resources is not None and any(_is_resource(member) for _, member in resources.pairs):
        return Kind.TEMPLATE
    return Kind.DOCUMENT if root.get("Statement") else Kind.OTHER


def _is_resource(node: Node) -> bool:
    return isinstance(node.value, tuple) or (isinstance(node.value, Members) and "::" in node.text("Type"))
