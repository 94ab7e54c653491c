"""Every setting: its name, its default, what it is for. `DIR/settings.toml` and `WUXIAO_NAME` in the environment override."""

import os
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from errors import SettingsError
from intake.limits import UnpackLimits
from parsers.limits import ReadLimits
from pipeline.worker import WorkLimits

MIB = 1024 * 1024
PREFIX = "WUXIAO_"


class Settings(BaseModel):
    """Frozen; read once at start. Sizes in MiB, times in seconds unless a name says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Annotated[str, Field(description="活动配置：profiles/ 下的名字，或一个 .toml 文件")] = "zhenjiang_2024"
    workers: Annotated[int, Field(ge=1, le=256, description="同时处理的进程数，默认等于处理器核数")] = len(os.sched_getaffinity(0))
    document_seconds: Annotated[int, Field(ge=1, description="打开一个文件最多用的时间（秒，含旧格式转换）")] = 120
    document_memory: Annotated[int, Field(ge=256, description="打开一个文件最多用的内存（MiB）")] = 1024
    converter_memory: Annotated[int, Field(ge=512, description="LibreOffice 转换旧格式时最多用的内存（MiB）")] = 4096
    document_output: Annotated[int, Field(ge=16, description="打开一个文件时最多写出的单个文件大小（MiB）")] = 512
    page_seconds: Annotated[int, Field(ge=5, description="识别一页扫描件最多用的时间（秒）")] = 180
    page_memory: Annotated[int, Field(ge=800, description="识别进程用到这么多内存（MiB）后重启")] = 1400
    attempts: Annotated[int, Field(ge=1, description="一封来件处理中断几次后隔离")] = 3
    lease_seconds: Annotated[int, Field(ge=60, description="一个任务多久没有完成就由别的进程接手（秒）")] = 1800
    poll_seconds: Annotated[int, Field(ge=5, le=1740, description="守候时至少隔多久看一次邮箱和文件夹（秒）")] = 120
    still_seconds: Annotated[float, Field(ge=0.1, description="文件夹里的文件多久没有变化才收（秒）")] = 5.0
    stop_seconds: Annotated[int, Field(ge=1, description="停止时最多等手头的一件多久（秒），之后放回下次再做")] = 8
    silent_minutes: Annotated[int, Field(ge=1, description="来源多久没有联系上就报异常（分钟）")] = 30
    disk_reserve: Annotated[int, Field(ge=1, description="磁盘剩余空间少于此数（MiB）就暂停收件并报异常")] = 500
    scheduler: Annotated[str, Field(description="多台机器一起处理时调度端的地址，空为只用本机")] = ""
    desk_port: Annotated[int, Field(ge=0, le=65535, description="工作机到收件机取原件、交结果的端口，0 为任意空闲端口")] = 0
    unrelated_days: Annotated[int, Field(ge=1, description="无关邮件的原件保留天数")] = 30

    mail_size: Annotated[int, Field(ge=1, description="一封邮件最大多少（MiB），超过的不下载")] = 150
    mail_header_size: Annotated[int, Field(ge=1, description="一封邮件的邮件头最大多少（MiB）")] = 2
    mail_parts: Annotated[int, Field(ge=1, description="一封邮件最多多少段")] = 1000
    mail_containers: Annotated[int, Field(ge=1, description="一封邮件里最多多少个嵌套的段和邮件")] = 150
    unpack_depth: Annotated[int, Field(ge=1, description="压缩包和邮件最多嵌套几层")] = 6
    unpack_files: Annotated[int, Field(ge=1, description="一件来件最多多少个文件")] = 2000
    unpack_file_size: Annotated[int, Field(ge=1, description="解压出的一个文件最大多少（MiB）")] = 200
    unpack_total_size: Annotated[int, Field(ge=1, description="一件来件解压后总共最大多少（MiB）")] = 800
    unpack_ratio: Annotated[int, Field(ge=2, description="压缩包解压后最多是原来的多少倍（疑似压缩炸弹）")] = 200
    unpack_ratio_from: Annotated[int, Field(ge=1, description="解压后超过多少（MiB）才查上面的倍数")] = 50
    unpack_seconds: Annotated[float, Field(gt=0, description="打开一个压缩包最多用的处理器时间（秒）")] = 20.0
    file_size: Annotated[int, Field(ge=1, description="一个文件最大多少（MiB），超过的不读")] = 100
    convert_seconds: Annotated[float, Field(gt=0, description="转换一个旧格式文件最多用的时间（秒）")] = 60.0
    file_pages: Annotated[int, Field(ge=1, description="一个 PDF、TIFF 最多多少页，一个 Word 文件最多多少张图")] = 80
    page_pixels: Annotated[int, Field(ge=1, description="一页图片最多多少万像素")] = 4000
    package_members: Annotated[int, Field(ge=1, description="一个 Word、Excel 文件里最多多少个部件")] = 5000
    package_part_size: Annotated[int, Field(ge=1, description="一个部件最大多少（MiB）")] = 64
    package_size: Annotated[int, Field(ge=1, description="一个文件的各部件总共最大多少（MiB）")] = 128
    package_part_tags: Annotated[int, Field(ge=1, description="一个部件最多多少个标签（尖括号）")] = 5_000_000
    table_depth: Annotated[int, Field(ge=1, description="表格和内容控件最多嵌套几层")] = 40
    table_cells: Annotated[int, Field(ge=1, description="一个文件的表格最多多少格")] = 2_000_000
    text_characters: Annotated[int, Field(ge=1, description="纯文本、网页最多多少字符")] = 3_000_000
    text_chunks: Annotated[int, Field(ge=1, description="一个 Word 文件里最多插入多少个其他文档")] = 20

    def limits(self) -> WorkLimits:
        """What a worker may use, in bytes and seconds."""
        return WorkLimits(
            seconds=self.document_seconds,
            memory=self.document_memory * MIB,
            converter_memory=self.converter_memory * MIB,
            file_size=self.document_output * MIB,
            page_seconds=self.page_seconds,
            page_memory=self.page_memory * MIB,
            unpack=self.unpack_limits(),
            read=self.read_limits(),
        )

    def unpack_limits(self) -> UnpackLimits:
        """How far one message is opened."""
        return UnpackLimits(
            mail_bytes=self.mail_size * MIB,
            header_bytes=self.mail_header_size * MIB,
            parts=self.mail_parts,
            containers=self.mail_containers,
            depth=self.unpack_depth,
            files=self.unpack_files,
            file_bytes=self.unpack_file_size * MIB,
            total_bytes=self.unpack_total_size * MIB,
            ratio=self.unpack_ratio,
            ratio_from=self.unpack_ratio_from * MIB,
            seconds=self.unpack_seconds,
        )

    def read_limits(self) -> ReadLimits:
        """How much of one file is read."""
        return ReadLimits(
            file_bytes=self.file_size * MIB,
            seconds=self.convert_seconds,
            converter_bytes=self.converter_memory * MIB,
            pages=self.file_pages,
            page_pixels=self.page_pixels * 10_000,
            members=self.package_members,
            part_bytes=self.package_part_size * MIB,
            parts_bytes=self.package_size * MIB,
            part_tags=self.package_part_tags,
            depth=self.table_depth,
            cells=self.table_cells,
            characters=self.text_characters,
            chunks=self.text_chunks,
        )


def load_settings(data: Path) -> Settings:
    """The settings that hold for the data folder: the environment first, then its file. Raises SettingsError."""
    told = {name: os.environ[PREFIX + name.upper()] for name in Settings.model_fields if PREFIX + name.upper() in os.environ}
    try:
        return Settings.model_validate({**_written(data / "settings.toml"), **told})
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(name=".".join(map(str, first["loc"])), value=first.get("input"), why=first["msg"]) from error


def _written(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(name=file.name, value="", why=str(error)) from error
