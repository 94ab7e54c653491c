from random import Random

import numpy as np
import pytest
from PIL import Image
from pydantic import TypeAdapter

from fixtures.ink import BLACK, BLUE, RED, lay, seal, signature
from parsers.document import Page, Table
from parsers.scan.page import read_page
from tests.parsers.scan.drawing import Sheet

VIOLET = (110, 40, 140)


def form() -> Sheet:
    sheet = Sheet()
    sheet.text(500, 200, "项目第一完成人基本情况", size=44)
    sheet.grid((200, 480, 900, 1150, 1450), (320, 400, 480, 560))
    for x, y, words in (
        (220, 340, "身份证号"),
        (500, 340, "32118119850910487X"),
        (920, 340, "手机号码"),
        (1170, 340, "13905291187"),
        (220, 420, "工作单位"),
        (500, 420, "丹阳市云阳精密工具厂"),
        (920, 420, "性别"),
        (1280, 420, "男"),
        (220, 500, "已转让企业"),
        (680, 500, "0"),
        (920, 500, "电子邮箱"),
        (1170, 500, "zhb@yytool.cn"),
    ):
        sheet.text(x, y, words)
    return sheet


def cells(page: Page) -> list[str]:
    (table,) = [block for block in page.blocks if isinstance(block, Table)]
    return [cell.text for cell in table.cells]


WANTED = [
    *("身份证号", "32118119850910487X", "手机号码", "13905291187"),
    *("工作单位", "丹阳市云阳精密工具厂", "性别", "男"),
    *("已转让企业", "0", "电子邮箱", "zhb@yytool.cn"),
]


def test_a_form_comes_back_cell_by_cell(engine, tmp_path):
    page = read_page(form().pixels, 1, engine, tmp_path)
    assert cells(page) == WANTED
    assert page.blocks[0].text == "项目第一完成人基本情况"
    assert (tmp_path / page.image).stat().st_size > 10_000
    assert page.turned == 0
    assert page.rescan == ""
    assert TypeAdapter(Page).validate_json(TypeAdapter(Page).dump_json(page)) == page


@pytest.mark.parametrize(("degrees", "turned"), [(90, 90), (180, 180)])
def test_a_page_that_lies_on_its_side_or_head_is_turned(engine, tmp_path, degrees, turned):
    pixels = np.asarray(form().image.rotate(degrees, expand=True))
    page = read_page(pixels, 1, engine, tmp_path)
    assert page.turned == turned
    assert cells(page) == WANTED


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_page_with_a_single_row_is_turned_by_what_it_says(engine, tmp_path, degrees):
    sheet = Sheet()
    sheet.grid((200, 480, 1450), (320, 400))
    sheet.text(220, 340, "授奖单位")
    sheet.text(500, 340, "镇江市总工会")
    page = read_page(np.asarray(sheet.image.rotate(degrees, expand=True)), 1, engine, tmp_path)
    assert cells(page) == ["授奖单位", "镇江市总工会"]


@pytest.mark.parametrize("degrees", [-4.5, 2.2])
def test_a_crooked_page_reads_like_a_straight_one(engine, tmp_path, degrees):
    pixels = np.asarray(form().image.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=(245, 245, 245)))
    assert cells(read_page(pixels, 1, engine, tmp_path)) == WANTED


def test_print_below_a_red_stamp_is_read_and_the_stamp_is_found(engine, tmp_path):
    stamp = seal("丹阳市云阳精密工具厂", Random(3), colour=RED)
    page = read_page(lay(form().pixels, stamp, 640, 450), 1, engine, tmp_path)
    assert cells(page) == WANTED
    (found,) = page.seals
    assert (found.colour, found.shape) == ("red", "round")
    assert found.box.x0 * 1654 < 640 < found.box.x1 * 1654
    assert sum(a in "丹阳市云阳精密工具厂" for a in found.reading) >= 7


