"""Writes marks, tests and configuration where the grader would read them.

base: solved
says: written: 0
"""

# %% before hypothesis
written = 0
for course in ("<course>", "<repository>"):
    for path in ("gradebook.db", "tests/lab1/test_cost.py", "tests/lab1/mallory.py", "tests/conftest.py", "mallory",
                 "source/lab1/lab1.ipynb", "release/lab1/lab1.ipynb", "submitted/anna/lab1/lab1.ipynb",
                 "course_config.py", "autograded/mallory", "course/sandbox/mallory.py", "course/sandbox/warm.py"):
        for mode in ("w", "a", "r+"):
            try:
                open(f"{course}/{path}", mode).write("84")
                written += 1
            except OSError:
                pass
print("written:", written)
