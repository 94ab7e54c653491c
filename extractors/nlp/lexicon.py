"""The closed word lists of this room: plain Chinese by default, the city's own words from its profile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final, Self

Pairs = tuple[tuple[str, str], ...]


def _pairs(table: Mapping[str, str]) -> Pairs:
    return tuple((word, value) for value, words in table.items() for word in words.split())


_GRADES: Final = _pairs(
    {
        "首席": "首席技师",
        "特级": "特级技师",
        "一级": "高级技师 一级技师 一级/高级技师 高级技师/一级",
        "二级": "技师 二级技师 二级/技师 技师/二级",
        "三级": "高级工 高级技工 三级/高级工 高级工/三级",
        "四级": "中级工 中级技工 四级/中级工 中级工/四级",
        "五级": "初级工 五级/初级工 初级工/五级",
    }
)
_TITLES: Final = _pairs(
    {
        "正高级": "正高级工程师 教授级高级工程师 教授级高工 研究员级高级工程师 研究员级高工 正高级经济师 正高级会计师 正高级教师 正高级农艺师 主任医师 主任护师 "
        "主任药师 主任技师 教授 研究员 正高级讲师",
        "高级": "高级工程师 高工 副高级工程师 高级经济师 高级会计师 高级农艺师 高级教师 高级讲师 高级工艺美术师 高级政工师 高级实验师 高级审计师 高级统计师 "
        "副主任医师 副主任护师 副主任药师 副主任技师 副教授 副研究员 高级畜牧师 高级兽医师",
        "中级": "工程师 经济师 会计师 统计师 审计师 农艺师 讲师 工艺美术师 政工师 实验师 主治医师 主管护师 主管药师 主管技师 助理研究员 畜牧师 兽医师",
        "初级": "助理工程师 助理经济师 助理会计师 助理农艺师 助理讲师 助教 助理工艺美术师 助理政工师 技术员 护师 药师 护士 医师 实习研究员",
    }
)
# Longer words that only look like one of the lists' words; the longest match wins.
_DECOYS: Final = tuple(
    "技师学院 高级技师学院 高级技工学校 高级技工院校 技师协会 工程师站 工程师学院 工程师协会 工程师傅 技术员工 高级工艺 高级工序 高级工具 高级工作 高级工业 高级工商 中级工作 初级工作 "
    "高级工程 总工程师室 总工程师办公室 护士站 护士长 护士台 护士服 药师傅 总经理助理 总经理办公室 总经理办 总经理室 总经理秘书 总经理奖 总经理信箱 董事长办公室 董事长秘书 "
    "董事长奖 厂长办公室 厂长助理 厂长信箱 厂长奖 院长办公室 院长助理 院长信箱 校长办公室 校长助理 局长办公室 注册会计师 会计师事务所 党委书记办公室".split()
)
_HEADS: Final = tuple(
    "总经理 副总经理 常务副总经理 总裁 副总裁 董事长 副董事长 执行董事 总工程师 副总工程师 首席执行官 总会计师 总经济师 厂长 副厂长 矿长 副矿长 院长 副院长 校长 副校长 "
    "行长 副行长 局长 副局长 社长 副社长 台长 副台长 馆长 副馆长 党委书记 党委副书记 法定代表人 法人代表 企业负责人 单位负责人 企事业单位负责人 公司负责人 院领导 公司领导 厂领导 校领导".split()
)
_HONOURS: Final = tuple(
    "劳动模范 劳模 五一劳动奖章 五一劳动奖状 工人先锋号 技术能手 技术标兵 岗位能手 岗位标兵 青年岗位能手 五一创新能手 创新能手 三八红旗手 先进工作者 先进个人 先进集体 先进班组 "
    "优秀共产党员 工匠 大国工匠 首席员工 青年文明号 五一技术标兵 技能大奖 大工匠 劳动奖章".split()
)
_PROVINCES: Final = tuple(
    "江苏 浙江 安徽 山东 福建 江西 河南 河北 湖北 湖南 广东 广西 海南 四川 贵州 云南 陕西 甘肃 青海 宁夏 新疆 西藏 内蒙古 山西 辽宁 吉林 黑龙江 北京 上海 天津 重庆".split()
)
_IN_USE: Final = tuple(
    "投入使用 投入运行 投入运用 投入应用 投入生产 投入生产使用 投入试用 投产应用 投产使用 投用 投运 投放使用 启用 正式使用 正式运行 上线运行 上线使用 正式上线 上线 挂网运行 并网运行 "
    "交付使用 推广应用 推广使用 应用于 应用实施 付诸实施 付诸应用 落地应用 全面应用 全面推行 运用至今 使用至今 沿用至今".split()
)
_EXCLUDED: Final[Pairs] = (
    (r"国家(?:秘密|机密)|涉密|绝密|保密(?:项目|课题|工程)|军事(?:秘密|机密)", "secret"),
    (
        r"(?:知识产权|专利权?|著作权|商标权|产权|权属|成果归属|版权)(?:归属|权属)?(?:上|方面|问题)?(?:的|存在|有)?(?:争议|纠纷|诉讼|侵权|异议|官司)"
        r"|侵(?:犯[^，。；、]{0,8}专利|权)(?:诉讼|纠纷|官司)?",
        "ip-dispute",
    ),
    (
        r"医药(?:类|产品|制品|项目)|(?<![农兽炸火])药品(?!柜|架|车|盒|箱|管理|盘点|存放|仓储|物流|配送|冷链|标签|追溯|外包装|库)|(?<!非)药物(?:制剂|研发|合成)|注射液|口服液|新药|"
        r"中成药|中药(?:制剂|饮片|颗粒)|原料药|药用(?:辅料|制剂)|疫苗|生物制剂|仿制药|片剂|胶囊剂|冲剂",
        "medicine",
    ),
    (
        r"政府(?:专项)?(?:投资|出资|资助|拨款|财政资金)|财政(?:专项|科技)?(?:资金|经费)?(?:资助|拨款|补助|投资|支持|全额)|财政(?:专项)?(?:资金|经费)|"
        r"(?:国家|省|市|区)(?:级)?(?:重点研发|科技(?:支撑|攻关|成果转化)?|自然科学基金)(?:计划)?(?:专项)?(?:项目|课题|资助|资金)|政府投资项目",
        "government-investment",
    ),
    (
        r"(?:企业|公司|集团|本厂|中央)(?:的)?(?:技术)?(?:研发中心|研发机构|研究院|研究所|研发部门|技术研究中心)|企业技术中心|研发中心|研发机构|工程技术研究中心",
        "research-institute",
    ),
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Closed word lists. Pairs are (word, what it stands for).

    `grades`: 技能等级 and its level. `titles`: 职称 and its level. `heads`: posts of heads of enterprises. `honours` of persons and teams.
    `decoys`: longer words that only look like one of these. `in_use`: verbs of being put to use. `excluded`: (pattern, subject).
    `provinces`, `cities`, `counties`: place names that tell an award's level; the last two are the campaign's own and empty by default.
    """

    grades: Pairs = _GRADES
    titles: Pairs = _TITLES
    heads: tuple[str, ...] = _HEADS
    honours: tuple[str, ...] = _HONOURS
    decoys: tuple[str, ...] = _DECOYS
    in_use: tuple[str, ...] = _IN_USE
    excluded: Pairs = _EXCLUDED
    provinces: tuple[str, ...] = _PROVINCES
    cities: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()

    def with_words(self, words: Mapping[str, Iterable[str]]) -> Self:
        """This lexicon with the lists that `words` (a profile's `[words]`) holds under `nlp_<list>`, added to the defaults.

        A pair is written `word=level`. Raises ValueError for a pair without `=` and for a pattern of `excluded` that is none.
        """
        more: dict[str, tuple[object, ...]] = {}
        for field in fields(self):
            given = tuple(words.get(f"nlp_{field.name}", ()))
            if given:
                own: tuple[object, ...] = getattr(self, field.name)
                more[field.name] = own + (tuple(map(_pair, given)) if field.name in ("grades", "titles", "excluded") else given)
        return replace(self, **more)  # type: ignore[arg-type]


def _pair(written: str) -> tuple[str, str]:
    word, sign, value = written.rpartition("=")
    if not sign or not word or not value:
        raise ValueError(f"not written as word=value: {written}")
    re.compile(word)
    return word, value


PLAIN: Final = Lexicon()
