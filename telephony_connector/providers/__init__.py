"""The telephone systems that the addon can talk to: one strategy class a file."""

from .registry import get_provider_class, provider_selection, register_provider

__all__ = ["get_provider_class", "provider_selection", "register_provider"]
