"""From what an LMS exports to `submitted/`: recognised, told in advance, and never dropped."""
