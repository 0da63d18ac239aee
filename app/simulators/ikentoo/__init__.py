"""A simulator of the iKentoo Order and Payment API: `create_app(default_config())` is an ASGI application."""

from app.simulators.ikentoo.app import create_app
from app.simulators.ikentoo.config import IkentooConfig
from app.simulators.ikentoo.restaurant import default_config

__all__ = ["IkentooConfig", "create_app", "default_config"]
