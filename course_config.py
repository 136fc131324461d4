# What an instructor edits. Plain `nbgrader …` commands and `course …` both read this file.
#
# A setting that stands here as a comment shows its default; take the "# " away to change it.
# A misspelt name or an impossible value is refused with a sentence before anything is graded.

c = get_config()

# --- The course and its gradebook ----------------------------------------------------------------

# The course's name in the gradebook.
c.CourseDirectory.course_id = "linear-regression"

# Where marks are kept, as SQLAlchemy writes it: SQLite beside this file, or a server's database,
# which you want as soon as several people grade at the same time (docs/nbgrader.md).
# c.CourseDirectory.db_url = "sqlite:///gradebook.db"
# c.CourseDirectory.db_url = "postgresql+psycopg://grader:password@db.example.org/course"

# --- The labs ------------------------------------------------------------------------------------

# When each lab is due. The time zone is not optional: whose midnight it is, is what students argue
# about. "UTC", an offset like "+0100", or a place like "Europe/Berlin". Without a date nothing is
# late; with one, a submission is late when its timestamp.txt is later.
c.Course.due = {
    "lab1": "2027-02-01 23:59 UTC",
}

# What a late submission loses: "none", or "zero" (all of it). For anything between the two, name a
# class of your own (docs/nbgrader.md has one that takes a tenth for each day).
c.LateSubmissionPlugin.penalty_method = "none"
# c.AssignLatePenalties.plugin_class = "late.TenthADay"

# Where the badge "Open in Colab" on top of a lab leads; {lab} is filled in. Put the place of your
# own copy of this repository here, then run `course release lab1`.
# c.Course.colab_url = "https://colab.research.google.com/github/OWNER/REPOSITORY/blob/main/release/{lab}/{lab}.ipynb"
c.Course.colab_url = "https://colab.research.google.com/"

# --- Collecting and handing marks on -------------------------------------------------------------

# The class list: a CSV file as your LMS exports it, or one of your own (docs/collecting.md). It
# says who is meant by an LMS's names and numbers; its path starts in this folder.
# c.Course.roster = ""
# The zone in which your LMS shows and exports times, like "Europe/Berlin". Times that come without
# a zone are refused as long as this is empty.
# c.Course.timezone = ""

# --- Grading -------------------------------------------------------------------------------------

# From this word the hidden checks draw the inputs that they try. Change it once, before the first
# lab is graded, and keep it to yourself: who knows it can work out what is asked.
c.Course.secret = "demo"

# How much of a failed check students may see:
#   "nothing"         the check's title and its verdict
#   "message"         and one sentence about what is wrong
#   "counterexample"  and what was called, what should have come and what came
c.Course.reveal = "message"

# Whether an exercise that lost points below another one is judged once more with the lab's own
# solution of that one lent, so that a mistake costs points only where it was made. False lends
# nothing: then no process that runs a student's code ever holds a solution.
# c.Course.lend = True

# What notebooks may import beside Python's library, NumPy and Matplotlib, like ["pandas"], if it is
# installed here. It is imported before a submission starts, which cannot load compiled modules.
# c.Course.packages = []

# The weakest isolation that will do. "auto" takes the strongest that proves itself on this machine
# (`course doctor` shows the proof); "bwrap" or "landlock" (or macOS's "seatbelt", untried and so
# far refused) refuses to grade with anything else; "none" runs students' code with your rights and
# is for trying things out.
c.Course.isolation = "auto"

# How many submissions are graded at the same time; 0 means one for each core.
c.Course.processes = 0

# --- Reviewing -----------------------------------------------------------------------------------

# The port at which `course review` serves formgrader, on this machine alone. The links of class
# pages lead there.
# c.Course.review_port = 8901

# --- What one submission may use -----------------------------------------------------------------
# CPU time decides, so that a busy machine gives the same marks. The wall clock is a backstop for
# code that only waits.

# CPU seconds for one cell (the cell ends, the submission goes on), for one call that a check makes
# (that check fails, the others go on), and for all cells together (all checks have as much again).
c.Limits.cell_cpu = 5.0
c.Limits.call_cpu = 2.0
c.Limits.submission_cpu = 30.0
# CPU seconds that code may go on after it was told to stop; then its process is killed.
# c.Limits.grace_cpu = 1.0
# Wall seconds allowed for each CPU second, and allowed at least.
# c.Limits.wall_factor = 6.0
# c.Limits.wall_least = 10.0

# Bytes of address space; NumPy, Matplotlib and IPython take about 0.4 GiB of it.
c.Limits.memory_bytes = 2 * 1024**3
# Threads of a submission's process, and open files.
# c.Limits.processes = 64
# c.Limits.open_files = 64
# Bytes of any one file that a submission writes, of all of them, and how many there may be.
# c.Limits.file_bytes = 16 * 1024**2
# c.Limits.folder_bytes = 64 * 1024**2
# c.Limits.folder_files = 5000

# Bytes of text that are kept of one cell, and of a whole submission; separate outputs of one cell,
# and of a whole submission; and characters of an error.
# c.Limits.output_bytes = 256 * 1024
# c.Limits.submission_output_bytes = 2 * 1024**2
# c.Limits.outputs = 500
# c.Limits.submission_outputs = 2000
# c.Limits.error_chars = 4000
# Figures drawn for one submission (0 draws none and saves most of the time), bytes of each.
# c.Limits.figures = 40
# c.Limits.figure_bytes = 1024**2
# c.Limits.submission_figure_bytes = 8 * 1024**2
# Bytes of the arrays in one answer to a check.
# c.Limits.frame_bytes = 64 * 1024**2
