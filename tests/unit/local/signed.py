"""Requests as the local stack's server sees them."""

from __future__ import annotations

from typing import Any

_SIGNED = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261123/eu-west-1/{}/aws4_request, SignedHeaders=host, Signature=0"


def environ_of(service: str, method: str, uri: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """Return the WSGI environment of a request, signed for the service if one is named."""
    path, _, query = uri.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "RAW_URI": uri,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "4566",
        "wsgi.url_scheme": "http",
        "REMOTE_ADDR": "192.0.2.1",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "127.0.0.1:4566",
        "HTTP_USER_AGENT": "test/1",
        **headers,
    }
    if service:
        environ["HTTP_AUTHORIZATION"] = _SIGNED.format(service)
    return environ
