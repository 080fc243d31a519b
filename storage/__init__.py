"""The database: rows in, rows out, durable. Knows tables, not the domain; nothing outside this package contains SQL."""

from storage.database import Database
from storage.errors import BadUrl, DatabaseLocked, ForeignDatabase, NewerSchema, StorageError, WriteFailed
from storage.schema import COLUMNS, SCHEMA_VERSION

__all__ = [
    "COLUMNS",
    "SCHEMA_VERSION",
    "BadUrl",
    "Database",
    "DatabaseLocked",
    "ForeignDatabase",
    "NewerSchema",
    "StorageError",
    "WriteFailed",
]
