"""Keeping queries and columns of lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from ..exceptions import ColumnsRefused, QueryRefused
from ..models import SavedQuery, TableColumns
from ..pages import ListPage
from ..selectors.lists import tidy

if TYPE_CHECKING:
    from credit_portal.accounts.models import User

MOST = 20  # queries of one page
NAME_LENGTH = 30
QUERY_LENGTH = 1000


@transaction.atomic
def save_query(*, page: ListPage, name: str, query: str, by: User) -> SavedQuery:
    """Keep the present conditions of a list under a name."""
    kept = tidy(query)
    if not kept:
        raise QueryRefused("当前没有查询条件。请先选好条件并查询，再保存。")
    if len(kept) > QUERY_LENGTH:
        raise QueryRefused("查询条件太长，无法保存，请减少条件。")
    mine = SavedQuery.objects.visible_to(by).of_page(page.key)
    if mine.count() >= MOST:
        raise QueryRefused(f"每个列表最多保存 {MOST} 个查询，请先在“管理”中删除不用的。")
    row = SavedQuery(owner=by, page=page.key, name=name_of(name), query=kept)
    store(row)
    return row


def rename_query(*, saved: SavedQuery, name: str) -> SavedQuery:
    saved.name = name_of(name)
    store(saved)
    return saved


def delete_query(*, saved: SavedQuery) -> None:
    saved.delete()


def name_of(text: str) -> str:
    name = " ".join(text.replace("\x00", "").split())
    if not name:
        raise QueryRefused("请填写名称。")
    if len(name) > NAME_LENGTH:
        raise QueryRefused(f"名称不能超过 {NAME_LENGTH} 字，现有 {len(name)} 字，请精简。")
    return name


def store(row: SavedQuery) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise QueryRefused(f"已有名为“{row.name}”的查询，请换一个名称。") from None


def keep_columns(*, page: ListPage, columns: Sequence[str], by: User) -> TableColumns:
    """Show these columns of the list from now on, in the list's own order."""
    wanted = set(columns)
    chosen = [key for key in page.columns() if key in wanted]
    if not chosen:
        raise ColumnsRefused("请至少选择一列。")
    row, _ = TableColumns.objects.update_or_create(
        owner=by, page=page.key, defaults={"columns": chosen}
    )
    return row


def forget_columns(*, page: ListPage, by: User) -> None:
    """Back to the columns of the house."""
    TableColumns.objects.visible_to(by).filter(page=page.key).delete()
