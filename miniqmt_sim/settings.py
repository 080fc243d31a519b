"""Everything that can be configured, read once and handed on as plain values; the core opens no file.

Four layers, each over the one before: the packaged ``server.toml``, the file given with ``--config``, the environment,
the options of the command line. Every value passes the same table of options, so an unknown key, a wrong type or a value
out of range is a ConfigError that names its place, whichever layer it comes from. The other files (accounts, instruments,
calendar, rules) are only parsed here; what they mean is the core's to judge.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from miniqmt_sim.behaviour import BEHAVIOURS, Behaviour
from miniqmt_sim.canonical import MASK, SECRETS
from miniqmt_sim.errors import ConfigError

ENV_LISTEN: Final = "MINIQMT_SIM_LISTEN"

NO_UTF8: Final = "it is not UTF-8; save it as that (in Excel: CSV UTF-8)"
MAX_PORT: Final = 65535
MAX_FLOAT: Final = 1e6


class Option(NamedTuple):
    """One key of server.toml: its type and what is allowed."""

    key: str
    kind: type
    choices: tuple[str, ...] = ()
    least: int = 0


OPTIONS: Final = {
    option.key: option
    for option in (
        Option("userdata", str),
        Option("database", str),
        Option("listen", str),
        Option("hours", str, ("always", "exchange")),
        Option("feed", str, ("synthetic", "none", "replay")),
        Option("data", str),
        Option("replay.start", str),
        Option("replay.speed", float),
        Option("replay.wait_ms", int),
        Option("replay.grace_ms", int),
        Option("replay.volume_unit", str, ("lot", "share")),
        Option("seed", int),
        Option("durability", str, ("full", "normal", "off")),
        Option("clock", str, ("system", "manual", "replay")),
        Option("journal", bool),
        Option("hash_entries", int),
        Option("auto_list", bool),
        Option("hold", str, ("none", "breaks", "day")),
        Option("after_hours", bool),
        Option("compliance", str, ("off", "warn", "refuse")),
        Option("behaviour.profile", str, tuple(BEHAVIOURS)),
        *(Option(f"behaviour.{name}", type(value)) for name, value in Behaviour()._asdict().items()),
        Option("fills.profile", str, ("frictionless", "standard", "strict")),
        Option("files.accounts", str),
        Option("files.instruments", str),
        Option("files.calendar", str),
        Option("files.rules", str),
        Option("files.corporate_actions", str),
        Option("files.ipo", str),
        Option("files.credit", str),
        Option("files.sectors", str),
        Option("retention.journal_days", int),
        Option("retention.history_days", int),
        Option("log.file", str),
        Option("log.bytes", int, least=4096),
        Option("log.files", int),
        Option("limits.connections", int, least=1),
        Option("limits.queue_commands", int, least=1),
        Option("limits.batch_commands", int, least=1),
        Option("limits.backlog_bytes", int, least=4096),
        Option("limits.heartbeat_ms", int, least=20),
        Option("limits.handshake_ms", int, least=20),
    )
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of everything in the server that can grow; reasons stand in server.toml."""

    connections: int
    queue_commands: int
    batch_commands: int
    backlog_bytes: int
    heartbeat_ms: int
    handshake_ms: int


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days are kept, 0: all."""

    journal_days: int
    history_days: int


@dataclass(frozen=True, slots=True)
class Log:
    """Where the log goes, and how much of it is kept."""

    file: str
    """Empty: the standard error only."""
    bytes: int
    files: int


@dataclass(frozen=True, slots=True)
class World:
    """What decides how the simulated world behaves; the core's configuration, value by value."""

    hours: str
    feed: str
    clock: str
    seed: int
    auto_list: bool
    hold: str
    after_hours: bool
    compliance: str
    behaviour: Mapping[str, Any]
    """``profile``, and what is set beside it."""
    fills: str
    rules: Mapping[str, Any]
    """File stem -> parsed content."""
    instruments: Sequence[Mapping[str, Any]]
    accounts: Sequence[Mapping[str, Any]]
    holidays: Sequence[int]
    corporate_actions: Sequence[Mapping[str, Any]]
    ipo: Sequence[Mapping[str, Any]]
    credit: Mapping[str, Any]
    """``terms``, parsed, and the rows of ``subjects`` and ``lendable``."""
    sectors: Sequence[Mapping[str, Any]]

    @property
    def text(self) -> str:
        """Write all of it as JSON, with a mask for each password."""
        values = {**asdict(self), "accounts": [_masked(account) for account in self.accounts]}
        return json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)

    @property
    def fingerprint(self) -> str:
        """Give the SHA-256 of that text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def _masked(account: Mapping[str, Any]) -> dict[str, Any]:
    """An account's table without the passwords of its banks, whatever else is wrong with it."""
    banks = account.get("bank")
    if not isinstance(banks, list) or not all(isinstance(bank, dict) for bank in banks):
        return dict(account)
    shown = [{name: MASK if name in SECRETS and value else value for name, value in bank.items()} for bank in banks]
    return {**account, "bank": shown}


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """Which recorded market is played, from when, how fast; used with ``feed = "replay"``."""

    data: str
    start: str
    speed: float
    wait_ms: int
    grace_ms: int
    volume_unit: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server is started with."""

    userdata: Path | None
    """None: the shared default."""
    database: str
    """Path or URL; empty: in the userdata directory."""
    host: str
    port: int
    durability: str
    journal: bool
    hash_entries: int
    limits: Limits
    retention: Retention
    log: Log
    replay: ReplaySettings
    world: World


def load_settings(
    options: Mapping[str, Any] | None = None,
    config: str | os.PathLike[str] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Read the layers and every file they name.

    ``options`` by key of server.toml, None for one that was not given; ``config`` is the user's own file.
    Raises ConfigError with the place of the first thing that is wrong.
    """
    home = config_dir()
    values = _read_server_file(home / "server.toml")
    if config is not None:
        values |= _read_server_file(Path(config))
    if environ.get(ENV_LISTEN):
        values["listen"] = environ[ENV_LISTEN]
    given = _checked({key: value for key, value in (options or {}).items() if value is not None}, "options")
    values |= given
    for key in given:
        if key == "data" or key.startswith("replay."):
            user = "clock" if key == "replay.speed" else "feed"
            if values[user] != "replay":
                raise ConfigError(f"options: {key}: is for {user} = replay, and here {user} = {values[user]}")
    return _settings(values, home)


