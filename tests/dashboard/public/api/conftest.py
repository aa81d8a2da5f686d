"""Two releases of an office that has more than it released, and the API on top of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from dashboard.gate.limits import Buckets
from dashboard.public.api import api
from indicators.store.snapshot import Snapshot, SnapshotError
from tests.returns import PUBLISHED, csv
from tests.snapshots import office

URL = "https://zhibiao.example/"
REVENUE = "biomedicine-revenue"
SECRETS = ("绝密", "31415.9", "27182.8", "16180.3", "14142.1", "wang", "一家某某公司")

FIRST = (
    {"period": "2023Q1", "value": "200", "accumulation": "本年累计", "vintage": "快报", "source": "季报\n第一页"},
    {"period": "2023年上半年", "value": "410", "accumulation": "本年累计", "source": "=季报"},
    {"period": "2023年前三季度", "value": "620.5", "accumulation": "本年累计"},
    {"period": "2023", "value": "811.25", "accumulation": "本年累计", "vintage": "年报"},
    {"period": "2023年5月", "value": "66", "accumulation": "本期"},
    {"period": "2022", "value": "…", "accumulation": "本年累计"},
    {"period": "2021", "value": "—", "accumulation": "本年累计"},
    # two enterprises: what they have is nobody's business
    {"period": "2020", "value": "31415.9", "accumulation": "本年累计", "contributors": "2", "source": "一家某某公司"},
)


@dataclass
class World:
    """The API over what an office released; `out`: the release that is out."""

    snapshots: Mapping[int, Snapshot]
    out: int | None = 2

    def current(self) -> Snapshot:
        if self.out is None:
            raise SnapshotError("nothing is out")
        return self.snapshots[self.out]

    def app(self, buckets: Buckets | None = None) -> Starlette:
        made = api(
            self.current, release=self.snapshots.get, url=URL, buckets=Buckets(1e9, 1e9) if buckets is None else buckets
        )
        return Starlette(routes=[Mount("/api/v1", made)])


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[int, Snapshot]]:
    """The first release has all kinds of figures; the second corrects one. More is known inside than is out."""
    with office(tmp_path_factory.mktemp("office")) as here:
        here.send(PUBLISHED.read_bytes())
        here.send(csv(*FIRST, indicator=REVENUE, unit="亿元", note="内部备注绝密"))
        here.release()
        here.publish()
        here.send(csv({"period": "2021", "value": "81.9"}, vintage="修订", note="复核后更正"))
        here.release("2021年人均预期寿命更正")
        here.publish()
        # approved, submitted, and released for tomorrow
        here.send(csv({"period": "2022", "value": "27182.8"}, indicator="beds", unit="张", note="绝密"))
        here.release("绝密", public_from=datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1))
        here.publish()
        here.send(csv({"period": "2024", "value": "16180.3"}, indicator="beds", unit="张", note="绝密"))
        here.send(csv({"period": "2025", "value": "14142.1"}, indicator="beds", unit="张"), approve=False)
        snapshots = {number: Snapshot(folder) for number, folder in here.shelf.folders().items()}
    assert list(snapshots) == [1, 2]
    yield snapshots
    for snapshot in snapshots.values():
        snapshot.close()


@pytest.fixture(scope="session")
def served(releases: Mapping[int, Snapshot]) -> tuple[World, TestClient]:
    made = World(releases)
    return made, TestClient(made.app(), base_url="https://zhibiao.example")


@pytest.fixture
def world(served: tuple[World, TestClient]) -> World:
    """The second release is out."""
    served[0].out = 2
    return served[0]


@pytest.fixture
def client(served: tuple[World, TestClient], world: World) -> TestClient:
    return served[1]


Get = Callable[..., Any]


@pytest.fixture
def get(client: TestClient) -> Get:
    """The JSON of an answer."""

    def asked(path: str, **params: Any) -> Any:
        answer: Response = client.get(f"/api/v1{path}", params=params or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return asked
