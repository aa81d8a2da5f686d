"""A page's socket spoken by hand: what a browser would send, and what no browser would."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Button_pb2 import Button
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.util import calc_hash
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.live import Server

__all__ = ["Page", "handshake", "opened", "rerun"]


@dataclass
class Page:
    """An open socket, and what the page drew in its last run."""

    socket: ClientConnection
    session_id: str = ""
    heard: list[ForwardMsg] = field(default_factory=list)

    def run(self, message: BackMsg | None = None) -> str:
        """Send a message (a rerun) and read on until its run is finished: everything it drew, as markup."""
        self.socket.send((message or rerun()).SerializeToString())
        return self.drawn()

    def drawn(self) -> str:
        self.heard = []
        while True:
            told = ForwardMsg.FromString(self.socket.recv(timeout=20))
            self.heard.append(told)
            if told.WhichOneof("type") == "new_session":
                self.session_id = told.new_session.initialize.session_id
            if told.WhichOneof("type") == "script_finished":
                return self.markup()

    def markup(self) -> str:
        elements = [told.delta.new_element for told in self.heard if told.WhichOneof("type") == "delta"]
        return "\n".join(e.html.body for e in elements if e.HasField("html"))

    def button(self, key: str) -> Button:
        """The first button that the page has under a key that begins so."""
        buttons = [told.delta.new_element.button for told in self.heard if told.WhichOneof("type") == "delta"]
        return next(button for button in buttons if f"-{key}" in button.id)

    def closed(self, *, within: float = 10) -> int:
        """The code it is closed with, nothing else having been drawn."""
        until = time.monotonic() + within
        try:
            while time.monotonic() < until:
                told = ForwardMsg.FromString(self.socket.recv(timeout=until - time.monotonic()))
                assert told.WhichOneof("type") != "delta", "something ran"
        except ConnectionClosed as over:
            return over.rcvd.code if over.rcvd else 1006
        except TimeoutError:
            pass
        raise AssertionError("it stays open")

    @property
    def who(self) -> str:
        """Whom the page takes its reader for; empty where it shows nobody."""
        found = re.search(r'zb-me".*?<b>(.*?)</b>', self.markup())
        return found[1] if found else ""


def rerun(page: str = "", *, hashed: str = "", fragment: str = "", pressed: str = "", query: str = "") -> BackMsg:
    """A rerun of a page by its name, or by its hash; `pressed` is the id of a button."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    message.rerun_script.page_script_hash = calc_hash(hashed) if hashed else ""
    message.rerun_script.fragment_id = fragment
    if pressed:
        message.rerun_script.widget_states.widgets.append(WidgetState(id=pressed, trigger_value=True))
    return message


@contextmanager
def opened(
    server: Server,
    cookie: str = "",
    *,
    resume: str = "",
    origin: str | None = "",
    headers: Sequence[tuple[str, str]] = (),
) -> Iterator[Page]:
    """A socket with a cookie; `origin` is the server itself unless another is said, `resume` a Streamlit session."""
    sent = [*([("Cookie", cookie)] if cookie else []), *headers]
    with connect(
        server.url.replace("http", "ws") + "/_stcore/stream",
        additional_headers=sent,
        origin=server.url if origin == "" else origin,  # type: ignore[arg-type]
        subprotocols=["streamlit", "none", resume] if resume else ["streamlit"],  # type: ignore[list-item]
        max_size=None,
        proxy=None,
    ) as socket:
        yield Page(socket)


def handshake(server: Server, cookie: str = "", **how: str) -> int:
    """The status that a socket is answered with; 101 where it is opened."""
    origin = how.pop("origin", "")
    headers = [(name.replace("_", "-"), value) for name, value in how.items()]
    try:
        with opened(server, cookie, origin=origin, headers=headers):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code
