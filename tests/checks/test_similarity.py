"""What the threshold of `same-project` is made of: texts that are unrelated, alike in their turns of phrase, and copied with changes."""

import random
from itertools import combinations

import pytest

from checks.register import SIMILAR
from checks.similarity import cosine

TEXTS = [
    "本项目对轧机导卫的固定方式进行改进，用偏心快换卡座代替螺栓。解决了换导卫停机时间长、对中不准的问题。首创偏心锁紧结构，取得实用新型专利1项。年节约停机损失42.5万元，可在同类轧线推广。成材率由96.1%提高到97.4%。",
    "本项目是一种装在叉车货叉根部的称重报警器。解决了超载装运和排队过磅的问题。四片应变片贴在叉根，免焊接安装，读数无线传到驾驶室。每年减少过磅六百小时，节约人工费用18万元，已在三个仓库推广。装运差错率下降八成。",
    "本项目把报废麻花钻重新磨成阶梯沉孔刀，一次加工法兰沉孔。解决了两次换刀、专用刀具价高的问题。带分度盘的磨刀架让普通工人也能磨准角度。全年改制刀具460支，节约采购费15.6万元。同轴度误差由0.15mm降到0.05mm。",
    "本项目建议统一渡船夜泊岸电插头，扫码用电、分时计量。解决了岸电使用率低、辅机整夜运转、油烟扰民的问题。五种插头统一为一种快插，船员两分钟接好。年节约柴油46吨，折合35.8万元。夜泊噪声由68分贝降到49分贝。",
    "本项目设计一套公交站台雨棚，集水槽、落水立柱和光伏照明合在一根方管里。解决了站台积水、夜间无灯、布线成本高的问题。立柱内腔分成落水道和线槽。已用于64个站台，节约造价26.9万元。雨天投诉由每月17件降到2件。",
    "本项目改进镜片加硬液的循环过滤，两级滤芯并联加恒温回流。解决了颗粒超标造成麻点、停线换滤芯的问题。单组滤芯可以热切换，回流温度波动不超过0.3度。年减少报废镜片21万片，节约48.2万元。一次合格率由91.4%提高到97.1%。",
    "本项目在输煤皮带回程段装自调心托辊，靠皮带侧向力纠偏。解决了跑偏撒煤、频繁停机校正的问题。锥形导向辊不用电源，表面衬陶瓷。延长皮带寿命14个月，年效益41.7万元。跑偏停机由每月11次降到1次。",
    "本项目设计母线槽接头的防错快装结构，用不对称导向销和力矩断头螺栓。解决了相序接错、螺栓不紧造成发热的问题。反向插不进，不用力矩扳手也能压紧。单个接头安装由25分钟缩短到9分钟，年节约33.1万元。温升降低14K。",
]
WORDS = {
    "解决了": "克服了",
    "本项目": "该项目",
    "节约": "节省",
    "推广": "应用",
    "采用": "使用",
    "提高到": "升至",
    "由": "从",
    "降到": "下降为",
    "年": "每年",
}


def dropped(text, share, seed):
    sentences = text.split("。")
    kept = random.Random(seed).sample(range(len(sentences)), round(len(sentences) * (1 - share)))
    return "。".join(sentences[i] for i in sorted(kept))


def reworded(text):
    for old, new in WORDS.items():
        text = text.replace(old, new)
    return text


def test_unrelated_projects_are_far_below_the_threshold():
    assert max(cosine(a, b) for a, b in combinations(TEXTS, 2)) < SIMILAR / 3


@pytest.mark.parametrize("change", ["reworded", "shortened", "reordered", "misread"])
def test_a_copied_project_is_above_the_threshold_whatever_was_done_to_it(change):
    for seed, text in enumerate(TEXTS):
        copied = {
            "reworded": lambda text=text: reworded(text),
            "shortened": lambda text=text, seed=seed: dropped(text, 0.15, seed),
            "reordered": lambda text=text: "。".join(reversed(text.split("。"))),
            "misread": lambda text=text, seed=seed: "".join(
                "口" if random.Random(f"{seed}{i}").random() < 0.03 else c for i, c in enumerate(text)
            ),
        }[change]()
        assert cosine(text, copied) >= SIMILAR, (change, cosine(text, copied))


@pytest.mark.parametrize("change", [reworded, lambda text: dropped(text, 0.5, 1), lambda text: TEXTS[1], lambda text: f" A\n\n {text}B 12"])
def test_the_cosine_is_scikit_learns(change):
    from sklearn.feature_extraction.text import TfidfVectorizer

    for text in TEXTS:
        matrix = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), sublinear_tf=True).fit_transform([text, change(text)])
        assert cosine(text, change(text)) == pytest.approx((matrix @ matrix.T)[0, 1])


def test_a_text_too_short_to_say_anything_is_like_no_other():
    assert cosine("一种自动送料装置。", "一种自动送料装置。") is None
