import pytest

from local.delivery_batches import failed_records
from local.hooks import InvokeResult

IDS = ["a", "b"]
ALL, NONE = frozenset(IDS), frozenset[str]()


@pytest.mark.parametrize(
    ("payload", "failed"),
    [
        (b'{"batchItemFailures": [{"itemIdentifier": "b"}]}', frozenset({"b"})),
        (b'{"batchItemFailures": []}', NONE),
        (b'{"batchItemFailures": null}', NONE),
        (b"{}", NONE),
        (b"null", NONE),
        (b"", NONE),
        (b'{"batchItemFailures": [{"itemIdentifier": "c"}]}', ALL),
        (b'{"batchItemFailures": [{"itemIdentifier": ""}]}', ALL),
        (b'{"batchItemFailures": [{"itemIdentifier": null}]}', ALL),
        (b'{"batchItemFailures": [{"id": "a"}]}', ALL),
        (b'{"batchItemFailures": "a"}', ALL),
        (b'"done"', ALL),
        (b"{", ALL),
    ],
)
def test_an_answer_names_what_failed(payload: bytes, failed: frozenset[str]) -> None:
    """Only the named records failed; an answer that is not valid fails them all."""
    assert failed_records(InvokeResult(payload), IDS, reports_failures=True) == failed


def test_an_error_fails_the_whole_batch() -> None:
    """An exception or a timeout says nothing of single records."""
    assert failed_records(InvokeResult(b"{}", function_error="Unhandled"), IDS, reports_failures=True) == ALL


def test_without_reports_any_answer_is_success() -> None:
    """A mapping that did not ask for reports does not read them."""
    payload = b'{"batchItemFailures": [{"itemIdentifier": "b"}]}'
    assert failed_records(InvokeResult(payload), IDS, reports_failures=False) == NONE