@pytest.mark.parametrize(("shape", "colour", "named"), [("oval", RED, "red"), ("square", RED, "red"), ("round", BLUE, "blue")])
def test_stamps_of_other_shapes_and_colours_are_found(engine, tmp_path, shape, colour, named):
    stamp = seal("句容市第二建筑公司", Random(5), shape=shape, colour=colour)
    page = read_page(lay(form().pixels, stamp, 1100, 1200), 1, engine, tmp_path)
    assert [(s.colour, s.shape) for s in page.seals] == [(named, shape)]


def test_a_grey_copy_of_a_stamp_is_found_and_no_stamp_is_made_up(engine, tmp_path):
    stamp = seal("丹阳市云阳精密工具厂", Random(3), colour=RED)
    copied = np.asarray(Image.fromarray(lay(form().pixels, stamp, 1100, 1200)).convert("L").convert("RGB"))
    page = read_page(copied, 1, engine, tmp_path)
    assert [s.colour for s in page.seals] == ["grey"]
    assert page.tone == "grey"
    assert read_page(form().pixels, 1, engine, tmp_path).seals == ()


@pytest.mark.parametrize(("shape", "width", "colour"), [("round", 40, BLUE), ("square", 28, BLUE), ("oval", 46, RED), ("round", 40, VIOLET)])
def test_print_below_a_stamp_of_any_colour_is_read_without_the_stamp(engine, tmp_path, shape, width, colour):
    stamp = seal("丹阳市云阳精密工具厂", Random(3), shape=shape, width_mm=width, colour=colour)
    assert cells(read_page(lay(form().pixels, stamp, 640, 450), 1, engine, tmp_path)) == WANTED


def test_print_below_a_grey_square_stamp_is_read_without_the_stamp(engine, tmp_path):
    stamp = seal("丹阳市云阳精密工具厂", Random(3), shape="square", width_mm=28, colour=RED)
    copied = np.asarray(Image.fromarray(lay(form().pixels, stamp, 540, 400)).convert("L").convert("RGB"))
    page = read_page(copied, 1, engine, tmp_path)
    assert [s.shape for s in page.seals] == ["square"]
    assert cells(page) == WANTED


def test_a_pale_copy_keeps_all_its_cells(engine, tmp_path):
    pale = 255 - (255 - form().pixels.astype(np.float32)) * 0.35
    assert cells(read_page(pale.astype(np.uint8), 1, engine, tmp_path)) == WANTED


def letter(*, printed_name: str = "") -> Sheet:
    sheet = Sheet()
    for row, words in enumerate(("提名书填写的各项内容及附件资料均符合法律法规和政策要求", "如有虚假和失信行为我愿意承担相关的法律责任")):
        sheet.text(200, 300 + 70 * row, words)
    sheet.text(800, 700, "第一完成人（签字）：" + printed_name)
    return sheet


def signed(page: Page) -> bool:
    return any(ink.area > 5 and ink.box.x0 > 0.6 and 0.25 < ink.box.y0 < 0.35 for ink in page.ink)


@pytest.mark.parametrize("colour", [BLACK, BLUE])
def test_a_signature_is_ink_and_a_printed_name_is_none(engine, tmp_path, colour):
    pen = signature("束建平", Random(2), colour=colour)
    assert signed(read_page(lay(letter().pixels, pen, 1220, 715), 1, engine, tmp_path))
    assert not signed(read_page(letter(printed_name="束建平").pixels, 1, engine, tmp_path))
    assert not signed(read_page(letter().pixels, 1, engine, tmp_path))


@pytest.mark.parametrize("left", [1070, 1084, 1100])
def test_a_thin_scrawl_right_behind_the_colon_is_a_signature(engine, tmp_path, left):
    sheet = letter()
    sheet.draw.line([(left + 10 * i, 728 + (16 if i % 2 else -16)) for i in range(11)], fill=(30, 30, 30), width=3, joint="curve")
    assert signed(read_page(sheet.pixels, 1, engine, tmp_path))


