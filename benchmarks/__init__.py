"""Benchmarks: measured beside others in one run, never asserted. See README.md."""
