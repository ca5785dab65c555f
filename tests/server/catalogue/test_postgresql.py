"""PostgreSQL finds what SQLite finds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from carrel.server.catalogue.search import Catalogue
from carrel.server.catalogue.store import Brought, CatalogueStore
from carrel.server.settings import Settings
from carrel.server.storage import open_database
from tests import postgresql
from tests.server.catalogue.test_search import FIRST, FOUND, SHELF, numbers, record

pytestmark = pytest.mark.skipif(
    postgresql.programs() is None and not os.environ.get("CI"), reason="no PostgreSQL here; apt-get install postgresql"
)


async def test_the_same_is_found_and_known_again(tmp_path: Path) -> None:
    with postgresql.running() as address:
        database = await open_database(Settings(database_url=f"{address}/postgres", data_dir=str(tmp_path)))
        catalogue = Catalogue(CatalogueStore(database))
        assert await catalogue.store.bring(SHELF, 1) == Brought(len(SHELF), 0, 0)
        for query, found in FOUND.items():
            assert (query, sorted(await numbers(catalogue, query))) == (query, sorted(found))
        for query, first in FIRST.items():
            assert (query, (await numbers(catalogue, query))[0]) == (query, first)
        assert (await catalogue.search("red")).facets["language"] == [("eng", 2)]
        assert await catalogue.store.bring([*SHELF, record("1", "石头记")], 2) == Brought(0, 1, len(SHELF) - 1)
        assert await numbers(catalogue, "石頭記") == ["1"]
        await database.close()
