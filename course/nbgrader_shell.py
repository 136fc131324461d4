"""What plain `nbgrader …` commands run in this course (`nbgrader_config.py` names it).

nbgrader converts a submission in two passes: it reads and repairs the student's file, then it
executes the notebook and stores its marks. It asks an exporter to read the file, and which one is
configuration; so the first pass hands the student's bytes to the judge and takes the graded
notebook, and the second leaves nothing to do but nbgrader's own storing of marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from fnmatch import fnmatch
from glob import glob
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors.base import NbGraderPreprocessor

from course import store
from course.config import Course, Settings, load_settings
from course.errors import ConfigurationError
from course.gradebook import Gradebook
from course.grading import Grader
from course.lab import Lab
from course.reports.notebook import render
from course.submitted import Submission

COLAB_MARK = "COLAB_URL"


class FillColabLink(NbGraderPreprocessor):
    """Puts the course's link in place of the mark in the badge "Open in Colab"."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Fill in the link, wherever in a text cell the mark stands."""
        lab_name = resources["nbgrader"]["assignment"]
        url = Course(config=self.config).colab_url.replace("{lab}", lab_name)
        for cell in nb.cells:
            if cell.cell_type == "markdown":
                cell.source = cell.source.replace(COLAB_MARK, url)
        return nb, resources


class GradingExporter(NotebookExporter):
    """Gives nbgrader's autograde the notebook as the judge has graded it."""

    def __init__(self, config: Any = None, **kwargs: Any) -> None:
        super().__init__(config=config, **kwargs)  # type: ignore[no-untyped-call]
        if isinstance(self.parent, Autograde):
            with _told_by_nbgrader(self.parent):
                self._bench = _Bench(self.parent)

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[Any, Any]:
        """Grade what lies beside `filename`, or (in the second pass) have its marks stored."""
        converter: Any = self.parent
        if converter._sanitizing:
            student = resources["nbgrader"]["student"]
            notebook = self._bench.grade(student, Path(filename).parent)
            return notebook, {**resources, "output_extension": self.file_extension}
        _, resources = super().from_filename(filename, resources, **kw)
        return Path(filename).read_text(encoding="utf-8"), resources


@contextmanager
def _told_by_nbgrader(converter: Any) -> Iterator[None]:
    """Our sentence in nbgrader's log, and then the error that nbgrader ends a command with."""
    try:
        yield
    except ConfigurationError as error:
        converter.log.error(str(error))
        raise NbGraderException(str(error)) from None


class _Bench:
    """One run of nbgrader's autograde: its settings, its lab, and one grader for all of it."""

    def __init__(self, converter: Any) -> None:
        self.settings = settings_of(converter.coursedir)
        self.lab = Lab.load(self.settings, converter.coursedir.assignment_id)
        self._stack = ExitStack()
        self._held = ExitStack()  # the lab's folders, which no other run may write meanwhile
        self._held.enter_context(store.opened(self.settings.folder("autograded"), self.lab.name))
        self._grader: Grader | None = None
        self._take_over(converter)

    def _take_over(self, converter: Any) -> None:
        """Make nbgrader meet every submission of the lab, and end the grader with the run."""
        with Gradebook(self.settings) as gradebook:
            gradebook.register(self.lab)
        if fnmatch(self.lab.name, converter.coursedir.notebook_id):
            place = converter._format_source(self.lab.name, converter.coursedir.student_id)
            # whatever a student called the file, and also if there is none: a stated zero
            converter.assignments = {
                folder: [str(Path(folder, f"{self.lab.name}.ipynb"))]
                for folder in glob(place)  # noqa: PTH207  (the pattern may start with a slash)
                if Path(folder).is_dir()
            }
        converter.pre_convert_hook = self._then(converter.pre_convert_hook)
        converter.init_assignment = _without_links(converter, converter.init_assignment)
        convert = converter.convert_notebooks

        def convert_and_close() -> None:
            with self._held, self._stack, _told_by_nbgrader(converter):
                convert()

        converter.convert_notebooks = convert_and_close

    def _then(self, hook: Callable[..., None] | None) -> Callable[..., None]:
        """Before anything else happens to a submission, its marks of an earlier grading go."""

        def forget_marks(notebooks: list[str], **others: Any) -> None:
            student = Path(notebooks[0]).parent.parent.name
            with Gradebook(self.settings) as gradebook:
                gradebook.reset(student, self.lab.name)
            if hook is not None:
                hook(notebooks=notebooks, **others)

        return forget_marks

    def grade(self, student: str, folder: Path) -> str:
        """Grade one student's folder, write the record, and return the graded notebook."""
        handed_in = Submission(student, self.lab.name, folder).read()
        if handed_in.unread:
            raise ConfigurationError(handed_in.unread)
        try:
            if self._grader is None:
                self._grader = self._stack.enter_context(Grader(self.settings, self.lab))
            graded = self._grader.grade(
                student,
                handed_in.data,
                file_name=handed_in.file_name,
                problem=handed_in.problem,
                note=handed_in.note,
            )
        except Exception:
            self._grader = None  # whatever state it is in; the next submission gets a fresh one
            self._stack.close()
            raise
        place = self.settings.folder("autograded") / student / self.lab.name
        place.mkdir(parents=True, exist_ok=True)
        (place / store.RECORD_NAME).write_text(graded.record.to_json(), encoding="utf-8")
        return render(graded, self.settings)


def _without_links(
    converter: Any, initialise: Callable[[str, str], None]
) -> Callable[[str, str], None]:
    """Before nbgrader copies what lies beside a notebook, which students get back, refuse links.

    It would copy what they lead to: any file of the instructor's.
    """

    def look_first(assignment_id: str, student_id: str) -> None:
        for each in sorted(Path(converter._format_source(assignment_id, student_id)).rglob("*")):
            if each.is_symlink() or not (each.is_file() or each.is_dir()):
                sentence = f"{each} is a link, or no ordinary file: move it away, then run again."
                converter.log.error(sentence)
                raise NbGraderException(sentence)
        initialise(assignment_id, student_id)

    return look_first


def settings_of(coursedir: Any) -> Settings:
    """The course's settings, with what was said on nbgrader's command line."""
    settings = load_settings(Path(coursedir.root))
    folders = {step: getattr(coursedir, f"{step}_directory") for step in settings.folders}
    return settings.override(
        folders=folders, db_url=coursedir.db_url, course_id=coursedir.course_id
    )
