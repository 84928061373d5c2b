"""Function words: words like 在, 的, 什么, 为什么, which a document does not have to contain.

In a text of several words they count for the rank, but the content words decide about a match. A text of
function words alone needs all of them. A question word makes a text a question, whose answer may be in other
words. All are in normalized spelling.
"""

from __future__ import annotations

QUESTION_WORDS = frozenset(
    """
    谁 何 几 多少 什么 甚么 怎么 怎么样 怎样 怎 如何 为何 为什么 哪 哪个 哪些 哪里 哪儿 哪位 哪种 哪年 何时 何地 何种
    几个 是否 能否 可否 是不是 能不能 有没有 吗 呢
    how what when where which who why
    """.split()
)

FUNCTION_WORDS = frozenset(
    """
    的 地 得 了 着 过 是 在 和 与 及 或 且 并 而 但 却 则 也 都 就 又 再 还 更 很 太 最 较 只 才 仅 便 即
    为 以 于 从 自 到 对 向 往 把 被 让 使 令 将 由 给 跟 同 比 等 如 若 因 所 之 其 此 该 这 那 哪 某 每 各
    谁 何 几 多少 什么 甚么 怎么 怎样 怎 如何 为何 为什么 哪个 哪些 哪里 哪儿 哪位 哪种 哪年 何时 何地 何种 几个
    是否 能否 可否 吗 呢 吧 啊 呀 嘛 么 哦 啦 不 没 无 非 未 没有 不是 不能 不会 会 能 可 可以 能够 要 应 应该 应当
    我 你 您 他 她 它 我们 你们 他们 她们 它们 自己 人家 大家 一 个 些 一个 一些 一种 一样 有 有的 有些 有关
    这个 那个 这些 那些 这里 那里 这样 那样 这么 那么 这种 那种 因为 所以 因此 于是 但是 可是 不过 然而 而且 并且
    或者 以及 还有 如果 假如 虽然 尽管 无论 不管 只要 只有 除了 关于 对于 至于 由于 根据 按照 通过 随着 为了 作为
    就是 还是 都是 也是 而是 只是 其中 其他 其它 之一 之后 之前 之间 之中 以后 以前 以来 以内 时 时候 的话
    上 下 中 里 内 外 前 后 间 上面 下面 里面 去 来 做 请 请问 想 想要 知道
    a an and are as at be by did do does for from how in is it of on or that the this to was were what when where
    which who why with
    """.split()
)
