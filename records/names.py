"""Names: one spelling for searching and comparing, and a mask for natural persons."""

from __future__ import annotations

import unicodedata

# Brackets are part of a name and come in many shapes: 淮南（集团）有限公司 and 淮南(集团)有限公司 are one.
BRACKETS = {
    **dict.fromkeys("([{〔【［｛〈《〖⟨‹«", "("),
    **dict.fromkeys(")]}〕】］｝〉》〗⟩›»", ")"),
}
SURNAMES_OF_TWO = (
    "欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 东方 南宫 端木 司徒 司空 宇文 长孙 钟离 轩辕 百里 "
    "东郭 呼延 闻人 独孤 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 鲜于 闾丘 亓官 赫连 拓跋 完颜 西门"
)
COMPOUND_SURNAMES = frozenset(SURNAMES_OF_TWO.split())
MASK = "*"


class _Folding(dict[int, str | None]):
    """For `str.translate`: brackets unified, blanks, punctuation and invisible characters dropped."""

    def __missing__(self, point: int) -> str | None:
        character = chr(point)
        # Punctuation, blanks, controls, and marks such as the selectors of a character's variant.
        dropped = unicodedata.category(character)[0] in "PZCM"
        self[point] = BRACKETS.get(character, None if dropped else character)
        return self[point]


_FOLDING = _Folding()


def search_form(name: str) -> str:
    """The spelling in which names are stored for search, searched and compared."""
    return _half(_half(_half(name).upper()).translate(_FOLDING))


def _half(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def mask_person_name(name: str) -> str:
    """王静 → 王*, 欧阳娜娜 → 欧阳**: the surname stays, the rest becomes stars."""
    name = name.strip()
    kept = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    if len(name) <= kept:
        return MASK * len(name)
    return name[:kept] + MASK * (len(name) - kept)