def config_dir() -> Path:
    """Give the directory of the packaged configuration: inside the installed package, else at the top of a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "config"
    return installed if (installed / "server.toml").exists() else package.parent / "config"


def _settings(values: Mapping[str, Any], home: Path) -> Settings:
    host, port = parse_listen(values["listen"])
    if values["feed"] == "replay" and not values["data"]:
        raise ConfigError("feed: replay needs data: a file or directory of recorded bars or snapshots")
    if values["clock"] == "replay" and values["feed"] != "replay":
        raise ConfigError("clock: replay needs feed = replay, whose time it tells")
    return Settings(
        userdata=Path(values["userdata"]) if values["userdata"] else None,
        database=values["database"],
        host=host,
        port=port,
        durability=values["durability"],
        journal=values["journal"],
        hash_entries=values["hash_entries"],
        limits=Limits(**_section(values, "limits")),
        retention=Retention(**_section(values, "retention")),
        log=Log(**_section(values, "log")),
        replay=ReplaySettings(data=values["data"], **_section(values, "replay")),
        world=World(
            hours=values["hours"],
            feed=values["feed"],
            clock=values["clock"],
            seed=values["seed"],
            auto_list=values["auto_list"],
            hold=values["hold"],
            after_hours=values["after_hours"],
            compliance=values["compliance"],
            behaviour=_section(values, "behaviour"),
            fills=values["fills.profile"],
            rules=read_rules(Path(values["files.rules"] or home / "rules")),
            instruments=read_instruments(Path(values["files.instruments"] or home / "instruments.csv")),
            accounts=read_accounts(Path(values["files.accounts"] or home / "accounts.toml")),
            holidays=read_holidays(Path(values["files.calendar"] or home / "calendar")),
            corporate_actions=read_table(Path(values["files.corporate_actions"] or home / "corporate_actions.csv")),
            ipo=read_table(Path(values["files.ipo"] or home / "ipo.csv")),
            credit=read_credit(Path(values["files.credit"] or home / "credit")),
            sectors=read_table(Path(values["files.sectors"] or home / "sectors.csv")),
        ),
    )


def _section(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The keys of one section, without its name."""
    return {key.partition(".")[2]: value for key, value in values.items() if key.startswith(f"{name}.")}


