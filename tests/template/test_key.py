"""A key of the deployer's own takes the place of the stack's everywhere, and is told what its policy needs."""

import json
import re
from typing import Any

import pytest

from tests.template.reading import Template
from tests.template.test_options import taken
from tests.template.test_regions import resolver
from tests.template.translation import ROOT, translate_whole

ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:us-east-1:123456789012:key/{ID}"
ALIAS = "KmsKeyArnIsOfThisAccountAndRegion"
SUFFIX = {"AWS::URLSuffix": "amazonaws.com"}
EVERYTHING = {
    "OrganizationId": "o-abcdefghij",
    "ExternalId": "x" * 16,
    "AlertEmail": "ops@example.com",
    **dict.fromkeys(("ChatTopic", "BusEvents", "SecurityHub"), "yes"),
}


@pytest.fixture(scope="module")
def whole() -> Template:
    """Return the template as CloudFormation gets it."""
    return translate_whole()


def deployed(whole: Template, **given: str) -> dict[str, Any]:
    """Return the properties of every resource and the value of every output that there is with these parameters."""
    values = resolver(whole, "us-east-1", **SUFFIX, **given)
    sections = [(one, "Properties") for one in whole["Resources"].items()]
    sections += [(one, "Value") for one in whole["Outputs"].items()]
    there = [(name, each, part) for (name, each), part in sections if values.holds(each.get("Condition", "Always"))]
    return {name: values.resolve(each.get(part, {})) for name, each, part in there}


@pytest.mark.parametrize("given", [{}, EVERYTHING, {"Part": "forward"}], ids=["home", "everything", "forward"])
def test_a_given_key_stands_wherever_the_stack_s_own_does(whole: Template, given: dict[str, str]) -> None:
    """What is encrypted, who may use it, which rules tell of changes of it, and the output; nothing else differs."""
    whole["Conditions"]["Always"] = {"Fn::Equals": ["", ""]}
    own, theirs = deployed(whole, **given), deployed(whole, KmsKeyArn=KEY, **given)
    assert (own.pop("GuardKey")["EnableKeyRotation"], theirs.pop(ALIAS)["TargetKeyId"]) == (True, KEY)
    text = json.dumps(own)
    assert text.count("GuardKey.Arn") > 2
    assert text.count("*GuardKey") > 0
    assert json.loads(text.replace("GuardKey.Arn", KEY).replace("*GuardKey", f"*{ID}")) == theirs
    assert theirs["KeyArn"] == KEY


@pytest.mark.parametrize(
    ("value", "is_taken"),
    [
        ("", True),
        (KEY, True),
        (KEY.replace("arn:aws:", "arn:aws-us-gov:").replace("us-east-1", "us-gov-west-1"), True),
        (KEY.replace(ID, "mrk-" + "0" * 32), True),
        (ID, False),
        (KEY[:-1], False),
        (f"{KEY}0", False),
        (KEY.replace(f"key/{ID}", "alias/mine"), False),
        (KEY.replace("us-east-1", ""), False),
        (KEY.replace("123456789012", ""), False),
        (KEY.replace(":kms:", ":sqs:"), False),
    ],
)
def test_a_given_key_is_the_arn_of_a_key(whole: Template, value: str, *, is_taken: bool) -> None:
    """Not its id alone, whose region nobody would have said, and not an alias, which may be of another key tomorrow."""
    assert taken(whole, "KmsKeyArn", value) is is_taken


def test_the_page_has_the_key_policy_of_the_stack_s_own_key(whole: Template) -> None:
    """Statement by statement: what one of them is given, the other is."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    _, _, section = page.partition("## A key of your own\n")
    (told,) = re.findall(r"^```json\n(.*?)^```", section.split("\n## ")[0], re.MULTILINE | re.DOTALL)
    pseudo = {"AWS::Region": "REGION", "AWS::AccountId": "ACCOUNT", "AWS::StackName": "STACK"}
    values = resolver(whole, "us-east-1", **SUFFIX, **pseudo)
    assert json.loads(told) == values.resolve(whole["Resources"]["GuardKey"]["Properties"]["KeyPolicy"])
