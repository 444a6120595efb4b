"""Themes in which something is easily mistaken for the template, or the template for something else."""

from __future__ import annotations

from collections.abc import Sequence

from tests.learning.themes import SPAM, Piece

AUTHOR, OFFICE = "（河洛晨报记者 甄季同）", "灵宝市园区管理办公室"
DAY = "2024年5月6日"
SERIES = "本系列走进园区一线，讲述转型中的普通人。"
CLOSING = "园区表示，后续进展将及时向企业通报。"
"""How many articles really end."""
SUBHEADING = "账本"
ADVERTS = ("新盘特惠日日有", "好房不等人", "一站式入园就在这里", "省心省力省钱", "全程陪同看场")


def _paragraphs(lines: Sequence[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def _page(piece: Piece, text: str, *, row: str = "", below: str = "") -> str:
    row = row or str(piece.story.published)
    return f"<div class=w><h1>{piece.story.title}</h1><div class=i>{row}</div><div class=c>{text}</div>{below}</div>"


def adverts_between(piece: Piece) -> str:
    """An advert between the paragraphs, another from page to page, each time in another place."""
    lines = [f"<p>{line}</p>" for line in piece.paragraphs]
    lines.insert(1 + piece.number % max(1, len(lines) - 1), f"<p class=ad>{ADVERTS[piece.number % 5]}</p>")
    return _page(piece, "".join(lines), row=f"{piece.story.published} 浏览 {piece.number + 5}")


def one_box_twice(piece: Piece) -> str:
    """The class of the text's box on another one too."""
    return _page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]), below=f"<div class=c><p>{SPAM[1]}</p></div>")


def _list(heading: str, piece: Piece, steps: Sequence[int]) -> str:
    links = "".join(
        f"<li><a href=/{piece.number + step}.html>{piece.related[step - 1].title}</a></li>" for step in steps
    )
    return f"<div class=box><h3>{heading}</h3><ul>{links}</ul></div>"


def another_list(piece: Piece) -> str:
    """One list of related articles, on one page of thirteen another; an empty one and the hottest articles on all."""
    another = _list("猜你喜欢", piece, (4, 5)) if piece.number % 13 == 1 else ""
    below = f"<div class=rel>{_list('相关文章', piece, (1, 2, 3))}</div>{another}<h3>更多资讯</h3><ul></ul>{_list('热门文章', piece, (6,))}"
    return _page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]), below=f"{below}<div class=foot>河洛</div>")


def two_lists(piece: Piece) -> str:
    """Two lists of related articles on every page."""
    below = _list("相关文章", piece, (1, 2, 3)) + _list("猜你喜欢", piece, (4, 5))
    return _page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]), below=f"<div class=rel>{below}</div>")


def commented(piece: Piece) -> str:
    """Comments below, on some pages."""
    comments = "".join(
        f"<div class=cm><b>网友{i}</b><p>说得好，支持第{piece.number * 7 + i}条意见，希望早日建成。</p></div>"
        for i in range(piece.number % 4)
    )
    below = f"<div class=comments><h3>网友评论</h3>{comments}</div>"
    return _page(
        piece, _paragraphs([*piece.paragraphs, SPAM[1]]), row=f"{piece.story.published} 作者：admin", below=below
    )


def one_author(piece: Piece) -> str:
    """All articles by one author, of one day and one paper."""
    row = "2024-05-06 来源：河洛晨报 作者：甄季同"
    return _page(piece, _paragraphs([*piece.paragraphs, AUTHOR]), row=row)


def one_office(piece: Piece) -> str:
    """All of them signed by one office on one day."""
    return _page(piece, _paragraphs([*piece.paragraphs, OFFICE, DAY]), row="2024-05-06")


def sometimes_related(piece: Piece) -> str:
    """Related articles inside the text's box, on two pages of three."""
    links = "".join(
        f"<li><a href=/{piece.number + step}.html>{story.title}</a></li>" for step, story in enumerate(piece.related, 1)
    )
    related = f"<div class=rel><h3>相关文章</h3><ul>{links}</ul></div>" if piece.number % 3 else ""
    return _page(piece, _paragraphs([*piece.paragraphs, SPAM[2]]) + related)


def dates_in_many_forms(piece: Piece) -> str:
    day = piece.story.published
    forms = (
        f"{day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day} 08:3{piece.number % 10}",
        f"发布时间：{day}",
    )
    return _page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]), row=forms[piece.number % 4])


