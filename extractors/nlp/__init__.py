"""Chinese free text: amounts, dates, awards, people, organisations as spans."""
