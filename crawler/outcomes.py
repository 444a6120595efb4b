"""How a page can end: one state and one reason for everything that can happen to a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from service_identity import VerificationError
from twisted.web.client import ResponseFailed

State = Literal["fetched", "failed", "refused", "gone", "pending"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state a page ends in, and why."""

    state: State
    """As in `pages.state`; `pending` means put off to the next run."""
    reason: str
    """A short stable slug, with `: detail` where there is one."""
    belongs_to: str | None = None
    """URL of the page whose article this one is a part of, or leads to; None for any other."""


FORGOTTEN = Outcome("refused", "forgotten")
"""The user had the page removed for good."""


BAD_CERTIFICATE = Outcome("refused", "bad-certificate")
"""Nobody vouches for the server, or for another one."""


class EndPage(IgnoreRequest):
    """Raised by whatever decides that a page is not fetched, now or at all."""

    def __init__(self, state: State, reason: str, *, belongs_to: str | None = None) -> None:
        super().__init__(reason)
        self.outcome = Outcome(state, reason, belongs_to)


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "connection-refused"),
    (DownloadTimeoutError, "timeout"),
    (ResponseDataLossError, "short-body"),
    (DownloadCancelledError, "too-large"),  # Scrapy cancels a download for one cause only: DOWNLOAD_MAXSIZE
    (DownloadFailedError, "connection-lost"),
)


class HeadersTooLarge(Exception):
    """A response whose headers do not end."""


def outcome_of_error(error: BaseException) -> Outcome:
    """What a failed download means for its page."""
    if isinstance(error, EndPage):
        return error.outcome
    if _is_caused_by(error, SSL.Error, VerificationError):
        return BAD_CERTIFICATE
    if _is_caused_by(error, HeadersTooLarge):
        return Outcome("failed", "too-large: headers")
    if isinstance(error, IgnoreRequest):
        return Outcome("failed", "too-many-redirects")  # the one cause that is Scrapy's own
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return Outcome("failed", reason)
    return Outcome("failed", f"download-error: {type(error).__name__}")


def _is_caused_by(error: BaseException, *kinds: type[Exception]) -> bool:
    """Whether Twisted names one of these among its reasons, which Scrapy's exception no longer tells."""
    cause = error.__cause__
    return isinstance(cause, ResponseFailed) and any(failure.check(*kinds) for failure in cause.reasons)


def outcome_of_status(status: int) -> Outcome | None:
    """What an HTTP status means for its page; None when the body is to be read."""
    if 200 <= status < 300:
        return None
    if status in (404, 410):
        return Outcome("gone", f"http {status}")
    return Outcome("failed", f"http {status}")
