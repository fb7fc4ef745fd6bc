"""Values as lists of prompts, by the grammar of each language: numbers, money, dates, times."""
