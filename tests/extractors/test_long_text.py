"""A text far too long for any form costs little and holds up nobody."""

import time

from extractors.extract import MOST_BLOCKS, extract_forms
from parsers.document import Document, Line, Page, Paragraph, Run
from profiles.load import load_profile


def lines(count):
    blocks = tuple(Paragraph((Line((Run(f"第{number}行"),)),)) for number in range(count))
    return Document("word", "text/plain", (Page(None, blocks),), "test")


def read(count):
    document, profile = lines(count), load_profile()
    started = time.process_time()
    forms = extract_forms(document, message="m", file="正文.txt", profile=profile)
    return forms, time.process_time() - started


def test_a_text_of_too_many_lines_is_no_form_and_takes_no_time():
    forms, seconds = read(MOST_BLOCKS + 1)
    assert [form.form for form in forms] == ["other"]
    assert seconds < 1


def test_a_long_text_costs_in_proportion_to_its_length():
    _, short = read(500)
    _, long = read(5_000)
    assert long < 40 * max(short, 0.02)
