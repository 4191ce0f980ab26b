"""Reads what of S3 its control interface tells: access points, their policies, the account's public access block."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DENIED, NO_PART, code_of, message_of
from panorama_guard.case import bucket
from panorama_guard.case.resource import Part, canonical

_LISTING = bucket.point_policy("*")  # what is unread where S3 does not list them


class S3AccessPoints:
    """The account's access points as they are now."""

    def __init__(self, s3control: Any, account: str) -> None:
        """Take a client of S3's control interface, and the account."""
        self._s3control = s3control
        self._account = account

    def read_resource(self, name: str) -> tuple[tuple[Part, ...], tuple[Part, ...], tuple[Part, ...]]:
        """Return the policies of a bucket's access points, what AWS does not let the guard read of them, and facts."""
        parts, unread = [], []
        try:
            for point in self._names(name):
                part = bucket.point_policy(point)
                text, why = self._told(lambda point=point: self._policy(point))  # type: ignore[misc]
                parts += [Part(part, text)] if text else []
                unread += [Part(part, why)] if why else []
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            unread.append(Part(_LISTING, _why(error)))
        block, _ = self._told(self._account_block)  # one that cannot be read protects nothing that is known
        return tuple(parts), tuple(unread), (Part(bucket.ACCOUNT_BLOCK, block),) if block else ()

    def behind(self, point: str) -> str:
        """Return the bucket behind an access point, or an empty text where there is none, or nothing is told of it."""
        text, _ = self._told(
            lambda: str(self._s3control.get_access_point(AccountId=self._account, Name=point)["Bucket"])
        )
        return text

    def _names(self, name: str) -> Iterator[str]:
        more: dict[str, str] = {}
        while True:  # botocore has no paginator for it
            page = self._s3control.list_access_points(AccountId=self._account, Bucket=name, **more)
            yield from (point["Name"] for point in page.get("AccessPointList", []))
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}

    def _policy(self, point: str) -> str:
        return str(self._s3control.get_access_point_policy(AccountId=self._account, Name=point)["Policy"])

    def _account_block(self) -> str:
        answer = self._s3control.get_public_access_block(AccountId=self._account)
        return canonical(answer["PublicAccessBlockConfiguration"])

    @staticmethod
    def _told(read: Callable[[], str]) -> tuple[str, str]:
        """Return a text, or why it is not told; neither where there is none."""
        try:
            return read(), ""
        except ClientError as error:
            if code_of(error) in DENIED:
                return "", _why(error)
            if code_of(error) in NO_PART:
                return "", ""
            raise


def _why(error: ClientError) -> str:
    return f"AWS does not let the guard read it: {message_of(error)}"