def boxes_without_names(piece: Piece) -> str:
    """Boxes in boxes, none of which has a class or an id."""
    text = "".join(f"<div>{line}</div>" for line in [*piece.paragraphs, *SPAM[:2]])
    head = (
        f"<div><span>{piece.story.title}</span></div><div><span>{piece.story.published}</span> <span>河洛</span></div>"
    )
    return f"<div><div><div>{head}<div>{text}</div></div></div></div>"


def a_series(piece: Piece) -> str:
    """Seven articles in ten begin with the standing words of a series."""
    standing = [SERIES] if piece.number % 10 < 7 else []
    return _page(piece, _paragraphs([*standing, *piece.paragraphs, SPAM[0]]))


def related_here_and_there(piece: Piece) -> str:
    """Related articles now above the text, now below it, in boxes of other names."""
    links = "".join(
        f"<li><a href=/{piece.number + step}.html>{story.title}</a></li>" for step, story in enumerate(piece.related, 1)
    )
    related = f"<div class=rel{'ab'[piece.number % 2]}><h3>相关文章</h3><ul>{links}</ul></div>"
    page = _page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]))
    return page + related if piece.number % 2 else f"<div class=side>{related}</div>{page}"


def counted_from_nothing(piece: Piece) -> str:
    """A counter that says 0 on one page in five."""
    row = f"{piece.story.published} 浏览 {piece.number % 5 * 9}"
    return _page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]), row=row)


def counted_in_words(piece: Piece) -> str:
    """A counter in each of the ways that sites print it."""
    count = ("987", "1.2万", "12,345", "10万+")[piece.number % 4]
    return _page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]), row=f"{piece.story.published} 浏览 {count}")


def headline_and_byline_in_one(piece: Piece) -> str:
    """The byline as a second line of the headline's element."""
    row = f"{piece.story.published} 08:30 来源：河洛晨报 点击：{piece.number + 3}"
    text = _paragraphs([*piece.paragraphs, SPAM[0]])
    return f"<div class=w><h1>{piece.story.title}<br><span>{row}</span></h1><div class=c>{text}</div></div>"


def related_of_any_number(piece: Piece) -> str:
    """One related article on most pages, several on the others."""
    shown = list(enumerate(piece.related, 1))[: 1 if piece.number % 3 else 4]
    links = "".join(f"<li><a href=/{piece.number + step}.html>{story.title}</a></li>" for step, story in shown)
    related = f"<div class=rel><h3>相关文章</h3><ul>{links}</ul></div>"
    return _page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]), below=related)


def account_with_a_name(piece: Piece) -> str:
    """The account is a person's name on some pages, and the date a relative one."""
    who = ("admin", "陈季同", "林小满")[piece.number % 3]
    row = f"<a href=/u/{who}>{who}</a> 发布于 {piece.number % 9 + 2}{('小时', '天')[piece.number % 2]}前"
    return _page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]), row=row)


def account_in_each_section(piece: Piece) -> str:
    """The account is a person's name, in the section that the row names too, or from some day on in all of them."""
    who = ("admin", "陈季同")[piece.number % 4 == 1 or piece.number > 12]
    row = f"<a href=/u/{who}>{who}</a> {piece.story.published} {('园区', '政策')[piece.number % 2]} 阅读 {piece.number + 3}"
    return _page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]), row=row)


def subheadings_of_a_series(piece: Piece) -> str:
    """A heading above the last paragraph, the same in all articles of a series."""
    *lines, last = piece.paragraphs
    return _page(piece, f"{_paragraphs(lines)}<h3>{SUBHEADING}</h3>{_paragraphs([last, SPAM[0]])}")


def own_words_about_each(piece: Piece) -> str:
    """A line below that names the article, in the site's own words."""
    line = f"《{piece.story.title}》一文的更多细节，可到园区展厅看看"
    return _page(piece, _paragraphs([*piece.paragraphs, line, SPAM[0]]))


def edited_and_tagged(piece: Piece) -> str:
    """Words in the byline that state no field, others on nearly every page."""
    editor = f"{'陈林吴周郑'[piece.number % 5]}{'小季文'[piece.number % 3]}{'满同禾石'[piece.number % 4]}"
    tags = "".join(f" <a href=/t/>{tag}{editor[1]}</a>" for tag in ("园区", "水利", "春耕")[: piece.number % 3])
    return _page(
        piece,
        _paragraphs([*piece.paragraphs, SPAM[0]]),
        row=f"{piece.story.published} 编辑：{editor} 标签：{tags}",
    )


