"""Sectors that a file names: what of them is given on which day, what is refused, and what of a sector that is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.client import discovery
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.sectors import MEMBERSHIP_COLUMNS, parse_membership
from miniqmt_sim.server.feeds import files
from miniqmt_sim.server.feeds.recording import Recording
from miniqmt_sim.settings import load_settings, read_table
from miniqmt_sim.testing import SimServer
from miniqmt_sim.xtquant import _market, xtdata
from tests.kit.data_desk import data_desk
from tests.kit.tapes import DAY, at, bar, write_bars

CODE, OTHER, UNLISTED = "600000.SH", "000001.SZ", "601999.SH"
NEXT = 20240103
ROWS: list[dict[str, Any]] = [
    {"sector": "沪深300", "stock_code": OTHER, "from": "", "to": str(DAY)},
    {"sector": "沪深300", "stock_code": CODE, "from": "2024-01-02", "to": ""},
    {"sector": "沪深300", "stock_code": UNLISTED},
    {"sector": "沪深A股", "stock_code": UNLISTED},
]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))


def test_a_sector_has_the_codes_that_belong_to_it_today_and_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    with data_desk(monkeypatch, at("09:00"), hours="exchange", sectors=ROWS) as desk:
        assert xtdata.get_sector_list()[-1] == "沪深300"
        assert xtdata.get_sector_list().count("沪深A股") == 1
        assert xtdata.get_stock_list_in_sector("沪深300") == [OTHER, CODE]
        assert len(xtdata.get_stock_list_in_sector("沪深A股")) > 3, "the terminal's own are made of boards"
        desk.at(at("09:00", NEXT))
        assert xtdata.get_stock_list_in_sector("沪深300") == [CODE]


def test_a_sector_that_is_none_is_empty_and_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_market, "_warned", set())
    with data_desk(monkeypatch, at("09:00"), sectors=ROWS):
        assert [xtdata.get_stock_list_in_sector(name) for name in ("中证500", "中证500", "SH")][:2] == [[], []]
    (said,) = caplog.messages
    assert said.startswith("there is no sector '中证500'")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sector": " "}, "sector: '' is not a name"),
        ({"sector": "x" * 65}, "is not a name of 1 to 64 characters"),
        ({"stock_code": "600000"}, "stock_code: '600000' is not a code like 600000.SH"),
        ({"from": "tomorrow"}, "from: 'tomorrow' is not a day"),
        ({"from": "20240103", "to": "20240102"}, "from 20240103 is after to 20240102"),
        ({"weight": "1"}, "unknown column 'weight'"),
    ],
)
def test_a_bad_row_is_named(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        parse_membership({"sector": "沪深300", "stock_code": CODE, **changes})


def test_none_ships_and_the_columns_are_those_that_are_read() -> None:
    path = Path(__file__).parents[2] / "config" / "sectors.csv"
    assert read_table(path) == []
    assert path.read_text(encoding="utf-8").splitlines()[-1] == ",".join(MEMBERSHIP_COLUMNS)


def test_what_lies_beside_the_data_wins_over_a_sector_of_the_configuration(tmp_path: Path) -> None:
    data, ours = tmp_path / "data", tmp_path / "ours.csv"
    write_bars(data / f"{CODE}.1m.csv", bar("09:31", 10.0))
    (data / "sectors.csv").write_text(f"sector,stock_code\n沪深300,{CODE}\n", encoding="utf-8")
    ours.write_text(f"sector,stock_code\n沪深300,{OTHER}\n银行,{OTHER}\n", encoding="utf-8")
    settings = load_settings({"feed": "replay", "data": str(data), "files.sectors": str(ours)}, environ={})
    found = [(row["sector"], row["stock_code"]) for row in Recording.open(settings).world.sectors]
    assert found == [("银行", OTHER), ("沪深300", CODE)]


def test_a_server_reads_them_and_refuses_a_bad_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = tmp_path / "ours.csv"
    ours.write_text(f"sector,stock_code\n银行,{CODE}\n", encoding="utf-8")
    with SimServer(userdata=tmp_path / "u", feed="none", clock="manual", sectors=str(ours)) as sim:
        monkeypatch.setenv(discovery.ENV_ADDR, sim.addr)
        monkeypatch.setenv(discovery.ENV_TOKEN, sim.token)
        monkeypatch.setattr(xtdata, "enable_hello", False)
        xtdata.disconnect()
        assert xtdata.get_stock_list_in_sector("银行") == [CODE]
        xtdata.disconnect()
    ours.write_text("sector,stock_code\n银行,60000\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ours.csv line 2: stock_code: '60000' is not a code"):
        SimServer(userdata=tmp_path / "v", feed="none", sectors=str(ours)).start()
