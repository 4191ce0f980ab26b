"""The stack on one machine makes every resource of the template, and what it drops of one is in a table."""

from collections.abc import Mapping

import pytest

from local.deploy import deploy
from local.deploy_translate import load_template
from local.s3_repairs import S3_REPAIRS
from tests.emulators.differences import faults_of, find_differences, known_differences
from tests.emulators.wanting import EVERYTHING, Deployed
from tests.template.translation import SOURCE
from tests.unit.local_delivery.emulated import ACCOUNT, REGION, Aws


@pytest.fixture(autouse=True)
def repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make buckets as the stack does."""
    for owner, name, repair in S3_REPAIRS:
        monkeypatch.setattr(owner, name, repair)


def put_template(aws: Aws, parameters: Mapping[str, str]) -> Deployed:
    """Make the stack of the template in this process."""
    template = load_template(SOURCE, parameters, region=REGION)
    made = deploy(template, client=aws.client, account=ACCOUNT, region=REGION)
    return Deployed(template.body, template.parameters, made.resources, aws.client, ACCOUNT, REGION)


@pytest.mark.parametrize("parameters", [{}, EVERYTHING], ids=["by default", "with everything"])
def test_every_resource_is_made(aws: Aws, parameters: Mapping[str, str]) -> None:
    """No resource of the translated template is left out whose condition holds, and none is there beside them."""
    deployed = put_template(aws, parameters)
    assert deployed.physical_ids.keys() == deployed.wanted().keys()
    assert all(deployed.physical_ids.values())


def test_nothing_of_the_home_is_left_out_of_what_is_made_with_everything(aws: Aws) -> None:
    """The parameters of these tests ask for each resource of the home, but the alias in place of the stack's key."""
    deployed = put_template(aws, EVERYTHING)
    elsewhere = ("IsForwarder", "HasGivenKey")
    resources = deployed.body["Resources"]
    assert {
        name for name, each in resources.items() if each.get("Condition") not in elsewhere
    } == deployed.wanted().keys()


def test_with_a_given_key_none_is_made(aws: Aws) -> None:
    """The queues have the given one, and KMS an alias for it."""
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]
    deployed = put_template(aws, {"KmsKeyArn": key["Arn"]})
    assert deployed.physical_ids.keys() == deployed.wanted().keys()
    assert [one["KeyId"] for one in kms.list_keys()["Keys"]] == [key["KeyId"]]
    assert kms.list_aliases(KeyId=key["KeyId"])["Aliases"][0]["AliasName"] == "alias/panorama-guard"
    url = deployed.physical_ids["ChangesQueue"]
    told = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["KmsMasterKeyId"])
    assert told["Attributes"] == {"KmsMasterKeyId": key["Arn"]}


def test_what_is_dropped_of_a_resource_is_in_the_table(aws: Aws) -> None:
    """Each service is asked, property by property; the table has what it does not say, and nothing that it says."""
    found = find_differences(put_template(aws, EVERYTHING))
    assert faults_of(found, known_differences("local")) == []
