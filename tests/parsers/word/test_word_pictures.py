"""A Word file of pictures alone is a scan."""

import io

import numpy
import pytest
from PIL import Image

from parsers.limits import ReadLimits
from parsers.reading import read_document
from tests.parsers.word.files import docx, para, saved


def picture(width: int, height: int, grey: int = 200) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), (grey, grey, grey)).save(target, "PNG")
    return target.getvalue()


def shown(*numbers: int) -> str:
    return "".join(para(f'<w:r><w:drawing><a:blip r:embed="rId{n}"/></w:drawing></w:r>') for n in numbers)


def read(body: str, folder, *pictures: bytes):
    return read_document(saved(docx(body, *(("image", "image/png", p) for p in pictures)), folder), "x", folder, ReadLimits())


def test_pictures_of_pages_become_pages_in_the_order_they_are_shown(tmp_path):
    document = read(para("盖章扫描件") + shown(2, 1), tmp_path, picture(700, 900, 10), picture(900, 700, 99))
    assert document.medium == "scan"
    assert [(p.number, p.width, p.height) for p in document.pages] == [(1, 900, 700), (2, 700, 900)]
    assert [int(numpy.load(tmp_path / p.pixels)[0, 0, 0]) for p in document.pages] == [99, 10]
    assert document.notes == ("文件里只有图片，按扫描件识别。",)


@pytest.mark.parametrize(
    ("body", "pictures"),
    [
        (para("推荐材料" * 10) + shown(1), [picture(700, 900)]),
        (para("签名") + shown(1), [picture(200, 100)]),
        (para("图") + shown(1), [b"no picture"]),
        (para("空表") + shown(7), []),
    ],
)
def test_text_with_a_picture_stays_text(body, pictures, tmp_path):
    document = read(body, tmp_path, *pictures)
    assert document.medium == "word"
    assert document.pages[0].number is None
    assert [p.name for p in tmp_path.iterdir()] == ["文件"]
