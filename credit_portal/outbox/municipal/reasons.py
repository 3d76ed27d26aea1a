"""The platform's refusal codes in words that tell the clerk what to do."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "1001": "主体基础库无此代码或名称不一致，请核对相对人名称和统一社会信用代码后更正",
    "1002": "必填项缺失，请补充后重新报送",
    "1003": "日期格式不正确或先后矛盾，请核对后更正",
    "1004": "处罚机关或许可机关与机构名录不符，请核对机关名称和代码",
    "1005": "文书号重复，平台已有相同文书号的其他记录",
    "1006": "金额格式不正确，请以万元为单位填写",
    "1007": "公开字段中含有身份证件号码，请删除后更正",
    "1008": "报文与摘要不一致，请联系系统管理员",
    "1009": "同一版本重复报送且内容不同，请联系系统管理员",
    "1010": "版本早于平台已收到的版本，请核对更正记录",
    "1011": "信息种类不在接收范围内，请联系系统管理员",
    "1099": "报文格式无法识别，请联系系统管理员",
}
LONGEST = 500


def reason_in_words(code: str, detail: str = "") -> str:
    """The sentence for the clerk; what the platform adds in its own words stands behind it."""
    words = REASONS.get(code)
    if words is None:
        return (detail or "市平台未说明退回原因，请联系平台核实")[:LONGEST]
    return f"{words}（{detail}）"[:LONGEST] if detail else words
