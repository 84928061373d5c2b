"""Writes `searchkit/query/regional.txt`: what the same thing is called in the mainland and in Taiwan.

The pairs come from the phrase tables of OpenCC (https://github.com/BYVoid/OpenCC, Apache-2.0) as
`opencc-python-reimplemented` ships them, read in both directions. They were made to translate texts on
computing, where 程序 is 程式; elsewhere it is the procedure of a court. So a word with another meaning in
everyday texts finds only itself, though other words may find it.

Run this when the normalizer, the tokenizer or the list below changes:

    python tools/regional_words.py
"""

from __future__ import annotations

from pathlib import Path

from searchkit.analysis import normalize
from searchkit.analysis.normalizer import read_dictionary
from searchkit.query.synonyms import key_of_text

TARGET = Path(__file__).parent.parent / "searchkit" / "query"
HEADER = """\
# For the tokens of a word, what the same thing is called elsewhere, normalized. From the phrase tables of
# OpenCC (https://github.com/BYVoid/OpenCC, Apache-2.0). Written by tools/regional_words.py.
"""

# In normalized spelling.
EVERYDAY = frozenset(
    """
    万象 互动 交互 交互式 代码 传送 发送 低级 高级 高端 高阶 进阶 保存 储存 存储 存取 访问 通道 全局 局部
    全域性 区域性 内核 核心 单核心 分区 创建 建立 刷新 重新整理 剪下 剪切 加载 载入 卷轴 发布 释出 变数 启用
    激活 呼出 呼叫 调用 循环 回调 图库 堆叠 外挂 对象 物件 导入 导出 汇入 汇出 声明 宣告 审核 稽核 屏蔽 遮蔽
    序列 串行 开启 打开 截取 执行 运行 扩展 扩音 免提 批次 批量 抛出 丢掷 拨出 挂断 结束通话 指标 指针 调度
    类型 支持 支援 散列 数字 数据 资料 阵列 整合 集成 集群 文件 文档 档案 文字 文本 新增 添加 智慧 枚举 列举
    查找 查询 查看 检视 桌布 模拟 类比 注销 登录 消息 简报 程序 进程 窗口 贴上 预设 联系 联络 脚本 指令码 菜单
    装置 设备 触控 触摸 设定 设置 过载 重载 连接 连线 连结 通过 透过 重装 重灌 防毒 杀毒 项目 专案 联系历史
    永续性 持久性 正规化 范式 狮子山 溢出 溢位 社区 社群 远程 远端 处理 参数 引数 局部 实例 例项 地址 位址 元件 组件 前缀
    后缀 字首 字尾 窗口 控制代码 资料来源 控件 码率 片语 词组
    """.split()
)


def main() -> None:
    pairs = {
        pair
        for name in ("TWPhrases.txt", "TWPhrasesRev.txt")
        for source, targets in read_dictionary(name)
        for target in targets
        for pair in ((normalize(source), normalize(target)), (normalize(target), normalize(source)))
    }
    found: dict[str, list[str]] = {}
    for word, other in sorted(pairs):
        if word != other and word not in EVERYDAY and (len(word) == 1) == (len(other) == 1):
            found.setdefault(key_of_text(word), []).append(other)
    rows = ["\t".join([key, *others]) for key, others in sorted(found.items())]
    (TARGET / "regional.txt").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(rows)} words in regional.txt")


if __name__ == "__main__":
    main()
