"""Tells the operators over SNS."""

import json
from typing import Any


class SnsTopic:
    """The alerts topic."""

    def __init__(self, sns: Any, arn: str) -> None:
        """Take an SNS client and the topic's ARN."""
        self._sns = sns
        self._arn = arn

    def subscribers(self) -> int:
        """Return how many subscriptions are confirmed: whoever has not confirmed his hears nothing."""
        answer = self._sns.get_topic_attributes(TopicArn=self._arn)
        return int(answer["Attributes"].get("SubscriptionsConfirmed", 0))

    def publish(self, subject: str, message: str, attributes: tuple[tuple[str, str | tuple[str, ...]], ...]) -> None:
        """Publish one alert with the attributes that subscribers filter by; one of several values fits for each."""
        self._sns.publish(
            TopicArn=self._arn,
            Subject=subject,
            Message=message,
            MessageAttributes={name: _attribute(value) for name, value in attributes},
        )


def _attribute(value: str | tuple[str, ...]) -> dict[str, str]:
    if isinstance(value, str):
        return {"DataType": "String", "StringValue": value}
    return {"DataType": "String.Array", "StringValue": json.dumps(value)}
