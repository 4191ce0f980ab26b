"""drafts/template.py, worlds.py, resolving.py: what a template says of roles, in every world of its parameters."""

from typing import Any

import pytest

from panorama_guard.drafts.node import Hole, Members, Node, Text
from panorama_guard.drafts.resolving import Resolver
from panorama_guard.drafts.template import read_template
from panorama_guard.drafts.worlds import MOST_WORLDS, worlds_of
from panorama_guard.drafts.yaml_text import read_yaml_text
from tests.builders import PROFILE

GUARDED = [role.name for role in (*PROFILE.roles, *PROFILE.watched)]
TEMPLATE = """
Parameters:
  Free: {Type: String}
  Given: {Type: String, Default: x}
  Listed: {Type: CommaDelimitedList, Default: "a, b"}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /x}
Mappings:
  Map: {one: {two: found, list: [l1, l2]}}
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: named}}
  Unnamed: {Type: AWS::S3::Bucket}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: r, Path: /p/}}
  Odd: {Type: Custom::Thing}
  Loop: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Loop}}
"""


def template(text: str) -> Node:
    """Return a template."""
    return read_yaml_text(text)[0]


def resolved(text: str) -> Any:
    """Return what an expression gives in the sample template: texts, and the reasons of holes in braces."""
    root = template(TEMPLATE)
    resolver = Resolver(root, worlds_of(root, {}).each[0])
    return shown(resolver.resolve(read_yaml_text(text)[0]))


def shown(node: Node) -> Any:
    """Return a value with its holes in braces."""
    value = node.value
    if isinstance(value, Hole):
        return "{" + value.reason + "}"
    if isinstance(value, Text):
        return "".join(part if isinstance(part, str) else "{" + part.reason + "}" for part in value.parts)
    if isinstance(value, Members):
        return {name: shown(member) for name, member in value.pairs}
    return [shown(item) for item in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!Ref Given", "x"),
        ("!Ref Free", "{parameter Free}"),
        ("!Ref Listed", ["a", "b"]),
        ("!Ref Stored", "{parameter Stored, which SSM holds}"),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::AccountId", "{AWS::AccountId}"),
        ("[1, !Ref AWS::NoValue, 2]", [1, 2]),
        ("{a: !Ref AWS::NoValue, b: 1}", {"b": 1}),
        ("!Ref Nobody", "{Nobody: nothing in the template has this name}"),
        ("!Ref Bucket", "named"),
        ("!Ref Unnamed", "{the name that CloudFormation gives to Unnamed}"),
        ("!GetAtt Bucket.Arn", "arn:aws:s3:::named"),
        ("!GetAtt Role.Arn", "arn:aws:iam::{AWS::AccountId}:role/p/r"),
        ("!GetAtt Odd.Value", "{Odd.Value}"),
        ("!GetAtt Loop.Arn", "arn:aws:s3:::{references that end nowhere, or too far away}"),
        (
            "!Sub 'a-${Given}-${Bucket.Arn}-${!aws:username}-${Free}'",
            "a-x-arn:aws:s3:::named-${aws:username}-{parameter Free}",
        ),
        ("!Sub ['${A}${Given}', {A: !Ref Bucket}]", "namedx"),
        ("!Join ['-', [a, !Ref Given, !Ref Free]]", "a-x-{parameter Free}"),
        ("!Join ['-', !Ref Listed]", "a-b"),
        ("!Select [1, !Ref Listed]", "b"),
        ("!Select [9, !Ref Listed]", "{Fn::Select past the end of the list}"),
        ("!Split ['-', 'a-b']", ["a", "b"]),
        ("!Select [0, !Split ['-', !Ref Free]]", "{parameter Free}"),
        ("!FindInMap [Map, one, two]", "found"),
        ("!FindInMap [Map, one, list]", ["l1", "l2"]),
        ("!FindInMap [Map, !Ref Free, two]", "{parameter Free}"),
        ("!FindInMap [Map, none, two]", "{the mapping Map.none.two, which does not exist}"),
        ("!ImportValue x", "{Fn::ImportValue, which is known only at the deployment}"),
        ("'{{resolve:ssm:/x}}'", "{a dynamic reference}"),
        ("!If [Missing, a, b]", "{the condition Missing}"),
        ("{'Fn::Transform': {Name: x}, a: 1}", "{Fn::Transform beside other members}"),
        ("!Sub [1]", "{Fn::Sub of what is no text}"),
        ("!Join [1]", "{an argument that is missing}"),
        ("!GetAtt x", "{Fn::GetAtt of what is not known}"),
        ("!ToJsonString {a: !Ref Given}", {"a": "x"}),
    ],
)
def test_functions_are_resolved_as_far_as_possible(expression: str, value: object) -> None:
    """What is not known is a hole that says why."""
    if "ToJsonString" in expression:
        expression = expression.replace("!ToJsonString", "'Fn::ToJsonString':")
    assert resolved(expression) == value


