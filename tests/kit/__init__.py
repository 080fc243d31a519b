"""Helpers for tests: a desk at the simulator, scenario files, oracles."""
