"""Live connections, their roles, and their subscriptions. Volatile: a restart begins without any."""

from __future__ import annotations

from typing import Final

TRADER: Final = "trader"
DATA: Final = "data"
OPERATOR: Final = "operator"


class Session:
    """One live connection."""

    __slots__ = ("accounts", "connection", "role", "session_id")

    def __init__(self, connection: int, role: str, session_id: int) -> None:
        self.connection = connection
        self.role = role
        self.session_id = session_id
        self.accounts: dict[str, None] = {}


class Registry:
    """All sessions by connection, and the subscribers of each account in order of subscription."""

    __slots__ = ("_by_session_id", "_sessions", "subscribers")

    def __init__(self) -> None:
        self._sessions: dict[int, Session] = {}
        self._by_session_id: dict[int, Session] = {}
        self.subscribers: dict[str, tuple[int, ...]] = {}
        """Connections that get the pushes of an account, in order of subscription; no entry where there are none."""

    def open(self, connection: int, role: str, session_id: int) -> str | None:
        """Admit a connection; a sentence says why not."""
        assert connection not in self._sessions
        session = Session(connection, role, session_id)
        if role == TRADER:
            if session_id in self._by_session_id:
                return f"session {session_id} is in use by another connection"
            self._by_session_id[session_id] = session
        self._sessions[connection] = session
        return None

    def close(self, connection: int) -> None:
        """Forget a connection and its subscriptions."""
        session = self._sessions.pop(connection, None)
        if session is None:
            return
        if session.role == TRADER:
            del self._by_session_id[session.session_id]
        for account_id in session.accounts:
            self._drop(account_id, connection)

    def get(self, connection: int) -> Session | None:
        """The session of a connection, None once it is gone."""
        return self._sessions.get(connection)

    def connection_of(self, session_id: int) -> int | None:
        """The live connection of a trader's session."""
        session = self._by_session_id.get(session_id)
        return session.connection if session else None

    def subscribe(self, session: Session, account_id: str) -> None:
        """Send the pushes of an account to a session; a second time changes nothing."""
        if account_id not in session.accounts:
            session.accounts[account_id] = None
            self.subscribers[account_id] = (*self.subscribers.get(account_id, ()), session.connection)

    def unsubscribe(self, session: Session, account_id: str) -> bool:
        """Send them no longer; False when it did not get any."""
        if account_id not in session.accounts:
            return False
        del session.accounts[account_id]
        self._drop(account_id, session.connection)
        return True

    def _drop(self, account_id: str, connection: int) -> None:
        left = tuple(other for other in self.subscribers[account_id] if other != connection)
        if left:
            self.subscribers[account_id] = left
        else:
            del self.subscribers[account_id]
