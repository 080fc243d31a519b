"""One server from start to end: settings in, a listening address out, and everything undone in reverse order.

Start: lock the userdata directory, open the database, wake the core with what it holds, commit what that changed, listen,
announce. Main loop: the dispatcher. End, when asked: stop accepting, finish what was accepted, commit, say bye to
everybody. End by itself: the dispatcher failed, nothing more is sent, and ``run`` raises.

``serve`` is this for a process of its own; ``ServerThread`` runs the same ``Server`` beside a test.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib
import ipaddress
import logging
import os
import secrets
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final, Literal, Self

from miniqmt_sim import __version__
from miniqmt_sim.behaviour import behaviour_of
from miniqmt_sim.client import discovery
from miniqmt_sim.client.discovery import ENV_OPERATOR_TOKEN, ENV_TOKEN
from miniqmt_sim.errors import ConnectError, StartError
from miniqmt_sim.server import descriptors, garbage
from miniqmt_sim.server.connection import Switchboard
from miniqmt_sim.server.dispatcher import Dispatcher
from miniqmt_sim.server.feeds.archive import Archive
from miniqmt_sim.server.journal import Circumstances, Journal
from miniqmt_sim.server.keeper import Keeper
from miniqmt_sim.server.persistence import Persistence
from miniqmt_sim.server.recorded import Stage, configuration
from miniqmt_sim.server.wake import wake
from miniqmt_sim.settings import Settings
from miniqmt_sim.wire.protocol import Terms
from storage import StorageError
from storage.lock import DatabaseLock

SERVER: Final = f"miniqmt-sim {__version__}"
DATABASE_NAME: Final = "miniqmt-sim.sqlite"
SOCKET_NAME: Final = "miniqmt-sim.sock"
_LONGEST_SOCKET_PATH: Final = 100
"""Bytes of a Unix socket's path that every system takes; the limits are 104 and 108."""
_ACCEPT_BACKLOG: Final = 1024
_SWITCH_INTERVAL_S: Final = 0.0005
"""The database thread gives up the interpreter with every row; at the default it may wait ten times as long to get it back."""
_OTHER_DESCRIPTORS: Final = 100
"""Database, listeners, event loop and whatever else needs a descriptor beside the connections."""

_ONE_SIGNAL_S: Final = 1.0
"""Signals that come together, of a terminal and of whoever started us, are one."""

_log = logging.getLogger("miniqmt_sim.server")


