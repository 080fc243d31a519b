"""Layers of the configuration, and every way its files can be wrong: the author is told the file and the key or line."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.errors import ConfigError
from miniqmt_sim.settings import OPTIONS, Settings, config_dir, load_settings, parse_listen
from miniqmt_sim.simulator import Simulator
from tests.kit.desk import make_config, moment


def load(options: dict[str, Any] | None = None, config: Path | None = None, **environ: str) -> Settings:
    return load_settings(options, config, environ)


def written(directory: Path, name: str, text: str) -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


UNUSED = [
    ({"data": "x"}, "options: data: is for feed = replay, and here feed = synthetic"),
    ({"replay.start": "2026-01-05"}, "options: replay.start: is for feed = replay, and here feed = synthetic"),
    ({"feed": "replay", "data": "x", "replay.speed": 2.0}, "options: replay.speed: is for clock = replay, and here clock"),
]


@pytest.mark.parametrize(("options", "complaint"), UNUSED)
def test_an_option_that_nothing_would_use_is_refused(options: dict[str, Any], complaint: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=complaint):
        load(options)
    config = written(tmp_path, "my.toml", 'data = "x"\n[replay]\nspeed = 2.0\n')
    assert load({"feed": "none"}, config).world.feed == "none", "a file may hold what another option switches off"


# -- layers --------------------------------------------------------------------------------------------------------------


def test_the_packaged_defaults() -> None:
    settings = load()
    world = settings.world
    assert (settings.host, settings.port, settings.durability, settings.journal) == ("127.0.0.1", 58620, "full", True)
    assert (world.hours, world.feed, world.clock, world.fills) == ("always", "synthetic", "system", "standard")
    assert (world.seed, world.auto_list) == (20260101, False)
    assert settings.userdata is None
    assert settings.database == ""


def test_the_packaged_file_has_every_option_and_a_comment_for_each() -> None:
    """An option that a profile gives its value stands there as a comment, ready to be used."""
    lines = (config_dir() / "server.toml").read_text(encoding="utf-8").splitlines()
    section, found = "", []
    for before, line in pairwise(["", *lines]):
        if line.startswith("["):
            section = line.strip("[]") + "."
        key, equals, _ = line.removeprefix("# ").partition(" =")
        if equals and section + key in OPTIONS:
            assert before.startswith("#") or "#" in line.removeprefix("# "), f"{key} has no comment"
            found.append(section + key)
    assert sorted(found) == sorted(OPTIONS)


def test_each_layer_is_over_the_one_before(tmp_path: Path) -> None:
    config = written(tmp_path, "my.toml", 'listen = "127.0.0.1:1"\nseed = 1\nhours = "exchange"\n[limits]\nconnections = 5\n')
    settings = load({"seed": 2, "feed": None}, config, MINIQMT_SIM_LISTEN="127.0.0.1:2")
    assert settings.port == 2, "the environment is over the file"
    assert settings.world.seed == 2, "an option is over the file"
    assert settings.world.hours == "exchange", "the file is over the defaults"
    assert settings.world.feed == "synthetic", "an option that was not given leaves the default"
    assert settings.limits.connections == 5
    assert settings.limits.queue_commands == 10_000
    assert load({"listen": "127.0.0.1:3"}, config, MINIQMT_SIM_LISTEN="127.0.0.1:2").port == 3


def test_files_of_ones_own_are_found_beside_the_file_that_names_them(tmp_path: Path) -> None:
    written(tmp_path, "mine.csv", "stock_code,name,board,pre_close,tags\n600000.SH,浦发银行,SH_MAIN,10.45,\n")
    written(tmp_path, "mine.toml", '[[account]]\nid = "A"\n')
    config = written(tmp_path, "my.toml", '[files]\ninstruments = "mine.csv"\naccounts = "mine.toml"\n')
    world = load(config=config).world
    expected = {"stock_code": "600000.SH", "name": "浦发银行", "board": "SH_MAIN", "pre_close": "10.45", "tags": ""}
    assert world.instruments == [expected | {"_where": "mine.csv line 2"}]
    assert world.accounts == [{"id": "A"}]


def test_the_fingerprint_tells_worlds_apart() -> None:
    assert load().world.fingerprint == load({"durability": "off"}).world.fingerprint
    assert load().world.fingerprint != load({"seed": 1}).world.fingerprint


# -- server.toml ---------------------------------------------------------------------------------------------------------

WRONG_FILES = [
    ("colour = 1", "my.toml: colour: there is no such key"),
    ("[limits]\nqueue = 1", "my.toml: limits.queue: there is no such key"),
    ("[limit]\nconnections = 1", "my.toml: limit.connections: there is no such key"),
    ("limits = 1", "my.toml: limits: there is no such key"),
    ("[seed]", "my.toml: seed: must be an integer, not {}"),
    ('seed = "1"', "my.toml: seed: must be an integer, not '1'"),
    ("seed = 1.0", "my.toml: seed: must be an integer, not 1.0"),
    ("seed = true", "my.toml: seed: must be an integer, not True"),
    ("seed = -1", "my.toml: seed: must be at least 0"),
    ("seed = 99999999999999999999", "my.toml: seed: must be at least 0 and fit 63 bits"),
    ("journal = 1", "my.toml: journal: must be true or false, not 1"),
    ('hours = "sometimes"', "my.toml: hours: must be one of always, exchange, not 'sometimes'"),
    ("[limits]\nconnections = 0", "my.toml: limits.connections: must be at least 1"),
    ("seed = 1\nseed = 2", "my.toml: Cannot overwrite a value (at "),
    ("seed = ", "my.toml: Invalid value"),
]


@pytest.mark.parametrize(("text", "complaint"), WRONG_FILES)
def test_a_wrong_file_is_refused_by_name_and_key(tmp_path: Path, text: str, complaint: str) -> None:
    config = written(tmp_path, "my.toml", text)
    with pytest.raises(ConfigError) as caught:
        load(config=config)
    assert complaint in str(caught.value)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"my\.toml cannot be read"):
        load(config=tmp_path / "my.toml")
    (tmp_path / "my.toml").write_bytes("# 中文".encode("gbk"))
    with pytest.raises(ConfigError, match=r"my\.toml cannot be read: it is not UTF-8; save it as that"):
        load(config=tmp_path / "my.toml")


def test_a_wrong_option_is_refused_like_a_wrong_key() -> None:
    with pytest.raises(ConfigError, match="options: feed: must be one of synthetic, none"):
        load({"feed": "live"})


NO_ADDRESSES = ["", "58620", ":58620", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "::1:80", "h:٣"]
ADDRESSES = [("127.0.0.1:0", ("127.0.0.1", 0)), ("[::1]:65535", ("::1", 65535)), ("h:1", ("h", 1))]


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_an_address_that_is_none(text: str) -> None:
    with pytest.raises(ConfigError, match="is not HOST:PORT"):
        parse_listen(text)


@pytest.mark.parametrize(("text", "expected"), ADDRESSES)
def test_an_address(text: str, expected: tuple[str, int]) -> None:
    assert parse_listen(text) == expected


# -- the other files -----------------------------------------------------------------------------------------------------

HEADER = "stock_code,name,board,pre_close,tags\n"
WRONG_INSTRUMENTS = [
    ("", "line 1 must name the columns"),
    ("stock_code,name,name\n", "line 1 names a column twice"),
    (HEADER + "600000.SH,浦发银行,SH_MAIN,10.45\n", "line 2 has 4 columns, the header 5"),
    (HEADER + "600000.SH,a,SH_MAIN,1,\n\n600000.SH,a,SH_MAIN,1,\n", "line 4: 600000.SH stands in line 2 already"),
    (HEADER + '600000.SH,"a,SH_MAIN,1,\n', "line 2: unexpected end of data"),
    ("code,name\n600000.SH,a\n", "there is no column 'stock_code'; needed are stock_code, name, board, pre_close, tags"),
    ("stock_code,name,board,pre_close\n600000.SH,a,SH_MAIN,1\n", "there is no column 'tags'"),
]


@pytest.mark.parametrize(("text", "complaint"), WRONG_INSTRUMENTS)
def test_a_wrong_instruments_file_is_refused_by_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = written(tmp_path, "mine.csv", text)
    with pytest.raises(ConfigError) as caught:
        load({"files.instruments": str(path)})
    assert str(path) in str(caught.value)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        ({"pre_close": "dear"}, "pre_close 'dear' is not a number"),
        ({"pre_close": ""}, "600000.SH: the previous close must be positive"),
        ({"listed": "soon"}, "listed 'soon' is not a number"),
        ({"board": "SZ_MAIN"}, "600000.SH belongs to SH_MAIN, not 'SZ_MAIN'"),
    ],
)
def test_a_wrong_instrument_is_named_by_its_line(cells: dict[str, str], complaint: str) -> None:
    row = {"stock_code": "600000.SH", "name": "a", "board": "", "pre_close": "10", "tags": "", "_where": "mine.csv line 7"}
    with pytest.raises(ConfigError) as caught:
        Simulator(make_config(instruments=[row | cells])).start(moment("09:31"), {})
    assert str(caught.value) == f"mine.csv line 7: {complaint}"


def test_a_wrong_accounts_file(tmp_path: Path) -> None:
    path = written(tmp_path, "mine.toml", 'owner = "me"\n')
    with pytest.raises(ConfigError, match=r"mine\.toml: owner: there is no such key"):
        load({"files.accounts": str(path)})
    path = written(tmp_path, "mine2.toml", "account = 1\n")
    with pytest.raises(ConfigError, match=r"mine2\.toml: account: must be \[\[account\]\] tables"):
        load({"files.accounts": str(path)})


WRONG_CALENDARS = [
    ({"a.toml": "days = [20260101]", "b.toml": "days = [20260101]"}, "b.toml: days: 20260101 stands in a.toml already"),
    ({"a.toml": "days = [20260101, 20260101]"}, "a.toml: days: 20260101 stands in a.toml already"),
    ({"a.toml": "days = [20260230]"}, "a.toml: days: must be a list of integers like 20260101"),
    ({"a.toml": 'days = ["20260101"]'}, "a.toml: days: must be a list of integers like 20260101"),
    ({"a.toml": ""}, "a.toml: days: must be a list"),
    ({"a.toml": "days = []\nclosed = 1"}, "a.toml: closed: there is no such key"),
]


@pytest.mark.parametrize(("files", "complaint"), WRONG_CALENDARS)
def test_a_wrong_calendar(tmp_path: Path, files: dict[str, str], complaint: str) -> None:
    for name, text in files.items():
        written(tmp_path, name, text)
    with pytest.raises(ConfigError) as caught:
        load({"files.calendar": str(tmp_path)})
    assert complaint in str(caught.value)


@pytest.mark.parametrize("name", ["files.rules", "files.calendar"])
def test_a_directory_that_is_none_or_holds_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="is not a directory"):
        load({name: str(tmp_path / "nowhere")})
    with pytest.raises(ConfigError, match=r"holds no \.toml file"):
        load({name: str(tmp_path)})


def test_rules_are_handed_on_by_file_stem_and_holidays_sorted() -> None:
    world = load().world
    assert {path.stem for path in (config_dir() / "rules").glob("*.toml")} == set(world.rules)
    assert list(world.holidays) == sorted(set(world.holidays))
    assert 20260101 in world.holidays