# -- server.toml ---------------------------------------------------------------------------------------------------------


def _read_server_file(path: Path) -> dict[str, Any]:
    values = _checked(_flat(_read_toml(path)), str(path))
    for key in values:
        if (key.startswith("files.") or key == "data") and values[key]:
            values[key] = str(path.parent / values[key])
    return values


def _flat(content: Mapping[str, Any]) -> dict[str, Any]:
    """Write ``[limits] connections`` as ``limits.connections``."""
    flat: dict[str, Any] = {}
    for key, value in content.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": item for inner, item in value.items()} or {key: value}
        else:
            flat[key] = value
    return flat


def _checked(values: Mapping[str, Any], place: str) -> dict[str, Any]:
    for key, value in values.items():
        problem = _problem(OPTIONS.get(key), value)
        if problem is not None:
            raise ConfigError(f"{place}: {key}: {problem}")
    return dict(values)


def _problem(option: Option | None, value: Any) -> str | None:
    """Say what is wrong with a value of an option, if anything is."""
    if option is None:
        return "there is no such key; the packaged server.toml has them all"
    if type(value) is not option.kind and not (option.kind is float and type(value) is int):
        return f"must be {_KIND_NAMES[option.kind]}, not {value!r}"
    if option.choices and value not in option.choices:
        return f"must be one of {', '.join(option.choices)}, not {value!r}"
    if isinstance(value, int | float) and option.kind is float and not 0 <= value <= MAX_FLOAT:
        return f"must be between 0 and {MAX_FLOAT:g}, not {value!r}"
    if isinstance(value, int) and not option.least <= value < 2**63:
        return f"must be at least {option.least} and fit 63 bits, not {value!r}"
    return None


_KIND_NAMES: Final = {str: "a text", int: "an integer", float: "a number", bool: "true or false"}


def parse_listen(text: str) -> tuple[str, int]:
    """Split HOST:PORT or [IPV6]:PORT. Raises ConfigError."""
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        colon = ""
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > MAX_PORT:
        raise ConfigError(f"listen: {text!r} is not HOST:PORT, as in 127.0.0.1:58620 or [::1]:58620")
    return host, int(port)


# -- the other files -----------------------------------------------------------------------------------------------------


def read_rules(directory: Path) -> dict[str, Any]:
    """Parse every rule file: file stem -> content."""
    return {path.stem: _read_toml(path) for path in _toml_files(directory)}


def read_credit(directory: Path) -> dict[str, Any]:
    """Read the terms of margin trading, its securities, and what can be lent."""
    return {
        "terms": _read_toml(directory / "terms.toml"),
        "subjects": read_table(directory / "subjects.csv"),
        "lendable": read_table(directory / "lendable.csv"),
    }


def read_accounts(path: Path) -> list[dict[str, Any]]:
    """Parse the [[account]] tables of a file."""
    content = _read_toml(path)
    unknown = content.keys() - {"account"}
    if unknown:
        raise ConfigError(f"{path}: {min(unknown)}: there is no such key; accounts are [[account]] tables")
    accounts = content.get("account", [])
    if not isinstance(accounts, list) or not all(isinstance(account, dict) for account in accounts):
        raise ConfigError(f"{path}: account: must be [[account]] tables")
    return accounts


