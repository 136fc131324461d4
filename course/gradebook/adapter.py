"""The one door to nbgrader: its configuration, its database, and its errors as sentences.

Importing nbgrader costs seconds, because it loads its server's extensions at once. Everything here
therefore imports it when it is first needed, and no more of it than that.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from course.config import Settings
from course.errors import ConfigurationError

CONFIG_NAME = "nbgrader_config.py"

# what a database says, and what to do about it
_REMEDIES = {
    "readonly": "give yourself the right to write it and its folder",
    "read-only": "give yourself the right to write it and its folder",
    "locked": "close what else is writing to it, then run again",
    "full": "make room on its disk, then run again",
    "no such column": "back it up, then run `nbgrader db upgrade`",
    "no such table": "back it up, then run `nbgrader db upgrade`",
    "fatal: database": "create that database first; its tables are made by the course",
    "does not exist": "back it up, then run `nbgrader db upgrade`",
    "terminating connection": "run again once its server is back",
    "server closed the connection": "run again once its server is back",
    "connection refused": "start its server, or mend c.CourseDirectory.db_url",
    "not a database": "move that file away, or name another in c.CourseDirectory.db_url",
    "no module named": "install that driver",
}
_OTHERWISE = "look at c.CourseDirectory.db_url in course_config.py"


def load_config(settings: Settings) -> Config:
    """What plain `nbgrader …` reads in this course, the instructor's own sections included."""
    path = settings.root / CONFIG_NAME
    if not path.is_file():
        raise ConfigurationError(
            f"No {CONFIG_NAME} in {settings.root}: take the one that comes with the course."
        )
    try:
        return PyFileConfigLoader(CONFIG_NAME, path=str(settings.root)).load_config()
    except Exception as error:  # whatever an instructor's file may raise
        raise ConfigurationError(
            f"{path} cannot be read ({type(error).__name__}: {error}): mend that line."
        ) from None


SECONDS_TO_CREATE = 60.0  # for others who find no gradebook, and make it
SECONDS_BETWEEN = 0.05

_LOCK = 0x6772616465  # any number, as long as all runs take the same

_OF_A_GRADEBOOK = ("-journal", "-wal", "-shm")

_IRI = "rfc3987_syntax"  # lets jsonschema check IRIs


def nbgrader_api() -> Any:
    """Return nbgrader's models of its tables; its author gave them no types."""
    return _imported("nbgrader.api")


def nbgrader_utils() -> Any:
    """Return what nbgrader asks about a cell: its checksum, its role."""
    return _imported("nbgrader.utils")


def nbgrader_preprocessors() -> Any:
    """Return what an instructor's plugins are asked through, such as the one for late penalties."""
    return _imported("nbgrader.preprocessors")


def _imported(name: str) -> Any:
    """Import a part of nbgrader without its server, and without what checks IRIs.

    The server's extensions stand in the package's `__init__`. jsonschema takes what checks IRIs
    when it is there: a second goes into its grammar, and notebooks have none.
    """
    if "nbgrader" not in sys.modules:
        sys.modules["nbgrader"] = _bare_package("nbgrader")
    if name in sys.modules or "jsonschema" in sys.modules or _IRI in sys.modules:
        return import_module(name)
    sys.modules[_IRI] = None  # type: ignore[assignment]
    try:
        return import_module(name)
    finally:
        if sys.modules.get(_IRI) is None:
            sys.modules.pop(_IRI, None)


def _bare_package(name: str) -> ModuleType:
    """A package whose `__init__` runs when somebody asks for what only it can give."""
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    package, loader = module_from_spec(spec), spec.loader

    def missing(attribute: str) -> Any:
        if find_spec(f"{name}.{attribute}"):  # a part that is not imported yet
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}")
        if vars(package).pop("__getattr__", None):
            loader.exec_module(package)
        return getattr(package, attribute)

    vars(package)["__getattr__"] = missing
    return package


def cell_node(cell: Mapping[str, Any]) -> Any:
    """Return what nbgrader looks at of a cell (not its outputs), as nbgrader takes it."""
    from nbformat import from_dict

    make: Any = from_dict
    labels = {"nbgrader": cell["metadata"].get("nbgrader", {})}
    source = "".join(cell["source"])
    return make({"cell_type": cell["cell_type"], "source": source, "metadata": labels})


