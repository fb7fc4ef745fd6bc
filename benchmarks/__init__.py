"""Benchmarks. Each runs as ``python -m benchmarks.bench_<subject>``: a table, then one line of JSON."""
