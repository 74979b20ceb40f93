"""The kinds of telephone systems: one strategy class a file."""
