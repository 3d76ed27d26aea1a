"""Firms that do not exist: as many as wanted, the same for the same seed, in the style of a registry extract."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from records.codes import CHARACTERS, check_character, organisation_check_character
from records.divisions import DIVISIONS

CITY_FRONTS = ("淮南", "淮南市", "安徽")
# Characters as firms choose them, some of them beyond the common character sets.
CHOSEN = (
    "垚焜喆堃镕渟䶮㛃屿岱岑岫峤峦嵘屹垣垦垲昶沛泓淼澄澍澔瀚炀熠琮畤矿砚砺禹衡铭钧锴鑫颀骞宏达兴盛祥瑞恒泰华信诚"
    "顺德润丰嘉和平安康源永利合众联创新科远航金银玉石山川江海湖洋云天宇星辰明辉光耀春夏秋东南西北中正大同"
)
TRADES = (
    ("91", "煤矿", "煤业有限责任公司"),
    ("91", "非煤矿山", "矿业有限责任公司"),
    ("91", "危险化学品", "化工有限公司"),
    ("91", "燃气", "燃气有限公司"),
    ("91", "建筑施工", "建筑工程有限公司"),
    ("91", "工贸", "机械制造有限公司"),
    ("91", "交通运输", "运输有限公司"),
    ("91", "商贸", "商贸有限公司"),
    ("91", "特种设备", "电梯维保有限公司"),
    ("92", "工贸", "木业加工厂"),
    ("92", "烟花爆竹", "烟花爆竹经营部"),
    ("92", "商贸", "五金建材商行"),
    ("93", "农业机械", "农机服务专业合作社"),
)
STATUSES = ("存续", "注销", "吊销", "迁出")
STATUS_WEIGHTS = (94, 3, 2, 1)
ROADS = ("洞山路", "舜耕路", "国庆路", "龙湖路", "朝阳路", "广场路", "学院路", "八公山路")
SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗"
GIVEN = "伟静敏勇军杰涛明超霞平刚桂英玉飞洋艳磊鹏芳娜强丽"
FIRST_DAY = dt.date(1998, 1, 1)
DAYS = 9_800  # until late 2024


def synthetic_firms(n: int, seed: int) -> Iterator[dict[str, str]]:
    """`n` rows with the columns of a registry extract, keyed by the fields of `MarketEntity`."""
    chance = random.Random(seed)  # noqa: S311 - invented firms, not secrets
    for number in range(n):
        yield _firm(chance, seed, number)


def _firm(chance: random.Random, seed: int, number: int) -> dict[str, str]:
    division = chance.choice(tuple(DIVISIONS))
    kind, industry, ending = chance.choice(TRADES)
    county = DIVISIONS[division]
    chosen = "".join(chance.sample(CHOSEN, chance.choice((2, 2, 3, 3, 4))))
    front = chance.choice((*CITY_FRONTS, county))
    established = FIRST_DAY + dt.timedelta(days=chance.randrange(DAYS))
    person = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2))))
    return {
        "code": synthetic_code(kind, division, seed, number),
        "name": front + chosen + ending,
        "legal_representative": person,
        "address": f"安徽省淮南市{county}{chance.choice(ROADS)}{chance.randint(1, 400)}号",
        "industry": industry,
        "division_code": division,
        "established_on": established.isoformat(),
        "status": chance.choices(STATUSES, STATUS_WEIGHTS)[0],
    }


def synthetic_code(kind: str, division: str, seed: int, number: int) -> str:
    """A code that passes the arithmetic; another number or seed gives another code."""
    rest = number * 31 + seed % 31
    digits = ""
    for _ in range(6):
        rest, value = divmod(rest, 31)
        digits = CHARACTERS[value] + digits
    organisation = "MA" + digits
    body = kind + division + organisation + organisation_check_character(organisation)
    return body + check_character(body)
