"""Reads what a template or a plan says of Lambda functions: who may run each, what it runs, as whom, and what it feeds.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Lambda.html
"""

from collections.abc import Callable, Iterator, Mapping

from panorama_guard.case import function
from panorama_guard.drafts.function_words import PLAN, TEMPLATE, Words
from panorama_guard.drafts.given_roles import given_roles, role_name, roles_part
from panorama_guard.drafts.made import Made, hole_at, name_after, structure, word_at
from panorama_guard.drafts.node import Hole, Node, node_of, parts_of, text_of
from panorama_guard.drafts.resources import DEFAULT, Around, DraftPart, DraftResource
from panorama_guard.drafts.worlds import PSEUDO
from panorama_guard.judging.functions import PUBLIC, SIGNED
from panorama_guard.policy.document import CURRENT

Shaped = Iterator[DraftResource]
Shape = Callable[[Made, Around], Shaped]
_PUBLIC_SID = "FunctionURLAllowPublicAccess"
_WHETHER = "whether a statement of its policy lets everybody call it"


def _function(words: Words) -> Shape:
    """Return how a function is read: one of the naming pattern, or another one that runs as a guarded role."""

    def shaped(made: Made, around: Around) -> Shaped:
        role = made.get(words.role)
        parts = list(_settings(made, words))
        given = list(given_roles(role, around.roles))
        if given:
            part = roles_part(function.ROLE, given, role.line if role else made.line, is_listed=False)
            parts.append(part)
            yield DraftResource(function.RUNNER, made.name, part.line or made.line, (part,))
        elif role is not None and any(isinstance(one, str) and one for one in parts_of(role_name(role))):
            parts.append(DraftPart(function.ROLE, role, role.line, is_json=True))
        yield DraftResource(function.TYPE, made.name, made.line, tuple(parts))

    return shaped


def _settings(made: Made, words: Words) -> Iterator[DraftPart]:
    layers = [structure(one.line or made.line, Arn=one) for one in made.listed(words.layers)]
    if layers:
        yield DraftPart(function.LAYERS, structure(made.line, Layers=tuple(layers)), layers[0].line, service="lambda")
    if target := made.get(*words.dead):
        yield _destinations((target,), made)


def _destinations(targets: tuple[Node, ...], made: Made) -> DraftPart:
    listed = tuple(structure(one.line, Destination=one) for one in targets)
    line = targets[0].line or made.line
    return DraftPart(function.DESTINATIONS, structure(line, Destinations=listed), line, service="sqs")


def _permission(words: Words) -> Shape:
    """Return how a statement of a function's policy is read, as Lambda writes it."""

    def shaped(made: Made, _: Around) -> Shaped:
        name, principal = made.get(words.name), made.get(words.principal)
        if name is None or principal is None:
            return
        conditions: dict[str, dict[str, Node]] = {}
        for member, (operator, key) in words.conditions.items():
            if found := made.get(member):
                conditions.setdefault(operator, {})[key] = found
        told = {operator: structure(made.line, **keys) for operator, keys in conditions.items()}
        more = {"Condition": structure(made.line, **told)} if told else {}
        statement = structure(
            made.line,
            Effect="Allow",
            Principal=_principal(principal),
            Action=made.get(words.action) or "lambda:*",
            Resource=_arn(function_name(name)),
            **more,
        )
        sid = word_at(made.values, words.sid) if words.sid else made.where.partition(" ")[0]
        yield _stated(name, statement, sid or made.where, made, is_sure=made.is_sure)

    return shaped


def _stated(name: Node, statement: Node, sid: str, made: Made, *, is_sure: bool = True) -> DraftResource:
    document = structure(made.line, Version=CURRENT, Statement=statement)
    part = DraftPart(function.statement_part(sid), document, made.line, is_document=True, is_sure=is_sure)
    return DraftResource(function.TYPE, function_name(name), made.line, (part,))


def _principal(found: Node) -> Node:
    """Return a principal as it stands in a policy: a service, an account, or somebody by his ARN."""
    word = word_at(found)
    if isinstance(found.value, Hole) and not found.value.examples:
        return found
    if word == "*":
        return found
    is_service = "." in word and ":" not in word
    return structure(found.line, **{"Service" if is_service else "AWS": found})


def function_name(node: Node) -> Node:
    """Return the name of a function by its name or ARN, without version or alias."""
    return name_after(node, ":function:", ":")


