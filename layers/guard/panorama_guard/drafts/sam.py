"""Adds the roles that SAM makes for functions to a template, as SAM does.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
What SAM adds for the sources of a function's events, to read a queue say, is left out.
"""

from collections.abc import Iterator

from panorama_guard.drafts.node import Hole, Members, Node, node_of

_FUNCTION = "AWS::Serverless::Function"
_BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
_KEPT = {  # of a role, and as what a function has it
    "AssumeRolePolicyDocument": "AssumeRolePolicyDocument",
    "Path": "RolePath",
    "PermissionsBoundary": "PermissionsBoundary",
}
_NOTHING = Node(None, 0)


def with_roles_of_functions(template: Node) -> Node:
    """Return a template with a role for each function of SAM's that names none."""
    resources = template.get("Resources") or _NOTHING
    own = (((template.get("Globals") or _NOTHING).get("Function")) or _NOTHING).pairs
    made = tuple(_roles(resources, own))
    if not made:
        return template
    others = tuple((name, member) for name, member in template.pairs if name != "Resources")
    more = Node(Members((*resources.pairs, *made)), resources.line)
    return Node(Members((*others, ("Resources", more))), template.line)


def _roles(resources: Node, own: tuple[tuple[str, Node], ...]) -> Iterator[tuple[str, Node]]:
    for logical_id, found in resources.pairs:
        properties = Members(((found.get("Properties") or _NOTHING).pairs) + own)  # the first of a name counts
        if found.text("Type") == _FUNCTION and properties.get("Role") is None:
            role = {"Type": Node("AWS::IAM::Role", found.line), "Properties": _role(logical_id, properties, found.line)}
            if condition := found.get("Condition"):
                role["Condition"] = condition
            yield f"{logical_id}Role", Node(Members(tuple(role.items())), found.line)


def _role(logical_id: str, properties: Members, line: int) -> Node:
    listed = properties.get("Policies")
    policies = listed.items if listed else ()
    managed = [_managed(policy) for policy in policies if _is_managed(policy)]
    inline = [_inline(logical_id, at, policy) for at, policy in enumerate(policies) if not _is_managed(policy)]
    role = {
        "AssumeRolePolicyDocument": node_of(_TRUST, line),
        "ManagedPolicyArns": Node((Node(_BASIC, line), *managed), line),
        "Policies": Node(tuple(inline), line),
    }
    role |= {name: given for name, of_function in _KEPT.items() if (given := properties.get(of_function))}
    return Node(Members(tuple(role.items())), line)


def _is_managed(policy: Node) -> bool:
    """Say whether a policy is named: by a text, or by what gives one."""
    return not policy.pairs or (len(policy.pairs) == 1 and policy.pairs[0][0].partition("::")[0] in ("Ref", "Fn"))


def _managed(policy: Node) -> Node:
    is_name = isinstance(policy.value, str) and ":" not in policy.value
    return Node(f"arn:aws:iam::aws:policy/{policy.value}", policy.line) if is_name else policy


def _inline(logical_id: str, at: int, policy: Node) -> Node:
    """Return a policy as one of a role; what a template of SAM's own stands for is not known here."""
    name = f"{logical_id}RolePolicy{at}"
    document = policy
    if policy.get("Statement") is None and policy.pairs:
        document = Node(Hole(f"the policy template {policy.pairs[0][0]} of SAM"), policy.line)
    members = (("PolicyName", Node(name, policy.line)), ("PolicyDocument", document))
    return Node(Members(members), policy.line)
