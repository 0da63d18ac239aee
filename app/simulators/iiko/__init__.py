"""A simulator of Iiko's legacy API (`/api/0`), as strict as the Iiko integration tips and field reports say.

Shares no code with the adapters. `create_app(default_config())` is a restaurant; its ids are in `ids`.
"""

from app.simulators.iiko.config import IikoConfig, Stages, default_config
from app.simulators.iiko.policy import Policy
from app.simulators.iiko.server import create_app

__all__ = ["IikoConfig", "Policy", "Stages", "create_app", "default_config"]
