"""A directory for PYTHONPATH: what the Python processes read that a strategy starts, see ``sitecustomize``."""
