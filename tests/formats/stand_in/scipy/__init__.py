"""Stands in for scipy under Google Benchmark's compare.py: Debian's python3-scipy cannot be
installed beside libboost1.81-dev."""
