"""Every setting: its name, its default, what it is for. `DIR/settings.toml` and `WUXIAO_NAME` in the environment override."""

import os
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from errors import SettingsError
from pipeline.worker import WorkLimits

MIB = 1024 * 1024


class Settings(BaseSettings):
    """Frozen; read once at start. Sizes in MiB, times in seconds unless a name says otherwise."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="WUXIAO_", extra="forbid")

    profile: str = Field("zhenjiang_2024", description="活动配置：profiles/ 下的名字，或一个 .toml 文件")
    workers: int = Field(len(os.sched_getaffinity(0)), ge=1, le=256, description="同时处理的进程数，默认等于处理器核数")
    document_seconds: int = Field(120, ge=1, description="打开一个文件最多用的时间（秒，含旧格式转换）")
    document_memory: int = Field(1024, ge=256, description="打开一个文件最多用的内存（MiB）")
    converter_memory: int = Field(4096, ge=512, description="LibreOffice 转换旧格式时最多用的内存（MiB）")
    document_output: int = Field(512, ge=16, description="打开一个文件时最多写出的单个文件大小（MiB）")
    page_seconds: int = Field(180, ge=5, description="识别一页扫描件最多用的时间（秒）")
    page_memory: int = Field(1400, ge=800, description="识别进程用到这么多内存（MiB）后重启")
    attempts: int = Field(3, ge=1, description="一封来件处理中断几次后隔离")
    lease_seconds: int = Field(1800, ge=60, description="一个任务多久没有完成就由别的进程接手（秒）")
    unrelated_days: int = Field(30, ge=1, description="无关邮件的原件保留天数")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, env_settings: PydanticBaseSettingsSource, **_: object
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