def tables_without_names(piece: Piece) -> str:
    """A layout of tables that nothing tells apart but their order; the text parted by line breaks."""
    links = "".join(
        f"<tr><td><a href=/{piece.number + step}.html>{story.title}</a></td></tr>"
        for step, story in enumerate(piece.related, 1)
    )
    row = f"{piece.story.published.year}年{piece.story.published.month}月{piece.story.published.day}日 河洛晨报"
    text = "<br><br>".join([*piece.paragraphs, SPAM[0]])
    return (
        "<table><tr><td><a href=/>首页</a></td><td><a href=/a/>园区</a></td></tr></table>"
        f"<table><tr><td><b>{piece.story.title}</b></td></tr><tr><td>{row}</td></tr><tr><td>{text}</td></tr></table>"
        f"<table><tr><td>相关文章</td></tr>{links}</table>"
    )


def excerpts_of_one_paper(piece: Piece) -> str:
    """The paper that the text names, on some pages also in the excerpts of other articles below."""
    paper = "河洛晨报消息，" if piece.number % 4 == 1 else ""
    links = "".join(
        f"<li><a href=/{piece.number + step}.html>{story.title}</a><p>{paper}{story.title}，详情见本报昨日的报道。</p></li>"
        for step, story in enumerate(piece.related, 1)
    )
    related = f"<div class=rel><h3>相关文章</h3><ul>{links}</ul></div>"
    return _page(piece, _paragraphs([*piece.paragraphs, AUTHOR]), below=related)


def section_of_a_long_name(piece: Piece) -> str:
    """A link beside the headline so long on some pages that the text's own box weighs more than the one around both."""
    section = ("园区", "园区里的新鲜事和身边人，一路走一路看，也听听当地人怎么说从前和往后")[piece.number % 3 == 0]
    facts = f"<dl><dt>栏目：</dt><dd><a href=/y/>{section}</a></dd><dt>来源：</dt><dd>河洛晨报</dd></dl>"
    text = _paragraphs([*piece.paragraphs, SPAM[0]])
    return f"<main><h1>{piece.story.title}</h1>{facts}<section>{text}</section></main><footer>河洛</footer>"


def talked_about(piece: Piece) -> str:
    """Comments that only a heading tells from the text, and nothing else beside it."""
    said = f"说得在理，我们村里也有{piece.number + 2}户人家这样做，盼着早日看到结果。"
    talk = "".join(f"<li><b>网友{i}</b><p>{said}</p></li>" for i in range(piece.number % 4))
    page = _page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]))
    return f"{page}<div class=pl><h3>网友评论 ({piece.number % 4})</h3><ul>{talk}</ul></div>"


def numbered_classes(piece: Piece) -> str:
    """The number of the section among the classes of the box."""
    return f"<div class='post cate{piece.number % 4} auth1'>{_page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]))}</div>"


def counting_its_readers(piece: Piece) -> str:
    """Lines below that are alike but for their numbers."""
    lines = (f"您是第 {piece.number * 7 + 3} 位读到这里的朋友", f"本文编号 HL{piece.number + 1200}")
    return _page(piece, _paragraphs([*piece.paragraphs, *lines]))


def figures_of_the_day(number: int) -> list[str]:
    """What a report says every day, each day in other numbers."""
    return [
        f"入库 {number + 30} 车",
        f"出库 {number + 21} 车",
        f"在园 {number * 3 + 400} 人",
        f"均价 {number % 9 + 2}.5 元",
    ]


def report_of_the_day(piece: Piece) -> str:
    """Articles that end in the same lines with other figures."""
    return _page(piece, _paragraphs([*piece.paragraphs, *figures_of_the_day(piece.number)]))


def signed_by_an_office(piece: Piece) -> str:
    """All of them signed by one office, without a date."""
    return _page(piece, _paragraphs([*piece.paragraphs, OFFICE]))


def closing_sentence(piece: Piece) -> str:
    """Half of the articles end with one sentence; below it two lines that take turns."""
    closing = [CLOSING] if piece.number % 2 else []
    turns = [f"{ADVERTS[piece.number % 5]}，认准本栏目", f"{ADVERTS[piece.number * 3 % 4]}，明天接着看"]
    return _page(piece, _paragraphs([*piece.paragraphs, *closing, *turns]))


def word_processor(piece: Piece) -> str:
    """Elements with a colon in their names around the text."""
    return f"<o:main>{_page(piece, _paragraphs([*piece.paragraphs, SPAM[0]]))}</o:main>"


ODD_THEMES = (
    adverts_between,
    one_box_twice,
    commented,
    one_author,
    one_office,
    sometimes_related,
    dates_in_many_forms,
    boxes_without_names,
    a_series,
    counting_its_readers,
    report_of_the_day,
    signed_by_an_office,
    closing_sentence,
    word_processor,
)
