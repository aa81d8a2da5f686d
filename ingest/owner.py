"""Who owns the store: one process. The terminal asks it over a private socket, or opens the store itself."""

from __future__ import annotations

import json
import logging
import os
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indicators.store import Store, StoreBusy, StoreError, on_behalf_of
from ingest.accounts.proof import Proof
from ingest.publishing import Render
from ingest.settings import Home, Settings
from ingest.terminal import ALONE, Place, Reply, answer

__all__ = ["ask", "listening", "opened"]

_LONGEST_ADDRESS = 100  # bytes of a socket's path, which systems cap at 104 or 108
_LARGEST = 200_000_000  # bytes of one request: a file at the upload limit, as base64, with room


@contextmanager
def opened(home: Home) -> Iterator[Store]:
    """The store of a home, owned by this process until the block ends."""
    home.folder.mkdir(parents=True, exist_ok=True)
    for private in (home.store.parent, home.releases):
        private.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(home.releases, 0o700)  # what is under embargo waits there
    store = Store(home.store, kind=home.kind, snapshots=home.releases)
    os.chmod(home.store, 0o600)
    try:
        yield store
    finally:
        store.close()


def ask(
    home: Home,
    settings: Settings,
    verb: str,
    given: Mapping[str, Any],
    proof: Proof | None = None,
    *,
    render: Render | None = None,
) -> Reply:
    """Carry out a verb: by the server that owns the store where one listens, else here.

    `proof` of who acts goes to the server over its private socket and nowhere else. `render` draws the pages of a
    release that is made here.

    Raises StoreError when the store can be had neither way.
    """
    if verb in ALONE:
        return _alone(home, settings, verb, given, proof)
    told = {"proof": proof.message()} if proof else {}
    reply = _through(home.socket, {"verb": verb, "given": given, **told})
    if reply is not None:
        return Reply(reply["code"], reply["data"])
    with opened(home) as store:
        return answer(Place(store, settings, home, render), verb, given, proof)


def _alone(home: Home, settings: Settings, verb: str, given: Mapping[str, Any], proof: Proof | None) -> Reply:
    """Carry out a verb here. Raises StoreError while another process has the store."""
    try:
        with opened(home) as store:
            return answer(Place(store, settings, home), verb, given, proof)
    except StoreBusy as busy:
        who = f"process {busy.pid}" if busy.pid else "another process"
        raise StoreError(
            f"批量导入须独占数据库,请先停止正在运行的服务(zhibiao serve),导入后再启动。 {verb} needs the store to "
            f"itself: stop the server that has it ({who}), run this again, and start the server after it"
        ) from None


def _through(path: Path, request: Mapping[str, Any]) -> dict[str, Any] | None:
    """The server's reply; None when no server listens."""
    address = _short(path)
    if len(os.fsencode(address)) > _LONGEST_ADDRESS:
        return None  # where none can
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            line.connect(address)
            _send(line, request)
            return _receive(line)
        except (FileNotFoundError, ConnectionError):
            return None


def _short(path: Path) -> str:
    """A socket address may hold about a hundred bytes: a path relative to here where that is shorter."""
    return min(str(path), os.path.relpath(path), key=lambda text: len(os.fsencode(text)))


def _send(line: socket.socket, message: Mapping[str, Any]) -> None:
    body = json.dumps(message).encode()
    line.sendall(len(body).to_bytes(8, "big") + body)


def _receive(line: socket.socket) -> dict[str, Any] | None:
    head = _exactly(line, 8)
    if head is None or (length := int.from_bytes(head, "big")) > _LARGEST:
        return None
    body = _exactly(line, length)
    return None if body is None else json.loads(body)


def _exactly(line: socket.socket, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        part = line.recv(min(1 << 20, count - len(parts)))
        if not part:
            return None
        parts += part
    return bytes(parts)


@contextmanager
def listening(place: Place) -> Iterator[None]:
    """Answer the terminal over a socket that only this user may open, until the block ends."""
    path = place.home.socket
    address = _short(path)
    if len(os.fsencode(address)) > _LONGEST_ADDRESS:
        raise OSError(f"{path} is too long a name for a socket: choose a ZHIBIAO_HOME nearer to the root")
    path.unlink(missing_ok=True)  # we own the store, so whoever left it is gone
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        server.bind(address)
    finally:
        os.umask(mask)
    server.listen(8)
    thread = threading.Thread(target=_serve, args=(server, place), name="terminal", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        path.unlink(missing_ok=True)
        thread.join(timeout=5)


def _serve(server: socket.socket, place: Place) -> None:
    while True:
        try:
            line, _ = server.accept()
        except OSError:  # closed
            return
        with line:
            line.settimeout(120)
            try:
                asking = _peer(line)
                if asking in (os.geteuid(), 0) and (request := _receive(line)) is not None:
                    with on_behalf_of(asking):
                        reply = _carried_out(place, request)
                    _send(line, {"code": reply.code, "data": reply.data})
            except (OSError, ValueError):  # whoever asked is gone, or did not speak our language
                continue


def _peer(line: socket.socket) -> int:
    """The operating system's user at the other end, by its number."""
    size = struct.calcsize("3i")  # process, user, group
    return int(struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))[1])


def _carried_out(place: Place, request: Mapping[str, Any]) -> Reply:
    """The answer to a request; whatever goes wrong inside, the next one is still heard."""
    try:
        if request["verb"] in ALONE:
            return Reply(2, {"error": {"zh": "此命令不经服务器执行", "en": "no server carries out this command"}})
        return answer(place, request["verb"], request["given"], Proof.of(request.get("proof")))
    except Exception:
        logging.getLogger(__name__).exception("a request of the terminal failed")
        return Reply(2, {"error": {"zh": "服务器内部出错,详见其日志", "en": "the server failed; its log says why"}})
