"""The `course` command: what is asked for, where the course lies, and how a run ends.

Exit codes: 0 everything graded; 1 something was not; 2 the input or the configuration is wrong
(one sentence on stderr); 129, 130 and 143 interrupted. Anything else is our own fault and shows its
traceback. What a command needs is imported when it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from course import surroundings
from course.errors import ConfigurationError
from course.lms_commands import collect, export
from course.options import course_dir as _course_dir
from course.options import settings_in as _settings

if TYPE_CHECKING:
    from course.autograde import Plan, Results
    from course.config import Settings

GUESSABLE = (
    "Everybody can read the secret from which the hidden checks draw their inputs: change "
    "c.Course.secret in course_config.py before you grade a real class, and keep it to yourself."
)
INTERRUPTED = "Interrupted: what was finished is stored; run the same command again for the rest."


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code."""
    surroundings.have_streams()
    surroundings.at_the_end(_terminated)
    try:
        with surroundings.explained():
            code = commands.main(arguments, prog_name="course", standalone_mode=False)
    except ConfigurationError as error:
        from course.reports.terminal import visible

        _fail(visible(str(error), 4_000), 2)  # it may name a file of a student's
    except click.ClickException as error:
        _fail(error.format_message(), 2)
    except (KeyboardInterrupt, click.Abort):
        _fail(INTERRUPTED, 130)
    sys.exit(code or 0)


def _fail(text: str, code: int) -> NoReturn:
    with suppress(OSError):  # nobody reads it: the terminal was closed, for instance
        click.echo(" ".join(text.split()), err=True)
    sys.exit(code)


def _terminated(number: int, _: Any) -> NoReturn:
    _fail(INTERRUPTED, 128 + number)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="course", message="%(package)s %(version)s")
@click.pass_context
def commands(context: click.Context) -> None:
    """Release labs, grade what students hand in, and write their feedback."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


commands.add_command(collect)
commands.add_command(export)


@commands.command()
@click.argument("lab")
@click.option("--check", is_flag=True, help="Write nothing; exit 2 if the release would change.")
@_course_dir
def release(lab: str, check: bool, course_dir: Path) -> None:
    """Generate release/LAB from source/LAB."""
    from course import release as releasing

    settings = _settings(course_dir)
    if check:
        releasing.refuse_stale(settings, lab)
    else:
        click.echo(releasing.release(settings, lab))


@commands.command()
@click.argument("lab")
@click.option(
    "--student", "students", multiple=True, metavar="ID", help="Only this one; repeatable."
)
@click.option("--processes", type=click.IntRange(1), help="How many grade at once.")
@click.option("--force", is_flag=True, help="Grade what is unchanged since it was graded, too.")
@click.option(
    "--cluster", default="", metavar="ADDRESS", help="Dask's scheduler, or its file: grade there."
)
@_course_dir
def autograde(
    lab: str, students: tuple[str, ...], processes: int | None, course_dir: Path, **how: Any
) -> int:
    """Grade what was handed in for LAB: marks, records and notebooks."""
    from course import batch

    if processes and how["cluster"]:
        raise click.UsageError("--processes is for this machine: leave it out with --cluster.")
    settings = _settings(course_dir, processes=processes)
    if not how["cluster"]:
        batch.prepare()  # beside what comes now
    from course.autograde import planned

    with planned(settings, lab, students, **how) as what:
        _warn_of_guessable_secret(settings)
        return 0 if _graded_aloud(what).complete else 1


def _warn_of_guessable_secret(settings: Settings) -> None:
    if settings.guessable_secret:
        click.echo(f"Warning: {GUESSABLE}", err=True)


def _graded_aloud(what: Plan, stories: Mapping[str, str] | None = None) -> Results:
    """Run a plan with progress on stderr, then say on stdout what came of it."""
    from rich.console import Console

    from course import interrupts
    from course.autograde import run
    from course.reports import terminal

    ticker = terminal.Ticker(Console(stderr=True), len(what.submissions))
    with interrupts.held() as heed, ticker.running():
        results = run(what, lambda record: ticker.tick(), heed)
    out = terminal.output()
    out.print(terminal.summary(results.records, stories))
    out.print(terminal.isolation_line(what.isolation.to_dict()))
    if results.unchanged:
        out.print(f"{results.unchanged} unchanged since they were graded; --force grades them too.")
    for sentence in results.refused:
        click.echo(terminal.visible(sentence), err=True)
    for student, fault in sorted(results.faults.items()):
        click.echo(
            f"\n{terminal.visible(student)} was not graded, through a fault of ours:", err=True
        )
        click.echo(terminal.visible_lines(fault), err=True)
    return results


@commands.command()
@click.argument("lab")
@_course_dir
def feedback(lab: str, course_dir: Path) -> int:
    """Write feedback/STUDENT/LAB/LAB.html for everybody who handed in."""
    return _feedback_aloud(_settings(course_dir), lab)


def _feedback_aloud(settings: Settings, lab: str) -> int:
    """Write everybody's page with progress on stderr, and say where they lie."""
    from rich.console import Console

    from course import feedback
    from course.reports import terminal

    everybody = feedback.students(settings, lab)
    ticker = terminal.Ticker(Console(stderr=True), len(everybody), "written")
    with ticker.running():
        written = feedback.write(settings, lab, ticker.tick)
    for student, problem in written.problems.items():
        click.echo(
            f"The page of {terminal.visible(student)} has no marks: "
            f"{terminal.visible_lines(problem)}",
            err=True,
        )
    for what in written.lacking.values():
        click.echo(f"Could not be put beside a page: {terminal.visible(what)}", err=True)
    place = settings.folder("feedback")
    click.echo(f"{len(written.pages)} pages: {place}/<student>/{lab}/{lab}.html")
    return 1 if written.problems or written.lacking else 0


