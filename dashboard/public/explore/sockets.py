"""A socket of the public page: nobody is known, so only what is said is looked at, how large it is and how often."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.types import Message, Receive, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.gate import messages as said
from dashboard.gate.limits import Buckets
from dashboard.public.explore.view import PAGE

__all__ = ["Guarded"]

LARGEST = 64_000  # bytes; the page sends an address and five choices
_LONGEST_ADDRESS = 2_000  # characters of a query string
_LONGEST_WAIT = 20.0  # seconds that a message too many may be kept waiting
_FOLDER = str(Path(__file__).parent).encode()  # where Streamlit's script lies
_KINDS = frozenset({"rerun_script", "stop_script", "app_heartbeat"})  # what this page sends; all else is dropped


class Guarded:
    """Stands between the server and Streamlit; use `receive` and `send` in place of the server's."""

    def __init__(self, receive: Receive, send: Send, *, address: str, messages: Buckets, everyone: Buckets) -> None:
        self._receive, self._send = receive, send
        self._address, self._messages, self._everyone = address, messages, everyone
        self._over = False

    async def receive(self) -> Message:
        while not self._over:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            verdict = await self._judged(message)
            if verdict is True:
                return message
            if verdict is not False:
                await self.send({"type": "websocket.close", "code": verdict})
        return {"type": "websocket.disconnect", "code": 1006}

    async def _judged(self, message: Message) -> bool | int:
        """True to pass it on, False to drop it, or the code to close with."""
        for bucket, key in ((self._messages, self._address), (self._everyone, "")):
            wait = bucket.take(key, at_most_wait=_LONGEST_WAIT)
            if wait > _LONGEST_WAIT:
                return said.TOO_MANY
            if wait:
                await asyncio.sleep(wait)
        read = said.read(message, largest=LARGEST)
        if isinstance(read, int):
            return read
        short = len(read.rerun_script.query_string) <= _LONGEST_ADDRESS
        return short and said.kind_of(read) in _KINDS and not read.HasField("backend_operation_request")

    async def send(self, message: Message) -> None:
        if self._over:  # Streamlit may still be drawing
            return
        self._over = message["type"] == "websocket.close"
        await self._send(_discreet(message) if message["type"] == "websocket.send" else message)


def _discreet(message: Message) -> Message:
    """What is told to the page, less what Streamlit tells of this machine as each run begins: paths, ids, versions."""
    raw = message.get("bytes") or b""
    if _FOLDER not in raw:
        return message
    told = ForwardMsg.FromString(raw)
    if told.WhichOneof("type") == "new_session":
        session = told.new_session
        session.name = session.main_script_path = PAGE
        session.config.allow_run_on_save = False
        begun = session.initialize
        begun.user_info.installation_id = begun.user_info.installation_id_v3 = begun.user_info.installation_id_v4 = PAGE
        begun.environment_info.python_version = begun.environment_info.server_os = ""
    return {**message, "bytes": told.SerializeToString()}
