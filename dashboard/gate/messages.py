"""What a page may say over its socket: how large, in which form, and which kinds of messages go on to Streamlit."""

from __future__ import annotations

from google.protobuf.message import DecodeError
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg

__all__ = ["LARGEST", "TOO_MANY", "allowed", "kind_of", "of_the_reader", "read"]

_MALFORMED, _TEXT, _TOO_BIG, TOO_MANY = 1002, 1003, 1009, 1008  # codes to close a socket with
LARGEST = 2_000_000  # bytes of a message; `.streamlit/config.toml` and the server say the same

# what our pages send. Everything else is dropped: clearing everyone's caches, settings of developers, files on our disk
_ALLOWED = {"rerun_script", "stop_script", "file_urls_request", "app_heartbeat"}
_OPERATIONS = {"deferred_file"}  # a download made when it is asked for


def read(message: Message, *, largest: int = LARGEST) -> BackMsg | int:
    """A message of a page, or the code to close its socket with."""
    raw = message.get("bytes")
    if raw is None:
        return _TEXT
    if len(raw) > largest:
        return _TOO_BIG
    try:
        told: BackMsg = BackMsg.FromString(raw)
    except DecodeError:
        return _MALFORMED
    return told


def kind_of(message: BackMsg) -> str:
    """What a message asks for, by Streamlit's name of it; nothing where it has none."""
    kind: str = message.WhichOneof("type") or ""
    return (
        message.backend_operation_request.WhichOneof("payload") or "" if kind == "backend_operation_request" else kind
    )


def allowed(message: BackMsg, kind: str) -> bool:
    """Whether pages of ours send this."""
    return kind in (_OPERATIONS if message.HasField("backend_operation_request") else _ALLOWED)


def of_the_reader(message: BackMsg, kind: str) -> bool:
    """Whether a person did this, and not the page by itself."""
    return kind != "app_heartbeat" and not message.rerun_script.is_auto_rerun