def worlds(text: str, **given: str) -> list[str]:
    """Return the words of every world of a template."""
    return [world.words for world in worlds_of(template(text), given).each]


COMPARED = """
Parameters: {Stage: {Type: String, Default: prod}}
Conditions: {IsDev: !Equals [!Ref Stage, dev]}
"""


def test_a_compared_parameter_has_each_text_and_one_more() -> None:
    """The default alone would hide the other branch."""
    assert worlds(COMPARED) == ["Stage = prod", "Stage = dev", "Stage = another value"]


def test_a_parameter_that_is_given_has_one_value() -> None:
    """Who says the value wants to know of that deployment."""
    assert worlds(COMPARED, Stage="dev") == [""]


def test_allowed_values_are_all_tried() -> None:
    """Each of them may be chosen."""
    assert worlds("Parameters: {A: {Type: String, AllowedValues: [x, y]}}") == ["A = x", "A = y"]


def test_too_many_combinations_become_unknown() -> None:
    """The number of worlds is bounded, and nothing is left out."""
    many = ", ".join(f"P{number}: {{Type: String, AllowedValues: [a, b, c]}}" for number in range(9))
    found = worlds_of(template(f"Parameters: {{{many}}}"), {})
    assert len(found.each) == 1 <= MOST_WORLDS
    assert all(isinstance(value.value, Hole) for _, value in found.each[0].values)


def test_a_default_that_is_supposed_is_said() -> None:
    """And how to say another."""
    text = "Parameters: {A: {Type: String, Default: x}, B: {Type: String}}"
    (supposed,) = worlds_of(template(text), {}).supposed
    assert supposed.startswith("parameter A is `x`, its default")


CONDITIONS = """
Parameters: {Stage: {Type: String, Default: prod}, Free: {Type: String}}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsNot: !Not [!Condition IsDev]
  Both: !And [!Condition IsDev, !Condition IsNot]
  Either: !Or [!Condition IsDev, !Condition IsNot]
  Unclear: !Equals [!Sub "x${Free}", y]
  Circle: !Not [!Condition Circle]
  Odd: [1]
"""


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("IsDev", {True, False}),
        ("IsNot", {True, False}),
        ("Both", {False}),
        ("Either", {True}),
        ("Unclear", {False, None}),
        ("Circle", {None}),
        ("Odd", {None}),
        ("Missing", {None}),
    ],
)
def test_conditions_are_decided_world_by_world(name: str, holds: set[bool | None]) -> None:
    """True, false, or not known; an unknown one is never guessed."""
    root = template(CONDITIONS)
    assert {Resolver(root, world).condition(name) for world in worlds_of(root, {}).each} == holds


def read(text: str, **given: str) -> Any:
    """Return the first world of what a template holds."""
    return read_template(template(text), GUARDED, given)[0]


def test_parts_of_a_role_are_joined() -> None:
    """The role, a policy by reference and one by the name in another case."""
    found = read("""
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: AWSPanoramaServiceRole, ManagedPolicyArns: [arn:x]}}
  One: {Type: AWS::IAM::Policy, Properties: {PolicyName: one, Roles: [!Ref Role], PolicyDocument: {}}}
  Two: {Type: AWS::IAM::RolePolicy, Properties: {PolicyName: two, RoleName: awspanoramaservicerole, PolicyDocument: {}}}
""")
    (role,) = found.roles
    assert [policy.name for policy in role.inline] == ["one", "two"]
    assert [policy.name for policy in role.attached] == ["arn:x"]


def test_a_name_that_may_be_guarded_is_one_that_is_not_sure() -> None:
    """A prefix that somebody gives may make it any role's name that fits."""
    found = read("""
Parameters: {Prefix: {Type: String}}
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub "${Prefix}ServiceRole"}}
""")
    names = ("AWSPanoramaServiceRole", "AWSPanoramaApplianceServiceRole")
    assert [(role.name, role.is_sure) for role in found.roles] == [(name, False) for name in names]


def test_a_role_of_which_no_letter_is_known_is_told_of() -> None:
    """By its name it is nobody's, and is not passed over in silence."""
    found = read("""
Parameters: {Name: {Type: String}}
Resources:
  Extra: {Type: AWS::IAM::Policy, Properties: {PolicyName: one, Roles: [!Ref Name], PolicyDocument: {}}}
""")
    assert [role.name for role in found.roles] == ["{parameter Name}"]
    assert "not judged: Extra (line 4): it concerns a role whose name is not known: parameter Name" in found.notes