class Server:
    """A server that is ready; ``run`` it, and ``request_stop`` to end it."""

    def __init__(self, userdata: Path, settings: Settings) -> None:
        self.userdata: Final = userdata
        self.settings: Final = settings
        self.token, self.operator_token = _tokens(settings.host)
        self.addr = ""
        self.unix: str | None = None
        self.database = ""
        self._undo = contextlib.AsyncExitStack()
        self._stop = asyncio.Event()
        self._killed = asyncio.Event()
        self._stop_asked_s = 0.0
        self._listeners: list[asyncio.AbstractServer] = []
        self.persistence: Persistence
        self.dispatcher: Dispatcher
        self.switchboard: Switchboard

    # -- start ---------------------------------------------------------------------------------------------------------

    @classmethod
    async def start(cls, settings: Settings) -> Self:
        """Bring a server up. Raises StartError or ConfigError; nothing is left behind then."""
        server = cls((settings.userdata or discovery.default_userdata()).absolute(), settings)
        async with server._undo as undo:
            server._lock_userdata()
            await server._wake_core()
            await server._listen()
            server._announce()
            server._undo = undo.pop_all()
        return server

    def _lock_userdata(self) -> None:
        try:
            self.userdata.mkdir(parents=True, exist_ok=True)
            lock = DatabaseLock(self.userdata / "server")
        except OSError as error:
            raise StartError(f"the userdata directory {self.userdata} cannot be used: {error}") from error
        except StorageError as error:
            raise StartError(f"{self.userdata} already has a server{_where_it_is(self.userdata)} ({error})") from error
        self._undo.callback(lock.release)

    async def _wake_core(self) -> None:
        """Open the database and give the core what it holds."""
        settings = self.settings
        place = settings.database or str(self.userdata / DATABASE_NAME)
        persistence = self.persistence = await Persistence.open(place, settings.durability, settings.retention)
        self._undo.push_async_callback(persistence.close)
        self.database = persistence.url
        stage = Stage.set(settings)
        recording = stage.recording if stage is not None else None
        archive = Archive(recording.history) if recording is not None else None
        if archive is not None:
            self._undo.callback(archive.close)
        awake = await persistence.wake(partial(wake, settings.world, recording=recording))
        cooldown_ms = behaviour_of(settings.world.behaviour).reconnect_cooldown_ms
        config = stage.config if stage is not None else configuration(settings.world, None)
        circumstances = Circumstances(SERVER, config, stage is not None and settings.journal, settings.hash_entries)

        def change_stage(anew: Stage) -> None:
            now = Circumstances(SERVER, anew.config)
            circumstances.config, circumstances.fingerprint = now.config, now.fingerprint
            if archive is not None:
                archive.go_on_with(anew.recording.history)

        keeper = Keeper(persistence, settings.world, self.userdata, partial(Stage.set, settings), change_stage)
        journal = Journal(awake.simulator, awake.clock, circumstances, awake.shell, awake.last_seq, settings.journal)
        self.dispatcher = Dispatcher(
            awake.simulator, awake.clock, persistence, settings.limits, journal, keeper, cooldown_ms, archive
        )
        try:
            await self.dispatcher.begin(awake.facts, awake.is_new, awake.now_ms)
        except StorageError as error:
            raise StartError(str(error)) from error
        waits = awake.clock.wait_s > 0
        terms = Terms(self.token, self.operator_token, settings.limits.heartbeat_ms, SERVER, waits)
        self.switchboard = Switchboard(terms, settings.limits, self.dispatcher)

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        host, port = self.settings.host, self.settings.port
        try:
            listener = await loop.create_server(self.switchboard.accept, host, port, backlog=_ACCEPT_BACKLOG)
        except OSError as error:
            taken = f"the address is in use; --listen {host}:0 takes a free port" if error.errno == errno.EADDRINUSE else None
            raise StartError(f"cannot listen on {host}:{port}: {taken or error.strerror or error}") from error
        self._add_listener(listener)
        bound_host, bound_port = listener.sockets[0].getsockname()[:2]
        self.addr = f"[{bound_host}]:{bound_port}" if ":" in bound_host else f"{bound_host}:{bound_port}"
        await self._listen_on_unix_socket()
        self.switchboard.start_sweeping()
        self._undo.callback(self.switchboard.abort)

    async def _listen_on_unix_socket(self) -> None:
        """Listen in the userdata directory too, where the system can; it is an extra, so its absence is no failure."""
        path = str((self.userdata / SOCKET_NAME).absolute())
        if not hasattr(socket, "AF_UNIX") or len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
            return
        with contextlib.suppress(OSError, NotImplementedError):
            Path(path).unlink(missing_ok=True)  # a killed server's; the lock says that it is nobody's now
            self._add_listener(await asyncio.get_running_loop().create_unix_server(self.switchboard.accept, path))
            self._undo.callback(Path(path).unlink, missing_ok=True)
            os.chmod(path, 0o600)
            self.unix = path

    def _add_listener(self, listener: asyncio.AbstractServer) -> None:
        self._listeners.append(listener)
        self._undo.callback(listener.close)

    def _announce(self) -> None:
        """Write the discovery file: from here on strategies find the server."""
        info = discovery.Discovery(
            addr=self.addr,
            unix=self.unix,
            token=self.token,
            operator_token=self.operator_token,
            pid=os.getpid(),
            server=SERVER,
        )
        try:
            discovery.write(self.userdata, info)
        except OSError as error:
            raise StartError(f"cannot write the discovery file into {self.userdata}: {error}") from error
        self._undo.callback(discovery.remove, self.userdata, os.getpid())

    # -- main loop and end ---------------------------------------------------------------------------------------------

    def request_stop(self) -> None:
        """Ask ``run`` to end gracefully; from the loop's own thread."""
        self._stop.set()

    def hear_signal(self) -> None:
        """Ask ``run`` to end gracefully; to whoever asks again after a while, that takes too long: ``kill``."""
        now_s = asyncio.get_running_loop().time()
        if not self._stop.is_set():
            self._stop_asked_s = now_s
            self.request_stop()
        elif now_s - self._stop_asked_s >= _ONE_SIGNAL_S:
            self.kill()

    @property
    def killed(self) -> bool:
        """Was it ended in the middle?"""
        return self._killed.is_set()

    def kill(self) -> None:
        """End ``run`` as if the process had been killed: no bye, nothing more is done, stored or sent."""
        self._killed.set()
        self.switchboard.abort()
        self._stop.set()

    async def run(self) -> None:
        """Serve until asked to stop. Raises what made the dispatcher fail; nothing is sent after that."""
        async with self._undo:
            writer = asyncio.create_task(self.dispatcher.run(self.switchboard))
            stop = asyncio.create_task(self._stop.wait())
            killed = asyncio.create_task(self._killed.wait())
            try:
                await asyncio.wait((writer, stop), return_when=asyncio.FIRST_COMPLETED)
                if not writer.done():
                    await self._finish(writer, killed)
                if not self.killed:
                    await writer
            finally:
                stop.cancel()
                killed.cancel()
                writer.cancel()

    async def _finish(self, writer: asyncio.Task[None], killed: asyncio.Task[Literal[True]]) -> None:
        """Stop gracefully: what was accepted is done and answered, then everybody is told. Give up when killed."""
        if self.killed:
            return
        for listener in self._listeners:
            listener.close()
        self.switchboard.stop_reading()
        self.dispatcher.finish()
        ends = (writer, killed)
        done, _ = await asyncio.wait(ends, timeout=_ONE_SIGNAL_S, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            _log.info("stopping when what was asked is done; asked once more, the server stops at once")
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if writer.done() and writer.exception() is None:
            await self.switchboard.goodbye("the server is stopping")


def _tokens(host: str) -> tuple[str, str]:
    """Give the trader's and the operator's token: the environment's, or fresh ones. Raises StartError."""
    token, operator_token = os.environ.get(ENV_TOKEN), os.environ.get(ENV_OPERATOR_TOKEN)
    if not token and not _is_loopback(host):
        raise StartError(
            f"{host} can be reached from other machines: set {ENV_TOKEN} to a secret of your own, or listen on 127.0.0.1"
        )
    if token and token == operator_token:
        raise StartError(f"{ENV_TOKEN} and {ENV_OPERATOR_TOKEN} must differ: the token decides what one may ask")
    return token or secrets.token_hex(24), operator_token or secrets.token_hex(24)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _where_it_is(userdata: Path) -> str:
    try:
        return f" at {discovery.read(userdata).addr}"
    except ConnectError:
        return ""


# -- a process of its own ------------------------------------------------------------------------------------------------


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Give the faster event loop where it exists."""
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return asyncio.new_event_loop
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def serve(settings: Settings, say: Callable[[str], None]) -> int:
    """Run a server in this process until a signal ends it; give the exit code.

    ``say`` gets the one line that tells it is ready. Raises StartError or ConfigError when it cannot start.
    """
    logging.basicConfig(handlers=_log_handlers(settings), level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(_serve(settings, say))


def _log_handlers(settings: Settings) -> list[logging.Handler]:
    """The standard error, and the file that the settings name. Raises StartError."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if settings.log.file:
        path = (settings.userdata or discovery.default_userdata()).absolute() / settings.log.file
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handlers.append(
                RotatingFileHandler(path, maxBytes=settings.log.bytes, backupCount=settings.log.files, encoding="utf-8")
            )
        except OSError as error:
            raise StartError(f"the log cannot be written to {path}: {error.strerror or error}") from error
    return handlers


async def _serve(settings: Settings, say: Callable[[str], None]) -> int:
    descriptors.keep_free(settings.limits.connections + _OTHER_DESCRIPTORS)
    server = await Server.start(settings)
    _stop_on_signals(server)
    _tune_interpreter(server)
    say(f"ready addr={server.addr} userdata={server.userdata} database={server.database}")
    try:
        await server.run()
    except StorageError as error:
        promise = "what is lost was answered" if settings.durability == "off" else "nothing that is lost was answered"
        _log.critical("stopped: %s; %s; start again to go on from the database", error, promise)
        return 1
    except Exception:
        _log.critical("stopped by a fault of its own; start again to go on from the database\n%s", traceback.format_exc())
        return 1
    if server.killed:
        _log.warning("stopped in the middle, as asked; start again to go on from the database")
        return 1
    return 0


class ServerThread:
    """A server in a thread of its own, with its own event loop, for tests and programs that bring their server along."""

    def __init__(self, settings: Settings) -> None:
        self._ready: Future[Server] = Future()
        self._loop: asyncio.AbstractEventLoop
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(settings,), name="miniqmt-sim server", daemon=True)

    def start(self) -> Server:
        """Start and wait until it is ready. Raises StartError or ConfigError."""
        self._thread.start()
        return self._ready.result()

    def stop(self) -> None:
        """Stop gracefully and wait for the end. Raises what made the server fail, if anything did."""
        self._end_with(self._ready.result().request_stop)

    def kill(self) -> None:
        """Drop it: see ``Server.kill``."""
        self._end_with(self._ready.result().kill)

    def _end_with(self, function: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # it has ended by itself, and its loop is closed
            self._loop.call_soon_threadsafe(function)
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self, settings: Settings) -> None:
        try:
            with asyncio.Runner(loop_factory=loop_factory()) as runner:
                self._loop = runner.get_loop()
                runner.run(self._serve(settings))
        except BaseException as error:
            if self._ready.done():
                self._failure = error
            else:
                self._ready.set_exception(error)

    async def _serve(self, settings: Settings) -> None:
        server = await Server.start(settings)
        self._ready.set_result(server)
        await server.run()


def _tune_interpreter(server: Server) -> None:
    """Set what a process that only serves can set, and a test's own process may not want."""
    server.persistence.at_new_day = garbage.look_through
    garbage.begin()
    sys.setswitchinterval(_SWITCH_INTERVAL_S)


def _stop_on_signals(server: Server) -> None:
    loop = asyncio.get_running_loop()
    # SIGBREAK is how one process of Windows asks another to end.
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, server.hear_signal)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(server.hear_signal) and None)