def read_holidays(directory: Path) -> list[int]:
    """Gather the closed days of every file, sorted. Raises ConfigError for one that stands twice or is no date."""
    found: dict[int, Path] = {}
    for path in _toml_files(directory):
        content = _read_toml(path)
        unknown = content.keys() - {"source", "days"}
        if unknown:
            raise ConfigError(f"{path}: {min(unknown)}: there is no such key; there are source, days")
        for day in _days(path, content):
            if day in found:
                raise ConfigError(f"{path}: days: {day} stands in {found[day].name} already")
            found[day] = path
    return sorted(found)


def _days(path: Path, content: Mapping[str, Any]) -> list[int]:
    days = content.get("days")
    if not isinstance(days, list) or not all(_is_date(day) for day in days):
        raise ConfigError(f"{path}: days: must be a list of integers like 20260101")
    return days


def _is_date(day: object) -> bool:
    if type(day) is not int:
        return False
    try:
        date(day // 10000, day // 100 % 100, day % 100)
    except ValueError:
        return False
    return True


INSTRUMENT_COLUMNS: Final = ("stock_code", "name", "board", "pre_close", "tags")
"""What an instruments file must say of each; ``listed``, ``total_shares`` and ``float_shares`` may be left out."""


def read_instruments(path: Path) -> list[dict[str, str]]:
    """Read the rows of an instruments file.

    Raises ConfigError as ``read_table`` does, for a column that is missing, and for a code that stands twice.
    """
    rows = read_table(path)
    seen: dict[str, str] = {}
    for row in rows:
        missing = [name for name in INSTRUMENT_COLUMNS if name not in row]
        if missing:
            raise ConfigError(f"{path}: there is no column {missing[0]!r}; needed are {', '.join(INSTRUMENT_COLUMNS)}")
        code, where = row["stock_code"], row["_where"].rpartition("line ")[2]
        if seen.setdefault(code, where) != where:
            raise ConfigError(f"{path}: line {where}: {code} stands in line {seen[code]} already")
    return rows


def read_table(path: Path) -> list[dict[str, str]]:
    """Read the rows of a CSV file, each with ``_where`` naming its line; a line that begins with # is a comment.

    Raises ConfigError for a column that stands twice or a row of another length.
    """
    text = [line if not line.startswith("#") else "\n" for line in _read_text(path).splitlines(keepends=True)]
    reader = csv.reader(text, strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        raise ConfigError(f"{path}: line {reader.line_num}: {error}") from None
    if not lines:
        raise ConfigError(f"{path}: line 1 must name the columns")
    _, header = lines[0]
    if len(set(header)) < len(header):
        raise ConfigError(f"{path}: line 1 names a column twice")
    for number, cells in lines[1:]:
        if len(cells) != len(header):
            raise ConfigError(f"{path}: line {number} has {len(cells)} columns, the header {len(header)}")
    return [{**dict(zip(header, cells, strict=True)), "_where": f"{path.name} line {number}"} for number, cells in lines[1:]]


def _toml_files(directory: Path) -> list[Path]:
    if not directory.is_dir():
        raise ConfigError(f"{directory} is not a directory")
    found = sorted(directory.glob("*.toml"))
    if not found:
        raise ConfigError(f"{directory} holds no .toml file")
    return found


def _read_toml(path: Path) -> dict[str, Any]:
    return _parse_toml(_read_text(path), str(path))


@cache
def _parse_toml(text: str, place: str) -> dict[str, Any]:
    """Parse a file; a process that starts many servers parses the packaged ones once, and nobody changes what this gives."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{place}: {error}") from None


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeError:
        raise ConfigError(f"{path} cannot be read: {NO_UTF8}") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error}") from None

