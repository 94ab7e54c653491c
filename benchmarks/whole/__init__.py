"""The whole job measured: `python -m benchmarks.whole --help`."""
