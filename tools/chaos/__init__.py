"""Breaks the parts of a running stack on purpose, in the middle of calls, and measures
what becomes of the connections and of the calls.

    make chaos                                       every mode, every scenario
    make chaos ARGS="--mode prefork"                 one mode
    make chaos ARGS="--only ami_half_open"           one scenario

Not a part of the tests: it takes minutes, and what it measures are durations.
"""
