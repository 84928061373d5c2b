"""Writes `searchkit/analysis/confusable.txt`: characters that look alike.

Groups are those of ``same_stroke.txt`` in pycorrector (https://github.com/shibing624/pycorrector,
Apache-2.0), which collects characters with like strokes, and those below. Pairs are those of the characters
of similar shape of SIGHAN 2013 (Wu, Liu and Lee, Chinese Spelling Check Evaluation at SIGHAN Bake-off 2013),
as the file ``SimilarShape_simplied.txt`` of SpellGCN (https://github.com/ACL2020SpellGCN/SpellGCN) has them,
as far as each of the two is among the first six of the other, and both are frequent.

    python tools/confusable_characters.py same_stroke.txt SimilarShape_simplied.txt
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from searchkit.analysis import normalize

TARGET = Path(__file__).parent.parent / "searchkit" / "analysis" / "confusable.txt"
HEADER = """\
# Characters that look alike, normalized. [groups]: those of a line all look alike; from same_stroke.txt of
# pycorrector (https://github.com/shibing624/pycorrector, Apache-2.0) and groups of ours. [pairs]: the others
# of a line look like the first; from the similar shapes of SIGHAN 2013, as SpellGCN has them
# (https://github.com/ACL2020SpellGCN/SpellGCN). Written by tools/confusable_characters.py.
"""
_FIRST = 6
OURS = """
    己已巳 未末 土士 戊戌戍戎 日曰 干千于 天夭夫 人入八 大太犬 刀刁力刃 田由甲申 王玉主 木本术
    白自百 目且 免兔 拔拨 候侯 戴带 蓝篮 晴睛 喧暄 竟竞 崇祟 茶荼 遣遗 徙徒 壁璧 梁粱 幕墓慕暮募
    侍待持 冷泠 亨享 哀衰衷 即既 汨汩 沮诅 毫亳 治冶 准淮 折拆析 密蜜 历厉 部陪 稍梢捎 肓盲 赢羸嬴
    栗粟 晒哂 卷券 洒酒 抡抢 沦沧 仓仑 今令 勺匀 乌鸟 风凤 了子孑 兵乒乓 辛幸 弋戈 爪瓜 古舌 右石
    史吏 代伐 们门 何河 作做昨 住往注 佳桂 侧测 促捉 借惜 蔡察祭菜 郎朗 特持 普晋 岛鸟 约钓 贝见
    货贷 贫贪 车东 陈阵 随遂 难滩 雪雷 需雷 颖颍 颜颁 饮饭 马乌 驻注 骄娇 鱼渔
"""


def groups(lines: list[str]) -> Iterator[str]:
    """The groups of the lines, normalized, each once, those with two characters or more."""
    seen = set()
    for line in lines:
        group = "".join(dict.fromkeys(normalize("".join(line.split()))))
        if len(group) > 1 and (key := frozenset(group)) not in seen:
            seen.add(key)
            yield group


def pairs(lines: list[str]) -> Iterator[str]:
    """The characters that each is alike with, of every two once."""
    alike = {line[0]: line[2:] for line in reversed(lines) if len(line) > 2}
    found: dict[str, set[str]] = {}
    for one, others in alike.items():
        for other in others[:_FIRST]:
            if one in alike.get(other, "")[:_FIRST] and is_frequent(one) and is_frequent(other):
                first, second = sorted(map(normalize, (one, other)))
                if first != second:
                    found.setdefault(first, set()).add(second)
    for first in sorted(found):
        yield first + "".join(sorted(found[first]))


def is_frequent(character: str) -> bool:
    """Whether it is of the first level of GB 2312: 3,755 characters."""
    try:
        return b"\xb0" <= character.encode("gb2312")[:1] < b"\xd8"
    except UnicodeEncodeError:
        return False


def main() -> None:
    strokes, shapes = (Path(file).read_text(encoding="utf-8").splitlines() for file in sys.argv[1:3])
    found = [*dict.fromkeys([*groups(strokes), *groups(OURS.split())])]
    alike = [*pairs(shapes)]
    TARGET.write_text("\n".join([HEADER + "[groups]", *found, "[pairs]", *alike, ""]), encoding="utf-8")
    print(f"{len(found)} groups, {sum(map(len, alike)) - len(alike)} pairs")


if __name__ == "__main__":
    main()
