"""The public pages through our server, through a bare static mount under the same server, and through nginx.

All send the same bytes in gzip to the same readers, who ask over lines that stay open, by turns in one run. A bare
mount sends the packed file as a file of its own. `python -m tests.bench.public` is a reader or the bare mount, in a
process of its own.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests import live
from tests.bench.timing import least
from tests.returns import csv
from tests.snapshots import office

__all__ = ["bench"]

_LINES, _SECONDS, _RUNS = 24, 2.0, 7
_SIZES = {"index.html": 20_000, "indicators/life-expectancy/510100/index.html": 15_000}  # bytes in gzip, roughly
_ADDRESSES = ["/", "/indicators/life-expectancy/510100/"]
_NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
_CONFIGURED = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{ worker_connections 512; }}
http {{
    types {{ text/html html; }}
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    access_log off; sendfile on; keepalive_requests 1000000;
    server {{ listen 127.0.0.1:{port}; root {site}; gzip_static on; add_header X-Content-Type-Options nosniff; }}
}}
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of some seconds of asking: requests a second, and the 95th of a hundred answers in milliseconds."""

    rate: float
    p95: float
    bytes: int


def _pages(site: Path) -> None:
    """Pages of text that packs about as well as a page does."""
    chance = random.Random(0)
    for name, size in _SIZES.items():
        body = b"<!DOCTYPE html><title>page</title>"
        while len(gzip.compress(body, 9)) < size:
            body += "".join(f"<td class=figure>{chance.random():.4f}</td>" for _ in range(200)).encode()
        file = site / name
        file.parent.mkdir(parents=True)
        file.write_bytes(body)
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(body, 9, mtime=0))


def _released(home: Path) -> Path:
    """A public folder with one release; its pages."""
    with office(home) as here:
        here.send(csv())
        here.release()
        here.publish(render=lambda work, _: _pages(work / "site"))
        folder = here.shelf.current()
    assert folder is not None
    return folder / "site"


# -- the three servers ---------------------------------------------------------------------------------------


@contextmanager
def _running(command: list[str], log: Path, port: int, **more: str) -> Iterator[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ZHIBIAO_")}
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=live.ROOT, env={**inherited, **more}, stdout=out, stderr=out)
    try:
        url = f"http://127.0.0.1:{port}"
        live.wait(f"{url}/index.html", process, log)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def _ours(home: Path) -> Iterator[str]:
    port = live.free_port()
    command = [sys.executable, "-m", "zhibiao", "serve", "--public", "--port", str(port)]
    plenty = {"ZHIBIAO_PUBLIC_BURST": "1000000000", "ZHIBIAO_PUBLIC_EACH_SECOND": "1000000000"}  # counted, never full
    with _running(command, home / "ours.log", port, ZHIBIAO_HOME=str(home), **plenty) as url:
        yield url


@contextmanager
def _bare(home: Path, site: Path) -> Iterator[str]:
    port = live.free_port()
    command = [sys.executable, "-m", "tests.bench.public", "bare", str(site), str(port)]
    with _running(command, home / "bare.log", port) as url:
        yield url


@contextmanager
def _nginx(home: Path, site: Path) -> Iterator[str]:
    port, folder = live.free_port(), home / "nginx"
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_CONFIGURED.format(folder=folder, port=port, site=site, user=user))
    assert _NGINX
    with _running([_NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], home / "nginx.log", port) as url:
        yield url


def _mount(site: str, port: int) -> None:
    """A bare static mount under the settings that our server runs with."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    app = Starlette(routes=[Mount("/", StaticFiles(directory=site, html=True))])
    uvicorn.run(
        app,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=20,
        forwarded_allow_ips=["127.0.0.1", "::1"],
    )


# -- readers -------------------------------------------------------------------------------------------------


def _asked(url: str, addresses: list[str]) -> Asked:
    """Readers ask for some seconds, in a process of their own."""
    command = [sys.executable, "-m", "tests.bench.public", "read", url.rpartition(":")[2], *addresses]
    done = subprocess.run(command, cwd=live.ROOT, capture_output=True, text=True, check=True)
    return Asked(**json.loads(done.stdout))


async def _line(port: int, requests: list[bytes], until: float, took: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    size = turn = 0
    while (start := time.perf_counter()) < until:
        writer.write(requests[turn % len(requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        size += len(await reader.readexactly(length))
        took.append(time.perf_counter() - start)
        turn += 1
    writer.close()
    return size


async def _read(port: int, addresses: list[str]) -> Asked:
    head = "Host: localhost\r\nAccept-Encoding: gzip\r\nAccept: text/html\r\nUser-Agent: reader\r\n\r\n"
    requests = [f"GET {address} HTTP/1.1\r\n{head}".encode() for address in addresses]
    took: list[float] = []
    start = time.perf_counter()
    sizes = await asyncio.gather(*(_line(port, requests, start + _SECONDS, took) for _ in range(_LINES)))
    seconds = time.perf_counter() - start
    return Asked(len(took) / seconds, 1000 * sorted(took)[int(0.95 * len(took))], sum(sizes) // len(took))


# -- by turns --------------------------------------------------------------------------------------------------


def bench() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = Path(folder)
        site = _released(home)
        packed = [f"{address}index.html.gz" for address in _ADDRESSES]
        servers = {
            "ours": (stack.enter_context(_ours(home)), _ADDRESSES),
            "bare mount": (stack.enter_context(_bare(home, site)), packed),
        }
        if _NGINX:
            servers["nginx"] = (stack.enter_context(_nginx(home, site)), _ADDRESSES)
        rounds = [{name: _asked(*server) for name, server in servers.items()} for _ in range(_RUNS + 1)][1:]
        sizes = {one.bytes for turn in rounds for one in turn.values()}
        assert max(sizes) - min(sizes) < 1000, "all send the same bytes"
        print(f"public pages of {max(sizes)} bytes in gzip over {_LINES} lines, median of {_RUNS} turns", flush=True)
        for name in servers:
            rate, p95 = (median(getattr(turn[name], fact) for turn in rounds) for fact in ("rate", "p95"))
            print(f"  {name:<12} {rate:>8.0f} requests/s   p95 {p95:>6.1f} ms", flush=True)
        for name in list(servers)[1:]:
            found = median(turn["ours"].rate / turn[name].rate for turn in rounds)
            if name == "bare mount":
                least("requests/s, ours over a bare static mount", found, at_least=0.9)
            else:
                print(f"  requests/s, ours over {name}: {found:.2f} ×", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["bare", served, at]:
            _mount(served, int(at))
        case ["read", at, *wanted]:
            found = asyncio.run(_read(int(at), wanted))
            print(json.dumps({"rate": found.rate, "p95": found.p95, "bytes": found.bytes}))