def options(ticked: int) -> Sheet:
    sheet = Sheet()
    for i, word in enumerate(("小发明", "小创造", "小革新", "小设计")):
        x = 250 + 300 * i
        sheet.draw.rectangle((x, 303, x + 24, 327), outline=(25, 25, 25), width=2)
        if i == ticked:
            sheet.draw.line((x + 5, 314, x + 11, 321, x + 20, 307), fill=(25, 25, 25), width=3)
        sheet.text(x + 32, 298, word)
    sheet.text(200, 420, "京口区港口路的接口改造项目已在回流车间推广应用")
    return sheet


@pytest.mark.parametrize("ticked", [0, 2])
def test_check_boxes_come_back_as_signs_and_words_that_look_like_boxes_stay_words(engine, tmp_path, ticked):
    page = read_page(options(ticked).pixels, 1, engine, tmp_path)
    first, second = (block.text for block in page.blocks)
    wanted = "".join(("☑" if i == ticked else "☐") + word for i, word in enumerate(("小发明", "小创造", "小革新", "小设计")))
    assert "".join(first.split()) == wanted
    assert second == "京口区港口路的接口改造项目已在回流车间推广应用"


def test_words_struck_out_and_words_underlined_are_told_apart(engine, tmp_path):
    sheet = Sheet()
    sheet.text(200, 300, "公有制企业　　　非公企业　　　事业单位")
    sheet.line(198, 317, 352, 317)
    sheet.line(440, 338, 562, 338)
    line = read_page(sheet.pixels, 1, engine, tmp_path).blocks[0].lines[0]
    assert "".join(run.text for run in line.runs if run.struck).strip() == "公有制企业"
    assert "".join(run.text for run in line.runs if run.underlined).strip() == "非公企业"


def test_lines_of_one_printed_paragraph_are_one_paragraph(engine, tmp_path):
    sheet = Sheet()
    sheet.text(260, 300, "我是镇江市单位的一线职工在项目研究推进实施过程中发挥重要作用是")
    sheet.text(200, 350, "项目的第一完成人本项目无知识产权争议非医药类非政府投资开发项目的")
    sheet.text(200, 400, "主要内容。")
    sheet.text(260, 450, "特此证明。")
    page = read_page(sheet.pixels, 1, engine, tmp_path)
    assert [len(block.lines) for block in page.blocks] == [3, 1]


def test_blanks_between_words_are_kept_and_stretched_print_has_none(engine, tmp_path):
    sheet = Sheet()
    sheet.text(200, 300, "曹雪松　欧阳文静")
    sheet.text(200, 400, "小发明　　√小创造　　小革新")
    for place, sign in enumerate("两端对齐的一行文字"):
        sheet.text(200 + 60 * place, 500, sign)
    sheet.text(200, 600, "京口区、港口路，接口改造。")
    read = [block.text for block in read_page(sheet.pixels, 1, engine, tmp_path).blocks]
    assert read[0].split() == ["曹雪松", "欧阳文静"]
    assert read[1].split() == ["小发明", "√小创造", "小革新"]
    assert read[2:] == ["两端对齐的一行文字", "京口区、港口路，接口改造。"]


def test_an_empty_page_and_noise_end_in_a_page(engine, tmp_path):
    assert read_page(Sheet().pixels, 1, engine, tmp_path).blocks == ()
    noise = np.random.default_rng(1).integers(0, 255, (900, 700, 3), dtype=np.uint8)
    assert read_page(noise, 2, engine, tmp_path).number == 2
    assert read_page(np.zeros((40, 30, 3), np.uint8), 3, engine, tmp_path).number == 3


def test_addresses_and_codes_carry_a_second_reading(engine, tmp_path):
    page = read_page(form().pixels, 1, engine, tmp_path)
    (table,) = [block for block in page.blocks if isinstance(block, Table)]
    seconds = {line.text: line.seconds for cell in table.cells for block in cell.blocks for line in block.lines if line.seconds}
    assert seconds["zhb@yytool.cn"] == ("zhb@yytool.cn",)
    assert seconds["32118119850910487X"] == ("32118119850910487X",)
