import json

from moto.sqs.models import Queue

from local.delivery_queues import QueueState, hurry, read_state, receive, send, settle
from tests.unit.local_delivery.emulated import Aws, arn_of, let_all_be_visible


def take(aws: Aws, queue: Queue, count: int = 10) -> list[str]:
    """Receive and return the bodies."""
    return [message.body for message in receive(queue, count, aws.activity.wake)]


def redrive(dead: Queue, count: int) -> str:
    """Return the policy that moves a message away after `count` receives."""
    return json.dumps({"deadLetterTargetArn": arn_of(dead), "maxReceiveCount": count})


def test_a_taken_message_is_hidden_until_its_timeout_is_over(aws: Aws) -> None:
    """Nobody else gets it meanwhile; afterwards it comes again."""
    queue = aws.queue("q", VisibilityTimeout="30")
    send(queue, "one")
    assert take(aws, queue) == ["one"]
    assert take(aws, queue) == []
    let_all_be_visible(queue)
    assert take(aws, queue) == ["one"]


def test_a_spent_message_goes_to_the_dead_letters(aws: Aws) -> None:
    """After maxReceiveCount receives it is moved, not given again."""
    dead = aws.queue("dead")
    queue = aws.queue("q", RedrivePolicy=redrive(dead, 1))
    send(queue, "poison")
    take(aws, queue)
    let_all_be_visible(queue)
    assert take(aws, queue) == []
    assert (aws.bodies(queue), aws.bodies(dead)) == ([], ["poison"])


def test_a_group_waits_for_its_message_in_flight_and_others_do_not(aws: Aws) -> None:
    """Order holds within a group only."""
    queue = aws.queue("q.fifo", ContentBasedDeduplication="true")
    for body, group in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        send(queue, body, group=group)
    assert take(aws, queue, 1) == ["a1"]
    assert take(aws, queue) == ["b1"]
    assert take(aws, queue) == []


def test_one_batch_may_hold_several_messages_of_a_group_in_order(aws: Aws) -> None:
    """The group blocks other batches, not its own."""
    queue = aws.queue("q.fifo", ContentBasedDeduplication="true")
    for body in ("1", "2", "3"):
        send(queue, body, group="g")
    assert take(aws, queue) == ["1", "2", "3"]


def test_a_failed_message_is_not_overtaken_in_its_group(aws: Aws) -> None:
    """The group waits until the failed message comes back, and takes it first."""
    queue = aws.queue("q.fifo", ContentBasedDeduplication="true")
    send(queue, "1", group="g")
    send(queue, "2", group="g")
    (first,) = receive(queue, 1, aws.activity.wake)
    settle(queue, (first,), frozenset({first.id}), 10)
    assert take(aws, queue) == []
    let_all_be_visible(queue)
    assert take(aws, queue) == ["1", "2"]


def test_a_duplicate_within_five_minutes_vanishes_even_after_the_first_is_gone(aws: Aws) -> None:
    """Moto forgets the id with the message; AWS does not."""
    queue = aws.queue("q.fifo", ContentBasedDeduplication="true")
    send(queue, "same", group="g")
    settle(queue, receive(queue, 1, aws.activity.wake), frozenset(), None)
    send(queue, "same", group="g")
    assert aws.bodies(queue) == []


def test_dead_letters_of_a_fifo_queue_are_never_duplicates(aws: Aws) -> None:
    """Two messages with one id, minutes apart, both reach the dead-letter queue."""
    dead = aws.queue("dead.fifo", ContentBasedDeduplication="true")
    queue = aws.queue("q.fifo", ContentBasedDeduplication="true", RedrivePolicy=redrive(dead, 1))
    send(dead, "same", group="g")
    send(queue, "same", group="g")
    take(aws, queue)
    let_all_be_visible(queue)
    take(aws, queue)
    assert aws.bodies(dead) == ["same", "same"]


def test_a_failed_message_comes_back_after_the_retry_time(aws: Aws) -> None:
    """The template's visibility timeout, minutes in AWS, is cut short."""
    queue = aws.queue("q", VisibilityTimeout="360")
    send(queue, "again")
    messages = receive(queue, 1, aws.activity.wake)
    settle(queue, messages, frozenset({messages[0].id}), 0)
    assert take(aws, queue) == ["again"]


def test_a_visibility_that_the_handler_set_stands(aws: Aws) -> None:
    """A handler that asks for its message later gets it later."""
    queue = aws.queue("q", VisibilityTimeout="360")
    send(queue, "later")
    messages = receive(queue, 1, aws.activity.wake)
    aws.client("sqs").change_message_visibility(
        QueueUrl=queue.physical_resource_id, ReceiptHandle=messages[0].receipt_handle, VisibilityTimeout=100
    )
    settle(queue, messages, frozenset({messages[0].id}), 0)
    assert take(aws, queue) == []


def test_a_message_with_a_delay_of_its_own_is_delayed_and_one_of_a_delay_queue_is_held(aws: Aws) -> None:
    """Only the first kind does not count as due."""
    plain, slow = aws.queue("q"), aws.queue("slow", DelaySeconds="5")
    aws.client("sqs").send_message(QueueUrl=plain.physical_resource_id, MessageBody="recheck", DelaySeconds=30)
    send(slow, "sweep")
    state = read_state(plain)
    assert (state.delayed, state.held, state.ready) == (1, 0, 0)
    assert (read_state(slow).delayed, read_state(slow).held) == (0, 1)
    assert state.next_seconds is not None
    assert 29 < state.next_seconds < 31


def test_a_delayed_message_can_be_made_due_and_one_of_a_delay_queue_is_not(aws: Aws) -> None:
    """So that nobody waits two minutes for a re-check; a queue that gathers goes on gathering."""
    queue, gathering = aws.queue("own"), aws.queue("all", DelaySeconds="60")
    aws.client("sqs").send_message(QueueUrl=queue.physical_resource_id, MessageBody="one", DelaySeconds=120)
    aws.client("sqs").send_message(QueueUrl=gathering.physical_resource_id, MessageBody="two")
    assert (hurry(queue), hurry(gathering)) == (1, 0)
    assert (take(aws, queue), take(aws, gathering)) == (["one"], [])


def test_what_is_delayed_may_be_lost(aws: Aws) -> None:
    """And nothing else is."""
    queue = aws.queue("q")
    aws.client("sqs").send_message(QueueUrl=queue.physical_resource_id, MessageBody="one", DelaySeconds=120)
    aws.client("sqs").send_message(QueueUrl=queue.physical_resource_id, MessageBody="two")
    assert (hurry(queue, loses=True), hurry(queue)) == (1, 0)
    assert take(aws, queue) == ["two"]


def test_an_empty_queue_holds_nothing(aws: Aws) -> None:
    """And nothing will become visible."""
    assert read_state(aws.queue("q")) == QueueState()


def test_every_new_message_wakes_the_pollers(aws: Aws) -> None:
    """Whoever sent it, through whatever service."""
    queue = aws.queue("q")
    before = aws.activity.generation
    aws.client("sqs").send_message(QueueUrl=queue.physical_resource_id, MessageBody="x")
    assert aws.activity.generation > before
