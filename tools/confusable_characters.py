"""Writes `searchkit/analysis/confusable.txt`: groups of characters that look alike.

Most of them are those of ``same_stroke.txt`` in pycorrector (https://github.com/shibing624/pycorrector,
Apache-2.0), which collects characters with like strokes; the others are below.

    python tools/confusable_characters.py pycorrector/data/same_stroke.txt
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from searchkit.analysis import normalize

TARGET = Path(__file__).parent.parent / "searchkit" / "analysis" / "confusable.txt"
HEADER = """\
# Characters that look alike, normalized, a group a line: from same_stroke.txt of pycorrector
# (https://github.com/shibing624/pycorrector, Apache-2.0) and groups of ours. Written by
# tools/confusable_characters.py.
"""
OURS = """
    己已巳 未末 土士 戊戌戍戎 日曰 干千于 天夭夫 人入八 大太犬 刀刁力刃 田由甲申 王玉主 木本术 白自百 目且 免兔
    拔拨 候侯 戴带 蓝篮 晴睛 喧暄 竟竞 崇祟 茶荼 遣遗 徙徒 壁璧 梁粱 幕墓慕暮募 侍待持 冷泠 亨享 哀衰衷 即既 汨汩
    沮诅 毫亳 治冶 准淮 折拆析 密蜜 历厉 部陪 稍梢捎 肓盲 赢羸嬴 栗粟 晒哂 卷券 洒酒 抡抢 沦沧 仓仑 今令 勺匀 乌鸟
    风凤 了子孑 兵乒乓 辛幸 弋戈 爪瓜 古舌 右石 史吏 代伐 们门 何河 作做昨 住往注 佳桂 侧测 促捉 借惜 蔡察祭菜 郎朗
    特持 普晋 岛鸟 约钓 贝见 货贷 贫贪 车东 陈阵 随遂 难滩 雪雷 需雷 颖颍 颜颁 饮饭 马乌 驻注 骄娇 鱼渔
"""


def groups(lines: list[str]) -> Iterator[str]:
    """The groups of the lines, normalized, each once, those with two characters or more."""
    seen = set()
    for line in lines:
        group = "".join(dict.fromkeys(normalize("".join(line.split()))))
        if len(group) > 1 and (key := frozenset(group)) not in seen:
            seen.add(key)
            yield group


def main() -> None:
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    found = [*groups(lines), *groups(OURS.split())]
    TARGET.write_text(HEADER + "\n".join(dict.fromkeys(found)) + "\n", encoding="utf-8")
    print(f"{len(found)} groups")


if __name__ == "__main__":
    main()
