"""The road's cost beside two peers, in one run: `python -m tests.bench`. Figures are ratios; nothing here asserts a time."""