def _arn(name: Node) -> Node:
    parts = ("arn:aws:lambda:", PSEUDO["AWS::Region"], ":", PSEUDO["AWS::AccountId"], ":function:", *parts_of(name))
    return Node(text_of(part for part in parts if isinstance(part, str | Hole)), name.line)


def _url(words: Words, name: str, *, lets_everybody: bool) -> Shape:
    """Return how a URL is read. Terraform and SAM add the statement by which everybody gets through an open one."""

    def shaped(made: Made, _: Around) -> Shaped:
        target = made.get(name)
        if target is not None:
            yield from url_of(made, target, made.get(words.auth), lets_everybody=lets_everybody)

    return shaped


def url_of(made: Made, name: Node, auth: Node | None, *, lets_everybody: bool) -> Shaped:
    """Yield the URL of a function, with the statement by which everybody may call it, sure or not."""
    if auth is None:
        return
    urls = (structure(auth.line, AuthType=auth, Qualifier=""),)
    line = auth.line or made.line
    url = DraftPart(function.url_part(), structure(line, Urls=urls), line, fills=(SIGNED, PUBLIC))
    if hole_at(auth) is None and word_at(auth) != PUBLIC:
        yield DraftResource(function.TYPE, function_name(name), line, (url,))
        return
    value = node_of({"StringEquals": {"lambda:FunctionUrlAuthType": PUBLIC}}, line)
    statement = structure(
        line,
        Effect="Allow",
        Principal="*",
        Action="lambda:InvokeFunctionUrl",
        Resource=_arn(function_name(name)),
        Condition=value,
    )
    if lets_everybody and hole_at(auth) is None:
        yield _stated(name, statement, _PUBLIC_SID, made)
        yield DraftResource(function.TYPE, function_name(name), line, (url,))
        return
    document = structure(line, Version=CURRENT, Statement=statement)
    maybe = DraftPart(
        function.statement_part("everybody"),
        document,
        line,
        is_document=True,
        is_sure=False,
        why=_WHETHER,
        rank=DEFAULT,
        about=url.name,
    )
    yield DraftResource(function.TYPE, function_name(name), line, (url, maybe))


def _fed(words: Words) -> Shape:
    """Return how a mapping of events to a function is read."""

    def shaped(made: Made, _: Around) -> Shaped:
        name, source = made.get(words.name), made.get(words.source)
        if name is not None and source is not None:
            value = structure(made.line, Sources=(structure(source.line, EventSourceArn=source),))
            part = DraftPart(function.SOURCES, value, source.line or made.line, service="sqs")
            yield DraftResource(function.TYPE, function_name(name), made.line, (part,))

    return shaped


def _invoked(words: Words) -> Shape:
    """Return how it is read where the results of a function go."""

    def shaped(made: Made, _: Around) -> Shaped:
        name, ends = made.get(words.name), tuple(end for path in words.ends if (end := made.get(*path)))
        if name is not None and ends:
            yield DraftResource(function.TYPE, function_name(name), made.line, (_destinations(ends, made),))

    return shaped


def _of_sam(made: Made, around: Around) -> Shaped:
    """Yield a function of SAM's, with the URL that it may have in itself."""
    yield from _function(TEMPLATE)(made, around)
    yield from url_of(made, made.name, made.get("FunctionUrlConfig", "AuthType"), lets_everybody=True)
    ends = tuple(end for path in TEMPLATE.ends if (end := made.get("EventInvokeConfig", *path)))
    dead = made.get("DeadLetterQueue", "TargetArn")
    if ends or dead:
        part = _destinations((*ends, *((dead,) if dead else ())), made)
        yield DraftResource(function.TYPE, made.name, made.line, (part,))


SHAPES: Mapping[str, Shape] = {
    "AWS::Lambda::Function": _function(TEMPLATE),
    "AWS::Serverless::Function": _of_sam,
    "AWS::Lambda::Permission": _permission(TEMPLATE),
    "AWS::Lambda::Url": _url(TEMPLATE, "TargetFunctionArn", lets_everybody=False),
    "AWS::Lambda::EventSourceMapping": _fed(TEMPLATE),
    "AWS::Lambda::EventInvokeConfig": _invoked(TEMPLATE),
    "aws_lambda_function": _function(PLAN),
    "aws_lambda_permission": _permission(PLAN),
    "aws_lambda_function_url": _url(PLAN, "function_name", lets_everybody=True),
    "aws_lambda_event_source_mapping": _fed(PLAN),
    "aws_lambda_function_event_invoke_config": _invoked(PLAN),
}