def test_what_is_not_followed_is_told_of() -> None:
    """Macros, loops that make IAM resources, connectors and nested stacks."""
    found = read("""
Transform: [AWS::Serverless-2016-10-31, MyMacro, {Name: AWS::Include}]
Resources:
  Fn::ForEach::Roles: [Name, [a], {"Role${Name}": {Type: AWS::IAM::Role}}]
  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: x}}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: AWSPanoramaServiceRole}}
  Table: {Type: AWS::Serverless::SimpleTable}
  Connect: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Role}, Destination: {Id: Table}}}
""")
    assert [(doubt.about, doubt.line) for doubt in found.doubts] == [
        ("the template", 2),
        ("the template", 2),
        ("the template", 4),
        ("AWSPanoramaServiceRole", 8),
    ]
    assert found.notes == ("not read: the template of Nested (AWS::CloudFormation::Stack, line 5)",)


@pytest.mark.parametrize(
    "text",
    [
        "Fn::Transform: {Name: AWS::Include}\nResources: {}",
        "Resources: {Fn::Transform: {Name: AWS::Include}}",
        (
            "Resources: {R: {Type: AWS::IAM::Role, "
            "Properties: {Fn::Transform: {Name: x}, RoleName: AWSPanoramaServiceRole}}}"
        ),
    ],
)
def test_what_a_transform_brings_in_is_a_doubt(text: str) -> None:
    """It may be any policy; a role beside it is judged all the same."""
    found = read(text)
    assert [doubt.reason for doubt in found.doubts] == ["Fn::Transform brings in what is not read"]
    assert [role.name for role in found.roles] == (["AWSPanoramaServiceRole"] if "IAM" in text else [])


def test_a_function_without_a_role_has_the_one_that_sam_makes() -> None:
    """With the path, the boundary and the policies of the function; what a policy template grants is a hole."""
    found = read("""
Globals: {Function: {PermissionsBoundary: "arn:aws:iam::111122223333:policy/B"}}
Resources:
  Panorama:
    Type: AWS::Serverless::Function
    Properties:
      RolePath: /functions/
      Policies: [AdministratorAccess, !Ref Wide, {S3CrudPolicy: {BucketName: payroll}}, {Statement: []}]
  Own: {Type: AWS::Serverless::Function, Properties: {Role: "arn:aws:iam::1:role/own", Policies: [AdministratorAccess]}}
  Wide: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: []}}}
  More: {Type: AWS::IAM::Policy, Properties: {PolicyName: more, Roles: [!Ref PanoramaRole], PolicyDocument: {}}}
""")
    (role,) = found.roles
    assert (role.name, role.path) == ("{the name that CloudFormation gives to PanoramaRole}", "/functions/")
    assert [policy.name.rpartition("/")[2] for policy in role.attached] == [
        "AWSLambdaBasicExecutionRole",
        "AdministratorAccess",
        "{the name that CloudFormation gives to Wide}",
    ]
    assert [policy.name for policy in role.inline] == ["more", "PanoramaRolePolicy2", "PanoramaRolePolicy3"]
    assert [policy.name for policy in role.boundary] == ["arn:aws:iam::111122223333:policy/B"]
    _, (template, *_), _ = (policy.documents for policy in role.inline)
    assert template.value == Hole("the policy template S3CrudPolicy of SAM")


def test_a_guarded_role_that_a_nested_template_names_is_a_doubt() -> None:
    """Where that template stands in this one; a longer name is another role's."""
    found = read("""
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      TemplateBody: '{"Resources": {"P": {"Properties": {"RoleName": "awspanoramaSERVICErole"}}}}'
  Other:
    Type: AWS::CloudFormation::StackSet
    Properties: {TemplateBody: "name: my-AWSPanoramaServiceRole-2"}
""")
    assert [(doubt.about, doubt.line) for doubt in found.doubts] == [("AWSPanoramaServiceRole", 4)]
    assert found.doubts[0].reason == "Set names it, and its template is not read"


def test_a_guarded_role_that_a_nested_stack_is_given_is_a_doubt() -> None:
    """By its name, or by a reference to it: the template may put a policy on what it is given."""
    found = read("""
Resources:
  Service: {Type: AWS::IAM::Role, Properties: {RoleName: AWSPanoramaServiceRole}}
  More:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: x, Parameters: {Role: !Ref Service, Stage: prod}}
  App:
    Type: AWS::Serverless::Application
    Properties: {Location: x, Parameters: {Roles: !Sub "${Service.Arn},x"}}
  Other: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: x, Parameters: {Role: mine}}}
""")
    assert [(doubt.about, doubt.reason) for doubt in found.doubts] == [
        ("AWSPanoramaServiceRole", "More names it, and its template is not read"),
        ("AWSPanoramaServiceRole", "App names it, and its template is not read"),
    ]
