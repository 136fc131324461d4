"""The class pages: what the records of a lab say about a class, for instructors and TAs."""
