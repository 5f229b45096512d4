"""What can go wrong, by name.

    AriadneError
    ├── SettingError            a variable of the environment does not fit
    ├── StartError              the processes cannot be started
    ├── EngineError             the dialogue engine gave no usable answer
    └── Refusal                 told to the citizen: a code, an HTTP status, a text
        ├── InvalidRequest      400
        ├── Unauthorised        401
        ├── NotFound            404
        ├── TooLarge            413
        ├── TooMany             429
        └── Unavailable         503

The citizen's text of a refusal is the front door's response `error_<code>`.
"""

from __future__ import annotations


class AriadneError(Exception):
    """Anything of ours that goes wrong."""


class SettingError(AriadneError):
    """A setting's value does not fit; the message is one line for the operator."""


class StartError(AriadneError):
    """The assistant cannot start or go on; the message is one line for the operator."""


class EngineError(AriadneError):
    """The dialogue engine is down or answered something else than a turn."""


class Refusal(AriadneError):  # noqa: N818  # told, not an accident
    """Something the citizen is told instead of an answer.

    Args:
        code: its stable name; `error_<code>` is its text.
        retry_after: seconds after which trying again makes sense.
        values: what the text's placeholders stand for.
    """

    status = 400

    def __init__(self, code: str, retry_after: float | None = None, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.values = values


class InvalidRequest(Refusal):
    """The request is not one that can be understood or allowed."""


class Unauthorised(Refusal):
    """The token is missing or is not this conversation's."""

    status = 401

    def __init__(self) -> None:
        super().__init__("unauthorised")


class NotFound(Refusal):
    """There is no such conversation (any more) or page."""

    status = 404

    def __init__(self, code: str = "conversation_not_found") -> None:
        super().__init__(code)


class TooLarge(Refusal):
    """The body is larger than any message can be."""

    status = 413

    def __init__(self) -> None:
        super().__init__("body_too_large")


class TooMany(Refusal):
    """A limit is reached."""

    status = 429


class Unavailable(Refusal):
    """A part is busy or down for now; nothing is lost by trying again."""

    status = 503

    def __init__(self, code: str = "busy") -> None:
        super().__init__(code, retry_after=2)
