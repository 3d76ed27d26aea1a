"""Values go back into the form they came from, and nothing else of the page changes."""

import pytest

from credit_portal.web.refill import Refill

PAGE = """<!doctype html><p>甲 &amp; 乙</p><div id="messages" class="m">
</div>
<form action="/elsewhere/" method="post"><input name="reason" value="x"></form>
<form action="" method="get"><input name="reason" value="y"></form>
<details class="why"><summary>退回</summary>
<form action="/steps/?detail=5&amp;a=1" method="post">
<input type="hidden" name="csrfmiddlewaretoken" value="fresh">
<input name="reason" value="">
<button name="action" value="return">退回</button>
</form></details>
<form action="/steps/?detail=5&amp;a=1" method="post">
<input type="hidden" name="ids" value="5"><button name="action" value="approve">通过</button>
</form>
<form action="" method="post">
<input type="hidden" name="csrfmiddlewaretoken" value="fresh">
<input name="name" value="old"><input name="line"><input name="line" value="2">
<input type="password" name="secret" value=""><input type="file" name="file">
<textarea name="facts">
old</textarea>
<details open><summary>更多</summary><textarea name="more"></textarea></details>
<details><summary>空</summary><input name="empty" value="was"></details>
<input type="checkbox" name="tick" value="a" checked><input type="checkbox" name="tick" value="b">
<input type="radio" name="one" checked><select name="kind"><option value="">无</option>
<option value="1" selected>一</option><option value="2">二</option></select>
</form>"""


def filled(to="/form/", notice="", **values):
    return Refill(PAGE, page="/form/", action=to, values=values).result(notice)


def test_every_kind_of_field():
    text = filled(
        name=['张“三” <b>&"'],
        line=["甲", "乙"],
        facts=["一\n<二>"],
        more=["m"],
        empty=[""],
        tick=["b"],
        kind=["2"],
        csrfmiddlewaretoken=["stale"],
        secret=["s"],
        file=["f"],
    )
    assert '<input name="name" value="张“三” &lt;b&gt;&amp;&quot;">' in text
    assert '<input name="line" value="甲"><input name="line" value="乙">' in text
    assert '<textarea name="facts">\n一\n&lt;二&gt;</textarea>' in text
    assert '<textarea name="more">\nm</textarea>' in text
    assert '<details><summary>空</summary><input name="empty" value="">' in text
    assert '<input type="checkbox" name="tick" value="a">' in text
    assert '<input type="checkbox" name="tick" value="b" checked>' in text
    assert '<input type="radio" name="one">' in text
    assert '<option value="1">一</option><option value="2" selected>' in text
    assert "stale" not in text
    assert 'name="secret" value=""' in text
    assert '<input type="file" name="file">' in text
    assert text.startswith("<!doctype html><p>甲 &amp; 乙</p>")


def test_the_form_with_the_pressed_button_is_chosen_and_unfolded():
    text = filled("/steps/?detail=5&a=1", ids=["5"], action=["return"], reason=["请补充。"])
    assert '<details class="why" open><summary>退回' in text
    assert '<input name="reason" value="请补充。">' in text
    assert '<input name="reason" value="x">' in text


@pytest.mark.parametrize("action", ["/gone/", "/elsewhere"])
def test_a_page_without_the_form(action):
    page = Refill(PAGE, page="/form/", action=action, values={"reason": ["甲"]})
    assert page.form is None
    assert page.result("") == PAGE


def test_a_form_that_asks_something_else_is_not_it():
    assert Refill(PAGE, page="/form/", action="/form/", values={"other": ["甲"]}).form is None


def test_the_notice_stands_first_among_the_messages():
    assert '<div id="messages" class="m"><p>!</p>\n</div>' in filled(notice="<p>!</p>", name=["甲"])
    assert Refill("<p>", page="/", action="/", values={}).result("<p>!</p>") == "<p>"


def test_odd_markup_does_not_break_it():
    odd = "</details></textarea></form><option value=1><select name=s></select><textarea name=t>"
    assert Refill(odd, page="/", action="/", values={"t": ["甲"]}).result("") == odd
