"""`course review LAB`: formgrader for a course, on this machine alone, for as long as it is wanted.

Formgrader is an extension of a Jupyter server. This starts one with that extension and no other,
with no settings of the user's, at the address that class pages lead to; it ends with Ctrl-C and
leaves nothing running. TAs see each written answer's rubric under the answer: it is added while
formgrader shows the notebook, so that it stands in no file a student could get.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, chdir, contextmanager
from typing import Any
from urllib.parse import quote

import click
from jinja2 import pass_context
from jinja2.runtime import Context
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

from course import surroundings
from course.config import Settings
from course.errors import ConfigurationError
from course.lab import Lab
from course.reports import sanitize
from course.reports.cohort.links import HOST, Links
from course.reports.cohort.reading import graded_students
from course.sandbox import sweep

EXTENSION = "nbgrader.server_extensions.formgrader"
ENDED = "Formgrader has ended. `course feedback {lab}` writes marks and comments into the pages."


def review(settings: Settings, lab_name: str) -> None:
    """Serve formgrader until it is interrupted; ConfigurationError when it cannot be."""
    lab = Lab.load(settings, lab_name)
    submissions = len(graded_students(settings, lab_name))
    _refuse_taken(settings)
    token = secrets.token_urlsafe(24)
    with _surroundings(settings, token):
        server = _server(settings)
        _show_rubrics(server, lab)
        address = f"{Links(settings, lab_name).answers()}?token={quote(token)}"
        said = f"Formgrader for {submissions} submissions of {lab_name}; Ctrl-C ends it:"
        server.io_loop.add_callback(click.echo, f"{said}\n\n    {address}\n")  # once it listens
        # Jupyter would ask whether it is meant, or not listen at all where there is no terminal
        signal.signal(signal.SIGINT, lambda *_: server.stop(from_signal=True))
        surroundings.at_the_end(lambda *_: server.stop(from_signal=True))
        server.start()
    click.echo(ENDED.format(lab=lab_name))


def _refuse_taken(settings: Settings) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, settings.review_port))
        except OSError as error:
            raise ConfigurationError(
                f"Formgrader cannot have port {settings.review_port} ({error.strerror}): end what "
                "uses it, or set another c.Course.review_port and run `course report` again."
            ) from None


@contextmanager
def _surroundings(settings: Settings, token: str) -> Iterator[None]:
    """The course's folder, where nbgrader looks for its settings, and nobody's own settings.

    The token is handed over in the environment, since everybody can read a command line.
    """
    with ExitStack() as stack:
        own = str(stack.enter_context(sweep.made("course-review-")))  # the token is in it
        stack.enter_context(chdir(settings.root))
        stack.callback(setattr, tempfile, "tempdir", tempfile.tempdir)
        tempfile.tempdir = own  # Jupyter makes an empty folder of settings, and leaves it
        stack.callback(_restore, dict(os.environ))
        os.environ.update(JUPYTER_NO_CONFIG="1", JUPYTER_RUNTIME_DIR=own, JUPYTER_TOKEN=token)
        yield


def _restore(before: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(before)


def _server(settings: Settings) -> ServerApp:
    """A Jupyter server with formgrader, ready to start."""
    config = Config()
    config.ServerApp.update(
        {
            "ip": HOST,
            "port": settings.review_port,
            "port_retries": 0,
            "root_dir": str(settings.root),
            "jpserver_extensions": {EXTENSION: True},
            "open_browser": False,
            "allow_root": True,  # what it may do, whoever started it may do anyway
            "terminals_enabled": False,
            "log_level": "ERROR",
        }
    )
    config.FormgradeExtension.debug = False  # it would show the course's secret
    # formgrader would have its cookie sent to the page alone on which one came in
    config.IdentityProvider.cookie_options = {"path": "/"}
    server = ServerApp(config=config)
    server.initialize(argv=[])
    if "nbgrader_exporter" not in server.web_app.settings:
        raise ConfigurationError(
            "Formgrader did not start: run `pip check`, nbgrader and jupyter-server do not fit."
        )
    return server


def _show_rubrics(server: ServerApp, lab: Lab) -> None:
    """Let formgrader's pages show each written answer's rubric under the answer."""
    rubrics = {cell.grade_id: cell.solution for cell in lab.graded if cell.kind == "written"}
    exporter = server.web_app.settings["nbgrader_exporter"]
    exporter.register_filter("markdown2html", with_rubrics(lab.name, rubrics))


def with_rubrics(lab_name: str, rubrics: Mapping[str, str]) -> Callable[[Context, str], str]:
    """The filter that makes HTML of a markdown cell, and adds the cell's rubric if it has one."""

    @pass_context
    def markdown(context: Context, source: str) -> str:
        shown = sanitize.markdown(context, source)
        cell: Mapping[str, Any] = context.get("cell") or {}
        labels = cell.get("metadata", {}).get("nbgrader", {})
        name = str(labels.get("grade_id", "")) if labels.get("grade") else ""
        if name not in rubrics or context.get("resources", {}).get("assignment_id") != lab_name:
            return shown
        rubric = sanitize.markdown_text(rubrics[name])
        return f"{shown}<details><summary>Model answer and rubric</summary>{rubric}</details>"

    return markdown