@commands.command()
@click.argument("what", metavar="PATH|STUDENT")
@click.argument("lab", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="Print the record as it is stored.")
@_course_dir
def inspect(what: str, lab: str, as_json: bool, course_dir: Path) -> None:
    """Show what is recorded of one submission, hidden numbers included.

    Name a record, a student's folder, or a student and a LAB.
    """
    from course.reports import inspection, records, terminal

    if lab:
        record = records.of_student(_settings(course_dir).folder("autograded"), what, lab)
    else:
        record = records.read(inspection.find(Path(what)))
    if as_json:
        click.echo(terminal.visible_json(record.to_json()), nl=False)
        return
    for part in inspection.show(record):
        terminal.output().print(part)


@commands.command()
@click.argument("lab")
@_course_dir
def report(lab: str, course_dir: Path) -> int:
    """Write reports/LAB.html: what the class can do, believes and still waits for."""
    from course.reports.cohort.command import report as write

    return write(_settings(course_dir), lab)


@commands.command()
@click.argument("lab")
@_course_dir
def review(lab: str, course_dir: Path) -> None:
    """Serve formgrader for LAB on this machine, with rubrics, until Ctrl-C."""
    from course.review import review as serve

    serve(_settings(course_dir), lab)


@commands.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    help="The folder that becomes a course of its own (demo).",
)
@_course_dir
def demo(into: Path, course_dir: Path) -> int:
    """Grade a sample class in a course of its own, and compare with the marks stated for it."""
    from course import demo as demonstration

    settings = _settings(course_dir)
    labs = demonstration.labs_with_a_class(settings)
    made = demonstration.make_course(settings, into)
    return max(_demonstrate(made, lab) for lab in labs)


def _demonstrate(settings: Settings, lab: str) -> int:
    """Release, hand in, grade and give feedback for one lab; 1 when a mark is not as stated."""
    from course.autograde import planned
    from course.demo import write_class
    from course.reports.cohort.command import report as write_class_page
    from course.sample import differences

    samples = write_class(settings, lab)
    click.echo(f"{lab}: released, and {len(samples)} notebooks handed in, in {settings.root}\n")
    stories = {student: sample.story for student, sample in samples.items()}
    with planned(settings, lab) as what:
        results = _graded_aloud(what, stories)
    wrong = [
        line for record in results.records for line in differences(record, samples[record.student])
    ]
    for line in wrong:
        click.echo(line, err=True)
    if not wrong:
        click.echo(f"Every one of the {len(samples)} got exactly the marks stated for it.\n")
    code = max(_feedback_aloud(settings, lab), write_class_page(settings, lab))
    own = shlex.quote(str(Path(sys.executable).with_name("course")))
    start = f"{own} review {lab} --course-dir {shlex.quote(str(settings.root))}"
    click.echo(f"Written answers are marked in formgrader: {start}")
    return max(code, int(bool(wrong) or not results.complete))


@commands.command()
@click.argument("lab")
@click.option(
    "--seeds", type=click.IntRange(0), default=0, metavar="N", help="Try N other secrets, too."
)
@click.option("--picture", type=click.Path(path_type=Path), help="Draw the matrix into this PNG.")
@click.option("--marks", type=click.Path(path_type=Path), help="Write what mistakes keep here.")
@click.option("--processes", type=click.IntRange(1), help="How many programs are tried at once.")
@_course_dir
def gate(lab: str, seeds: int, course_dir: Path, **what: Any) -> int:
    """Hold LAB's checks to right programs, known mistakes and mutants; exit 1 if it is shut."""
    from course.gate.command import gate as hold

    return hold(_settings(course_dir), lab, seeds=seeds, **what)


@commands.command()
@_course_dir
def doctor(course_dir: Path) -> None:
    """Show which isolation this machine proves, and what to install for more."""
    from course.reports import terminal
    from course.sandbox.tiers import choose

    settings = _settings(course_dir)
    _warn_of_guessable_secret(settings)
    secrets = [settings.folder("source"), settings.root / "tests"]
    isolation = choose(settings.isolation, [path for path in secrets if path.exists()])
    for line in terminal.proof(isolation.to_dict()):
        terminal.output().print(line)
