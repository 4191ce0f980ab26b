"""Looks up what a plan's resources refer to: names and ARNs that are known after the apply, as far as they can be said.

What the configuration takes from a resource of the same plan, by the same provider, is the account's own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from panorama_guard.drafts.made import Made
from panorama_guard.drafts.node import Hole, Members, Node, Value, parts_of, text_of
from panorama_guard.drafts.planned import Planned
from panorama_guard.drafts.references import References, last_index, without_index
from panorama_guard.drafts.worlds import PSEUDO

NAME_OF_TERRAFORM = "the name that Terraform gives to {}"
_HERE = "{region}:{account}"
# For each type: the attribute that names it, and its ARN. An attribute that ends with `arn` gives that one.
_NAMED: Mapping[str, tuple[str, str]] = {
    "aws_s3_bucket": ("bucket", "arn:aws:s3:::{name}"),
    "aws_s3_access_point": ("name", f"arn:aws:s3:{_HERE}:accesspoint/{{name}}"),
    "aws_iam_role": ("name", "arn:aws:iam::{account}:role{path}{name}"),
    "aws_sqs_queue": ("name", f"arn:aws:sqs:{_HERE}:{{name}}"),
    "aws_sns_topic": ("name", f"arn:aws:sns:{_HERE}:{{name}}"),
    "aws_kinesis_stream": ("name", f"arn:aws:kinesis:{_HERE}:stream/{{name}}"),
    "aws_kinesis_firehose_delivery_stream": ("name", f"arn:aws:firehose:{_HERE}:deliverystream/{{name}}"),
    "aws_kms_key": ("key_id", f"arn:aws:kms:{_HERE}:key/{{name}}"),
    "aws_lambda_function": ("function_name", f"arn:aws:lambda:{_HERE}:function:{{name}}"),
    "aws_lambda_layer_version": ("layer_name", f"arn:aws:lambda:{_HERE}:layer:{{name}}:1"),
    "aws_dynamodb_table": ("name", f"arn:aws:dynamodb:{_HERE}:table/{{name}}"),
    "aws_secretsmanager_secret": ("name", f"arn:aws:secretsmanager:{_HERE}:secret:{{name}}"),
    "aws_cloudwatch_log_group": ("name", f"arn:aws:logs:{_HERE}:log-group:{{name}}"),
    "aws_iot_policy": ("name", f"arn:aws:iot:{_HERE}:policy/{{name}}"),
    "aws_iot_role_alias": ("alias", f"arn:aws:iot:{_HERE}:rolealias/{{name}}"),
    "aws_rolesanywhere_trust_anchor": ("name", f"arn:aws:rolesanywhere:{_HERE}:trust-anchor/{{name}}"),
}
_ID_IS_ARN = ("aws_secretsmanager_secret", "aws_sns_topic")
# Of what these do not set, the provider tells what there is after the apply.
_COMPUTED = frozenset({*_NAMED, "aws_lambda_function", "aws_sagemaker_notebook_instance", "aws_rolesanywhere_profile"})


class Links:
    """The resources of a plan, with what they refer to."""

    def __init__(self, references: References, resources: tuple[Planned, ...]) -> None:
        """Take the configuration's references, and what the plan has and would have."""
        self._references, self._resources = references, resources

    def made(self, resource: Planned) -> Made:
        """Return a resource with its own name, and with what it refers to in the place of what is not known."""
        expressions = self._references.expressions(resource.address)
        pairs = ((name, self._linked(member, expressions.get(name), resource)) for name, member in resource.after.pairs)
        kept = Members(tuple((name, member) for name, member in pairs if member is not None))
        name = Node(self._name(resource), resource.line)
        values = Node(kept, resource.line)
        return Made(resource.kind, resource.address, name, values, resource.line)

    def _linked(self, node: Node, expression: Node | None, resource: Planned) -> Node | None:
        """Return a value with what it refers to; None for what is not set, and the provider tells."""
        if isinstance(node.value, Hole):
            if expression is None:
                return None if resource.kind in _COMPUTED else node
            return Node(self._referred(node.value, expression, resource), node.line or resource.line)
        if isinstance(node.value, Members):
            within = expression or Node(None, 0)
            pairs = ((name, self._linked(one, within.get(name), resource)) for name, one in node.pairs)
            return replace(node, value=Members(tuple((name, one) for name, one in pairs if one is not None)))
        if isinstance(node.value, tuple):
            items = (
                self._linked(one, _at(expression, at, len(node.value)), resource) for at, one in enumerate(node.value)
            )
            return replace(node, value=tuple(one for one in items if one is not None))
        return node

    def _referred(self, hole: Hole, expression: Node, resource: Planned) -> Value:
        named = self._references.named_by(resource.address, expression)
        found = list(dict.fromkeys(self._pairs(named, resource)))
        if len(found) != 1:
            return hole
        other, attribute = found[0]
        if not self._references.is_of_one_provider(resource.address, other.address):
            return Hole(f"whose {other.address} is, which another provider makes")
        if attribute.endswith("arn") or (attribute == "id" and other.kind in _ID_IS_ARN):
            return text_of(self._arn(other))
        is_name = attribute in ("id", _NAMED[other.kind][0])
        return self._name(other) if is_name else hole

    def _pairs(self, named: Iterator[tuple[str, str]], resource: Planned) -> Iterator[tuple[Planned, str]]:
        """Yield what is referred to, and the attribute: of several instances that of the same index."""
        for address, attribute in named:
            found = [one for one in self._resources if without_index(one.address) == address and one.kind in _NAMED]
            index = last_index(resource.address)
            same = [one for one in found if index and one.address.endswith(index)]
            yield from ((one, attribute) for one in (same or found) if attribute)

    def _name(self, resource: Planned) -> Value:
        attribute = _NAMED.get(resource.kind, ("name", ""))[0]
        found = resource.after.get(attribute)
        if found is None or isinstance(found.value, Hole) or found.value in (None, ""):
            prefix = resource.after.text("name_prefix") or resource.after.text(f"{attribute}_prefix")
            return text_of(iter([prefix, Hole(NAME_OF_TERRAFORM.format(resource.address))]))
        return found.value

    def _arn(self, resource: Planned) -> Iterator[str | Hole]:
        known = {"region": PSEUDO["AWS::Region"], "account": PSEUDO["AWS::AccountId"], "name": self._name(resource)}
        known["path"] = resource.after.text("path") or "/"
        for piece in _NAMED[resource.kind][1].split("{"):
            word, closed, rest = piece.partition("}")
            yield from parts_of(Node(known[word], 0)) if closed else (word,)
            yield rest


def _at(expression: Node | None, at: int, count: int) -> Node | None:
    """Return the expression of an item: a block's own, that of all blocks, or that of a list as a whole."""
    if expression is None or not isinstance(expression.value, tuple):
        return expression
    listed = expression.value
    if len(listed) == count:
        return listed[at]
    return listed[0] if len(listed) == 1 else None
