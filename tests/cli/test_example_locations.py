"""The example file: what stands in its comments works, too."""

import re
from pathlib import Path

from app.adapters.ikentoo.settings import IkentooSettings
from app.cli.locations_file import read_locations
from app.cli.simulate import OAUTH

EXAMPLE = Path(__file__).parents[2] / "docs" / "locations.example.toml"


def test_its_oauth_is_what_the_simulator_takes(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    settings = re.compile(r"^# (\[.+\]|\w+ = .+)$", re.MULTILINE)
    with_oauth = tmp_path / "locations.toml"
    with_oauth.write_text(settings.sub(r"\1", text), "utf-8")
    pos = IkentooSettings.model_validate(read_locations(with_oauth, {})["geneva-1"]["pos"])
    assert pos.auth is not None
    assert pos.auth.client_id is not None
    assert pos.auth.client_secret is not None
    assert pos.auth.refresh_token is not None
    assert OAUTH.clients == {pos.auth.client_id: pos.auth.client_secret.get_secret_value()}
    assert pos.auth.refresh_token.get_secret_value() == OAUTH.refresh_token
