"""A simulation of MightyCall's server, which no test can reach."""

from .emulator import Emulator

__all__ = ["Emulator"]