def open_database(settings: Settings) -> Any:
    """Open nbgrader's gradebook, its tables made if there are none; the caller closes it."""
    with explained(settings), _version_from_library(), alone(settings):
        if file := missing_file(settings):
            _create(file, settings.course_id)
        return _opened(database_url(settings), settings.course_id)


def _opened(url: str, course_id: str) -> Any:
    """A gradebook of nbgrader's; what the database refuses is raised as that, no entry."""
    api = nbgrader_api()
    try:
        return api.Gradebook(url, course_id)
    except api.InvalidEntry as error:
        raise error.__context__ or error from None


def database_url(settings: Settings) -> str:
    """The gradebook's URL; a SQLite file is looked for in the course, wherever one stands."""
    from sqlalchemy import make_url

    with explained(settings):
        url = make_url(settings.db_url)
        file = sqlite_file(settings)
        if file is not None:
            url = url.set(database=str(file))
        return url.render_as_string(hide_password=False)


def sqlite_file(settings: Settings) -> Path | None:
    """The file that holds the gradebook, if it is one."""
    from sqlalchemy import make_url

    url = make_url(settings.db_url)
    named = url.database if url.get_backend_name() == "sqlite" else None
    if not named or named == ":memory:" or named.startswith("file:"):
        return None
    return settings.root / named


def missing_file(settings: Settings) -> Path | None:
    """The file that is to hold the gradebook, if nothing lies there yet.

    A link that leads nowhere does: to a gradebook that is elsewhere, and not mounted at the moment.
    """
    file = sqlite_file(settings)
    return file if file is not None and not os.path.lexists(file) else None


def _create(file: Path, course_id: str) -> None:
    """Make a gradebook and then put it into place: whoever is killed leaves none or a whole one.

    Of several who find none at the same time one makes it, and the others wait.
    """
    new = file.with_name(f".{file.name}.new")
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        _lock(folder)
        if not os.path.lexists(file):
            new.unlink(missing_ok=True)
            _opened(f"sqlite:///{new}", course_id).close()
            for rest in _OF_A_GRADEBOOK:  # of one that is gone: SQLite would undo its writes here
                file.with_name(f"{file.name}{rest}").unlink(missing_ok=True)
            new.rename(file)
    finally:
        os.close(folder)  # and with it the lock


def _lock(folder: int) -> None:
    """Lock a folder, which anybody may do who can read it: TimeoutError if it is held for long."""
    end = time.monotonic() + SECONDS_TO_CREATE
    while True:
        try:
            return fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise TimeoutError("its folder is locked by another process") from None
            time.sleep(SECONDS_BETWEEN)


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Keep other runs from making the same rows or tables: they wait until this block ends.

    On a PostgreSQL server only; in a folder, SQLite's file and the store of graded submissions have
    locks of their own.
    """
    from sqlalchemy import NullPool, create_engine, text

    url = database_url(settings)
    if not url.startswith("postgresql"):
        yield
        return
    with explained(settings), create_engine(url, poolclass=NullPool).connect() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
        yield  # the lock goes with the connection


@contextmanager
def _version_from_library() -> Iterator[None]:
    """Let nbgrader ask alembic's library for its schema's version instead of alembic's program.

    The program is not found in a virtual environment that is called by its path alone.
    """
    from alembic.config import Config as AlembicConfig
    from alembic.script import ScriptDirectory

    def version() -> str:
        config = AlembicConfig()
        config.set_main_option("script_location", folder)
        return str(ScriptDirectory.from_config(config).get_current_head())

    api = nbgrader_api()
    folder = _imported("nbgrader.dbutil").ALEMBIC_DIR
    asked, api.get_alembic_version = api.get_alembic_version, version
    try:
        yield
    finally:
        api.get_alembic_version = asked


@contextmanager
def explained(settings: Settings) -> Iterator[None]:
    """Whatever the database refuses, as one sentence: which database, why, and what to do."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        raise _unusable(settings, reason) from None
    except (ModuleNotFoundError, OSError) as error:
        raise _unusable(settings, error) from None


def _unusable(settings: Settings, reason: Any) -> ConfigurationError:
    said = " ".join((str(reason).strip() or type(reason).__name__).splitlines()[0].split())
    remedy = next((do for word, do in _REMEDIES.items() if word in said.lower()), _OTHERWISE)
    return ConfigurationError(
        f"The gradebook {_shown(settings)} cannot be used ({said.rstrip('.')}): {remedy}."
    )


def _shown(settings: Settings) -> str:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(settings.db_url).render_as_string(hide_password=True)
    except ArgumentError:
        return repr(settings.db_url)
