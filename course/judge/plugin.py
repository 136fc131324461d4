"""pytest's side of the judge."""
