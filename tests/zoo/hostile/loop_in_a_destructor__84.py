"""A destructor that never ends; what is raised in there is only printed.

base: solved
tier: any
says: was stopped at its limit (cell_cpu)
"""

# %% before hypothesis
class Undying:
    def __del__(self):
        while True:
            pass


undying = Undying()
del undying
