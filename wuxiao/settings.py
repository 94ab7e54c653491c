"""Every setting: its name, its default, what it is for. `DIR/settings.toml` and `WUXIAO_NAME` in the environment override."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from errors import SettingsError
from pipeline.worker import WorkLimits

MIB = 1024 * 1024


class Settings(BaseSettings):
    """Frozen; read once at start. Sizes in MiB, times in seconds unless a name says otherwise."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="WUXIAO_", extra="forbid")

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
    unrelated_days: Annotated[int, Field(ge=1, description="无关邮件的原件保留天数")] = 30

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file in the data folder."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    def limits(self) -> WorkLimits:
        """What a worker may use, in bytes and seconds."""
        return WorkLimits(
            seconds=self.document_seconds,
            memory=self.document_memory * MIB,
            converter_memory=self.converter_memory * MIB,
            file_size=self.document_output * MIB,
            page_seconds=self.page_seconds,
            page_memory=self.page_memory * MIB,
        )


def load_settings(data: Path) -> Settings:
    """The settings that hold for the data folder. Raises SettingsError."""

    class Here(Settings):
        model_config = SettingsConfigDict(toml_file=data / "settings.toml")

    try:
        return Here()
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(name=".".join(map(str, first["loc"])), value=first.get("input"), why=first["msg"]) from error
