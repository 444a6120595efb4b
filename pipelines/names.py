"""What can be a person's name in a Chinese credit, and what only stands where a name could."""

from __future__ import annotations

import re

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金"
    "石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申"
    "欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓"
    "古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟"
    "邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初"
    "门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信"
    "張劉陳楊黃趙吳馬鄭謝許鄧馮韓蕭葉蔣蘇魏呂盧傅鐘譚範陸賈韋鄒閻龍賀顧龔萬錢嚴湯溫樊葛齊龐顏莊聶魯歐關蘭寧紀畢單裴塗凌騰饒陽時農連蘆婁竇黨"
)
"""Single-character surnames, the four hundred most common and their traditional forms."""

COMPOUND_SURNAMES = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "司徒",
    "令狐",
    "夏侯",
    "端木",
    "南宫",
    "范姜",
    "歐陽",
    "張簡",
)

NOBODY = re.compile(
    r"(?:佚名|未知|不详|无名|匿名|网络|互联网|網絡|本站|本网|本報|本报|原创|转载|综合|整理|管理员|系统管理员|编辑部?|小编|责编|责任编辑|记者|通讯员|作者|来源|站长|站内|官方|系统"
    r"|网友|会员|游客|访客|投稿|新闻中心|办公室|宣传部|null|none|unknown|anonymous|admin\w*|administrator|root|test|user|guest|webmaster|editor|author|default)",
    re.I,
)
"""Words that stand in a credit when nobody is named."""

ACCOUNT = re.compile(
    r"(?:admin\w*|administrator|root|webmaster|管理员|系统管理员|站长|小编|editor|[a-z][a-z0-9_.-]{2,19})",
    re.I,
)
"""An account of the site rather than a person."""

_NOT_NAME = re.compile(
    r"[报網网社站刊台]|日报|新闻|记者|编辑|通讯|来源|作者|摄影|报道|报导|報導|報道|综合|整理|编译|本报|责任|专栏|频道|公司|集团|中心|大学|学院|研究|委员|政府|部门|记录|采访|获悉|了解|从|据|的|是|在|[你我他她它们这那怎么什了着过很都就]|[0-9]|[近今昨明]日|文字|图片|视频|校对|审核|编审|实习|见习|制图|供图|剪辑|出品|监制|月|日$"
)
_HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}(?:[·•・．][\u3400-\u9fff]{1,8}){1,3}")
_LATIN_NAME = re.compile(r"[A-Z][a-zA-Z'.-]+(?:\s+[A-Z][a-zA-Z'.-]*){1,3}")


def is_name(words: str, *, strict: bool = True) -> bool:
    """Whether the words can be one person's name. `strict` asks for a known surname, for places where
    anything may stand; after 记者 an unusual name is a name too."""
    if NOBODY.fullmatch(words) or _NOT_NAME.search(words):
        return False
    if _LATIN_NAME.fullmatch(words) or (re.search(r"[·•・．]", words) and _HAN_NAME.fullmatch(words)):
        return True
    if not _HAN_NAME.fullmatch(words):
        return False
    return not strict or words[0] in SURNAMES or words.startswith(COMPOUND_SURNAMES)


def split_names(words: str, *, strict: bool = True) -> list[str]:
    """The names at the start of the words, in order; the first thing that is no name ends the list.

    `刘 涛` and `李　楠` are one name each: a single character goes with the next one.
    """
    parts = [part for part in re.split(r"[\s\u3000、,，;；/／&|｜]+", words.strip(" \u3000:：()（）[]【】")) if part]
    names: list[str] = []
    waiting = ""
    for part in parts:
        if waiting:
            part, waiting = waiting + part, ""
        elif len(part) == 1 and "\u3400" <= part <= "\u9fff":
            waiting = part
            continue
        if not is_name(part, strict=strict):
            break
        names.append(part)
    return names
