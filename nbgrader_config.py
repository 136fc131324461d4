# Makes plain `nbgrader …` commands release, grade and report as `course …` does, from any folder
# (`nbgrader autograde lab1 --course-dir=…`). Settings belong into course_config.py; what is here
# names the pieces that take nbgrader's place. Lists are assigned whole: nbgrader runs this file up
# to three times for one command, and what is appended would run three times.

import sys
from pathlib import Path

c = get_config()

ROOT = str(Path(__file__).resolve().parent)
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)
load_subconfig("course_config.py", ROOT)

# Release: nbgrader's own steps, and the badge's link before checksums are taken.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE"}
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "course.nbgrader_shell.FillColabLink",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Autograde: the judge takes the place of reading, repairing and executing a submission.
c.Autograde.exporter_class = "course.nbgrader_shell.GradingExporter"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]

# Records stay where they are: they may hold numbers of hidden checks, and nbgrader copies to
# feedback/ whatever else lies beside a graded notebook. (The others are nbgrader's defaults.)
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "record.json"]

# Feedback and formgrader: nothing that a student wrote may run in a reader's browser.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "markdown2html": "course.reports.sanitize.markdown",
    "clean_html": "course.reports.sanitize.clean",
    "highlight_code": "course.reports.sanitize.highlighted",
    "ansi2html": "course.reports.sanitize.ansi",
    "strip_files_prefix": "course.reports.sanitize.as_it_is",
}
