"""The tables of regional words: what is in them, how they are read, and that their words find one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from tool_programs import load_tool

import searchkit
from searchkit import Document, Index
from searchkit.analysis import normalize
from searchkit.query import regional
from searchkit.query.regional import KINDS, Group, Kind, groups, name_words, regional_words, spelling_words
from searchkit.query.synonyms import key_of_text

MakeIndex = Callable[..., Index]

MAPS: Mapping[Kind, Callable[[], Mapping[str, list[str]]]] = {
    "spelling": spelling_words,
    "word": regional_words,
    "name": name_words,
}
ALL_GROUPS = list(groups())
LEAST = {"spelling": 350, "word": 1000, "name": 500}

FOUND = [
    tuple(pair.split("/"))
    for pair in """
    帳號/账号 帳戶/账户 转帳/转账 身分證/身份证 成份/成分 恐怖份子/恐怖分子 黏貼/粘贴 黏土/粘土 想像/想象
    想像力/想象力 甚麼/什么 座標/坐标 大砲/大炮 火砲/火炮 砲彈/炮弹 姊姊/姐姐 學姊/学姐 薰陶/熏陶 紀錄/记录
    沈默/沉默 沈重/沉重 闔家/合家 倒楣/倒霉 煞車/刹车 精采/精彩 澈底/彻底 連絡/联络 渡假/度假 愛滋病/艾滋病
    螢光/荧光 蕃茄/番茄 川普/特朗普 歐巴馬/奥巴马 柯林頓/克林顿 雷根/里根 甘迺迪/肯尼迪 賓拉登/本·拉登
    普丁/普京 梅克爾/默克尔 翁山蘇姬/昂山素季 雪梨/悉尼 紐西蘭/新西兰 杜拜/迪拜 義大利/意大利 北韓/朝鲜
    寮國/老挝 衣索比亞/埃塞俄比亚 加薩/加沙 坎城/戛纳 三藩市/旧金山 紐澤西/新泽西 密西根/密歇根
    莫札特/莫扎特 貝克漢/贝克汉姆 賈伯斯/乔布斯 祖克柏/扎克伯格 輝達/英伟达 鐵達尼號/泰坦尼克号 平治/奔驰
    碧咸/贝克汉姆 荷里活/好莱坞 捷運/地铁 捷運站/地铁站 雷射/激光 鐳射/激光 品質/质量 優格/酸奶 行銷/营销
    影片/视频 智慧型手機/智能手机 巴士/公交车 的士/出租车 計程車/出租车 德士/出租车 泡麵/方便面
    公仔麵/方便面 起司/奶酪 芝士/奶酪 鳳梨/菠萝 鮪魚/金枪鱼 吞拿魚/金枪鱼 飛彈/导弹 太空人/航天员 機率/概率
    公分/厘米 數位相機/数码相机 軟體/软件 資訊/信息 網路/网络 螢幕/屏幕 印表機/打印机 執行長/首席执行官
    志工/志愿者 羽球/羽毛球 伏地挺身/俯卧撑 掌上壓/俯卧撑 貨櫃/集装箱 便當/盒饭 東協/东盟 亞細安/东盟
    核取方塊/复选框 對話方塊/对话框 儲存格/单元格 投影片/幻灯片 控制項/控件 資料庫/数据库 偏好設定/首选项
    使用者/用户 斎藤/斉藤 筱原/篠原
    """.split()
]


@pytest.fixture
def tool() -> Any:
    """The program that makes the file."""
    return load_tool("regional_words")


@pytest.fixture(scope="module")
def every_form() -> Any:
    """An index with one document for every word of the tables."""
    with searchkit.create(":memory:") as index:
        forms = {form for group in ALL_GROUPS for form in (*group.words, *group.found)}
        index.add(Document(id=form, body=form) for form in forms)
        yield index


class TestTheTables:
    def test_they_are_large(self) -> None:
        for kind in KINDS:
            assert sum(group.kind == kind for group in ALL_GROUPS) >= LEAST[kind]

    def test_the_file_is_what_the_tool_writes(self, tool: Any, tmp_path: Path) -> None:
        tool.TARGET = tmp_path
        tool.print = lambda *_: None
        tool.write()
        shipped = files("searchkit.query") / "regional.txt"
        assert (tmp_path / "regional.txt").read_text(encoding="utf-8") == shipped.read_text(encoding="utf-8")

    def test_no_line_is_useless(self, tool: Any) -> None:
        """比特币 and 比特幣 are equal once they are normalized, and find one another without any table."""
        assert list(tool.useless(ALL_GROUPS)) == []

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_maps_say_what_the_lines_say(self, kind: Kind) -> None:
        wanted: dict[str, set[str]] = {}
        for group in ALL_GROUPS:
            for word in group.words if group.kind == kind else ():
                others = {normalize(other) for other in group.found or group.words}
                wanted.setdefault(key_of_text(word), set()).update(others)
        for key, others in wanted.items():
            same = {other for other in others if key_of_text(other) == key}
            assert set(MAPS[kind]()[key]) == others - same
        assert set(MAPS[kind]()) == set(wanted)

    def test_a_word_of_a_line_stands_for_a_word(self) -> None:
        for kind in KINDS:
            for key, others in MAPS[kind]().items():
                for other in others:
                    assert normalize(other) == other
                    assert (len(key) == 1) == (len(other) == 1), "one character says too little"

    def test_the_maps_are_made_once(self) -> None:
        assert all(MAPS[kind]() is MAPS[kind]() for kind in KINDS)


class TestReading:
    @pytest.fixture
    def lines(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[Group]]:
        def read(text: str) -> list[Group]:
            found = {"tables/words.txt": text}
            monkeypatch.setattr(regional, "read_resource", lambda _, name: found.get(name, ""))
            return list(groups())

        return read

    def test_comments_and_empty_lines_say_nothing(self, lines: Callable[[str], list[Group]]) -> None:
        assert lines("# a b\n\n软件 軟體\n") == [Group("word", ("软件", "軟體"))]

    def test_spaces_and_tabs_separate(self, lines: Callable[[str], list[Group]]) -> None:
        assert lines("a\tb   c") == [Group("word", ("a", "b", "c"))]

    def test_an_arrow_is_one_way(self, lines: Callable[[str], list[Group]]) -> None:
        assert lines("程式 => 程序 过程") == [Group("word", ("程式",), ("程序", "过程"))]

    @pytest.mark.parametrize("line", ["软件", "=> 软件", "软件 =>", "a => b => c", "=>"])
    def test_a_line_that_is_none_is_named(self, lines: Callable[[str], list[Group]], line: str) -> None:
        with pytest.raises(ValueError, match=r"tables/words\.txt, line 2"):
            lines(f"软件 軟體\n{line}\n")

    def test_one_way_words_are_found_only(self, tool: Any) -> None:
        table = tool.merged([Group("word", ("程式",), ("程序",)), Group("word", ("程式", "编程"))])
        assert table == {"程 式": ["程序", "编程"], "编 程": ["程式"]}

    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            (Group("spelling", ("帐号", "賬號", "帳號")), "equal forms"),
            (Group("word", ("程序", "程序"), ()), "equal forms"),
            (Group("word", ("磁", "磁性")), "one character"),
            (Group("word", ("出租车",), ("的士",)), "nothing new"),
        ],
    )
    def test_useless_lines_are_named(self, tool: Any, line: Group, problem: str) -> None:
        known = Group("word", ("出租车", "的士", "计程车"))
        found = list(tool.useless([known, line]))
        assert any(problem in text for text in found)
        assert all(line.words[0] in text for text in found)


class TestCounting:
    def test_occurrences_borders_and_scripts_are_counted(self, tool: Any) -> None:
        counts = tool.count(
            [Group("spelling", ("定单",), ("订单",))], ["他决定单独去。一张订单。", "這張訂單與那張訂單"]
        )
        assert counts["定单"] == {"all": 1, "simplified": 1}
        assert counts["订单"] == {"all": 3, "borders": 3, "simplified": 1, "traditional": 2}

    def test_words_that_stand_inside_others_are_printed(self, tool: Any) -> None:
        printed: list[str] = []
        tool.print = printed.append
        lines = [Group("spelling", ("订单", "定单")), Group("spelling", ("账号", "帳號"))]
        counts = tool.count(lines, ["他决定单独去。账号，"] * 30)
        tool.report(lines, counts, every=False)
        [line] = printed
        assert "定单 (30 0% 30/0, inside, both)" in line
        assert "订单 (0 - 0/0, never)" in line


class TestInASearch:
    @pytest.mark.parametrize("pair", FOUND, ids="/".join)
    def test_words_find_one_another(self, pair: tuple[str, str], make_index: MakeIndex) -> None:
        index = make_index(f"昨天，{pair[0]}，如此。", f"昨天，{pair[1]}，如此。")
        equal = normalize(pair[0]) == normalize(pair[1])  # then either may be first
        for own, query in enumerate(pair):
            found = [hit.id for hit in index.search(query)]
            assert sorted(found) == ["0", "1"]
            assert equal or found[0] == str(own)
            assert all(hit.snippet.html().startswith("昨天，<mark>") for hit in index.search(query))

    @pytest.mark.slow
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_word_finds_what_it_should(self, kind: Kind, every_form: Index) -> None:
        for group in ALL_GROUPS:
            for word in group.words if group.kind == kind else ():
                found = {hit.id for hit in every_form.search(word, limit=1000)}
                assert found >= {word, *(group.found or group.words)}
