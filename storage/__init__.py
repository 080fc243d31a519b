"""The database: rows in, rows out, durable. Knows tables, not the domain; nothing outside this package contains SQL."""

from storage.database import Database
from storage.errors import BadUrl, DatabaseLocked, ForeignDatabase, NewerSchema, StorageError, WriteFailed
from storage.statements import SCHEMA_VERSION, TABLES

COLUMNS = {name: table.columns for name, table in TABLES.items()}
"""Column names of every table, in the order rows have them."""

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
