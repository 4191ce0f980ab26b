"""Actions granted equal actions called: a missing one fails in production, a spare one waits for an attacker."""

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from panorama_guard.policy.glob import matches, parse_glob
from tests.architecture.calls import called_actions
from tests.template.reading import Template, actions, as_list, of_type, referred, role_of, role_statements
from tests.template.translation import translate

FUNCTIONS = ("inspect", "remediate", "notify", "relay", "sweep", "report", "operate")
LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}
TRACING = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}  # with Tracing=yes alone
POLLING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
STREAMING = {f"dynamodb:{name}" for name in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")}


@pytest.fixture(scope="module")
def template() -> Template:
    """Return the template as CloudFormation gets it."""
    return translate()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_actions_granted_equal_actions_called(template: Template, function: str) -> None:
    """A function's role grants what its code calls and what Lambda does with the role, and nothing else."""
    granted = {each for action in _granted(template, function) for each in _written_out(action)}
    keys = {action for action in granted if action.startswith("kms:")}  # held against the encrypted targets elsewhere
    reaching = function in {"inspect", "remediate", "sweep", "operate"}
    renewing = {"sts:AssumeRole"} if reaching else set()  # a session of a member, which botocore renews
    assert granted - keys == called_actions(function) | _called_by_lambda(template, function) | renewing


def _written_out(action: str) -> list[str]:
    """Return every action of botocore's models that a pattern is of, so that none is granted that is not called."""
    if "*" not in action:
        return [action]
    service, _, pattern = action.partition(":")
    names = ServiceModel(Loader().load_service_model(service, "service-2")).operation_names
    return [f"{service}:{name}" for name in names if matches(parse_glob(pattern, variables=False), name)] or [action]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_sends_to_the_queues_that_it_knows(template: Template, function: str) -> None:
    """A role may send to the queues whose URLs are in the function's environment, and to its failure destination."""
    variables = _function(template, function)["Environment"]["Variables"]
    known = {referred(value) for name, value in variables.items() if name.endswith("_QUEUE_URL")}
    failed = {referred(each) for mapping in _mappings(template, function) for each in _failure_destinations(mapping)}
    assert _resources(template, function, "sqs:SendMessage") == known | failed


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_polls_its_own_source_only(template: Template, function: str) -> None:
    """A role may take from the queue that its event source mapping polls and from no other."""
    queues = of_type(template, "AWS::SQS::Queue")
    sources = {referred(mapping["EventSourceArn"]) for mapping in _mappings(template, function)}
    assert _resources(template, function, "sqs:ReceiveMessage") == sources & queues.keys()


def test_the_reader_of_calls_sees_them() -> None:
    """The code's calls are found through service and adapters: direct, paginated and renamed ones."""
    assert {"iam:GetRole", "iam:ListRolePolicies", "dynamodb:Query", "sqs:SendMessage"} <= called_actions("inspect")
    assert {"iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"} <= called_actions("remediate") - called_actions(
        "inspect"
    )
    assert {"iam:GetAccountAuthorizationDetails", "sqs:SendMessage"} <= called_actions("sweep")
    assert "sns:Publish" in called_actions("notify")


def _logical(function: str) -> str:
    return f"{function.capitalize()}Function"


def _function(template: Template, function: str) -> Template:
    return of_type(template, "AWS::Lambda::Function")[_logical(function)]


def _granted(template: Template, function: str) -> set[str]:
    statements = role_statements(template, role_of(template, _logical(function)))
    return {action for statement in statements for action in actions(statement)}


def _resources(template: Template, function: str, action: str) -> set[str | None]:
    statements = role_statements(template, role_of(template, _logical(function)))
    granting = [statement for statement in statements if action in actions(statement)]
    return {referred(resource) for statement in granting for resource in as_list(statement["Resource"])}


def _mappings(template: Template, function: str) -> list[Template]:
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    return [mapping for mapping in mappings if referred(mapping["FunctionName"]) == _logical(function)]


def _failure_destinations(mapping: Template) -> list[object]:
    return as_list(mapping.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"))


def _called_by_lambda(template: Template, function: str) -> set[str]:
    called = LOGGING | TRACING
    for mapping in _mappings(template, function):
        called |= STREAMING if "StartingPosition" in mapping else POLLING
        called |= {"sqs:SendMessage"} if _failure_destinations(mapping) else set()
    return called
