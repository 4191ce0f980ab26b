"""Counts who hears a topic, which moto leaves at nobody: a queue confirms by itself, a person has to."""

from __future__ import annotations

from typing import Final

from moto.sns.models import SNSBackend, Topic

_BY_THEMSELVES: Final = frozenset({"sqs", "lambda", "firehose"})

_get_topic = SNSBackend.get_topic


def _counted(backend: SNSBackend, arn: str) -> Topic:
    """Return the topic with how many of its subscriptions are confirmed, and how many are not."""
    topic = _get_topic(backend, arn)
    own = [one for one in backend.subscriptions.values() if one.topic is topic]
    confirmed = sum(one.protocol in _BY_THEMSELVES for one in own)
    topic.subscriptions_confimed = confirmed  # moto's spelling
    topic.subscriptions_pending = len(own) - confirmed
    return topic


SNS_REPAIRS: Final[tuple[tuple[type, str, object], ...]] = ((SNSBackend, "get_topic", _counted),)
