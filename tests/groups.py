"""Makes groups of Greengrass V1, as somebody in the account does."""

from typing import Any


def make_group(client: Any, name: str, **parts: str) -> str:
    """Make a group and return its id; `parts` are a core, a function, how it is isolated, and a model, or none."""
    core, function, model = (parts.get(part, "") for part in ("core", "function", "model"))
    isolation = parts.get("isolation", "GreengrassContainer")
    one: dict[str, Any]
    version: dict[str, str] = {}
    if core:
        one = {"Id": "core", "ThingArn": core, "CertificateArn": core.replace("thing/", "cert/")}
        made = client.create_core_definition(Name=name, InitialVersion={"Cores": [one]})
        version["CoreDefinitionVersionArn"] = made["LatestVersionArn"]
    if function:
        configuration = {"Environment": {"Execution": {"IsolationMode": isolation}}}
        one = {"Id": "f", "FunctionArn": function, "FunctionConfiguration": configuration}
        made = client.create_function_definition(Name=name, InitialVersion={"Functions": [one]})
        version["FunctionDefinitionVersionArn"] = made["LatestVersionArn"]
    if model:
        data = {"S3MachineLearningModelResourceData": {"DestinationPath": "/m", "S3Uri": model}}
        one = {"Id": "m", "Name": "model", "ResourceDataContainer": data}
        made = client.create_resource_definition(Name=name, InitialVersion={"Resources": [one]})
        version["ResourceDefinitionVersionArn"] = made["LatestVersionArn"]
    return str(client.create_group(Name=name, InitialVersion=version)["Id"])
