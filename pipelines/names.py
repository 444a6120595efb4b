"""What can be a person's name in a Chinese credit, and what only stands where a name could."""

from __future__ import annotations

import re

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金"
    "石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申"
    "欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓"
    "古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟"
    "邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初"
    "门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信常洪赖付闫代丘"
    "張劉陳楊黃趙吳馬鄭謝許鄧馮韓蕭葉蔣蘇魏呂盧傅鐘譚範陸賈韋鄒閻龍賀顧龔萬錢嚴湯溫樊葛齊龐顏莊聶魯歐關蘭寧紀畢單裴塗凌騰饒陽時農連蘆婁竇黨賴閆"
)
"""Single-character surnames, the four hundred most common and their traditional forms."""

COMPOUND_SURNAMES = (
    *(
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
        "独孤",
        "宇文",
    ),
    *(
        "长孙",
        "轩辕",
        "呼延",
        "申屠",
        "闾丘",
        "司空",
        "澹台",
        "濮阳",
        "淳于",
        "单于",
        "鲜于",
        "东郭",
        "西门",
        "完颜",
        "拓跋",
        "万俟",
    ),
    *("歐陽", "張簡", "范姜", "諸葛", "司馬", "東方", "尉遲", "公孫", "長孫", "軒轅", "獨孤"),
)

NOBODY = re.compile(
    r"(?:本站|本网|本網|本报|本報|本刊|网站|站内)?(?:佚名|无名氏?|匿名|未知|不详|不明|暂无|网络|互联网|網絡|網路|网上|原创|转载|综合|整理|外媒|媒体|自媒体"
    r"|本站|本网|本網|本报|本報|本刊|站内|站长|编辑部?|编者|采编|小编|主编|责编|责任编辑|记者|通讯员|作者|来源|系统|默认|官方|文件|附件|集体|众人|多人|未填写|查看(?:原文|来源)|用户|网友|会员|游客|访客|投稿|供稿)"
    r"(?:整理|收集|转载|综合|原创|采集|编辑部?|投稿|小编|发布|网络)?"
    r"|本[站网網报報刊台](?:讯|消息)|(?:星期|周)[一二三四五六日天]|updated|published|posted|modified|null|none|nan|n/?a|undefined|unknown|anonymous|test|user|guest|editor|author|default|[\W\d_]+",
    re.I,
)
"""Words that stand in a credit when nobody is named."""

SITE_ACCOUNT = re.compile(r"admin\w{0,12}|administrator|root|webmaster|管理员|系统管理员|超级管理员|站长", re.I)
"""What a content management system calls the account of whoever runs the site."""

_ACCOUNT = re.compile(r"[\w·.@+-]{2,24}(?: [A-Za-z][\w.-]{0,15}){0,2}")
_INTERFACE = re.compile(
    r"(?:查看|评论|阅读|浏览|点击|分享|收藏|打印|关注|订阅|登[录陆]|注册|首页|返回|更多|举报|推荐|点赞|转发|赞|字号|回复|复制|原创|优质|作者|发布|发表"
    r"|全文|目录|下载|导航|搜索|放大|缩小|默认|正文|头条|要闻|新闻|快讯|资讯|时间|日期|来源|简介|联系|关闭|已认证|认证|官方账号)+\S{0,2}"
)
"""Words of the page's own buttons and headings."""

_NOT_NAME = re.compile(
    r"[报網网社站刊台]|日报|新闻|新聞|记者|記者|编辑|通讯|来源|作者|摄影|报道|报导|報導|综合|整理|编译|责任|专栏|频道|公司|集团|中心|大学|学院|研究|委员|政府|部门"
    r"|记录|采访|获悉|了解|实习|本报|特约|见习|首席|主任|主席|书记|局长|部长|教授|先生|女士|同志|老师|同学"
    r"|常[务委年见规态识驻用州熟]|代[表理办码价替言]|付[款费出息]|洪[水涝灾]|丘陵|赖以"
    r"|[从据的是在了着被把为]|[省市县镇州区园街馆厂部局厅处室队摄笑]$|掌声|[一二三四五六七八九十]$|全文|未完|完待|待续|剧照|资料|图片|高清|周[一二三四五六日末]|时间|时候|时光|时代|方面|方法|方案|安全|安排"
    r"|平台|平均|平安|高级|高度|高兴|向上|向前|公告|公示|通知|公开|文件|文化|文学|文字|国际|国内|国家|金融|黄金|石油|万元|农业|农村|农民|江苏|江西|安徽|云南|海南|海口"
    r"|南京|南宁|南昌|南阳|武汉|成都|宁夏|宁波|吉林|秦皇岛|张家口|石家庄|马鞍山|连云港"
)
_HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
_DOTTED_NAME = re.compile(r"[\u3400-\u9fffA-Z]{1,8}\.?(?:·[\u3400-\u9fff]{1,8}){1,3}")
_LATIN_NAME = re.compile(r"[A-Z][a-zA-Z'.-]{0,20}(?: [A-Z][a-zA-Z'.-]{0,20}){1,3}")


def is_name(words: str, *, strict: bool = True) -> bool:
    """Whether the words, in plain spelling, can be one person's name.

    `strict` asks for a surname and the length that goes with it, for places where anything may stand; behind 记者:
    or 作者: an unusual name is a name too.
    """
    if _LATIN_NAME.fullmatch(words):
        return not SITE_ACCOUNT.match(words)
    if _DOTTED_NAME.fullmatch(words):
        return True
    if not _HAN_NAME.fullmatch(words) or any(
        (NOBODY.fullmatch(words), _INTERFACE.fullmatch(words), _NOT_NAME.search(words))
    ):
        return False
    if words.startswith(COMPOUND_SURNAMES):
        return len(words) >= 3
    if not strict:
        return True
    if len(words) == 4:  # a married woman's: 陈方安生
        return words[0] in SURNAMES and words[1] in SURNAMES and words[0] != words[1]
    return words[0] in SURNAMES


def is_account(words: str) -> bool:
    """Whether the words, in plain spelling, can be the name of an account: short, no sentence, no button of the page."""
    if SITE_ACCOUNT.fullmatch(words):
        return True
    if not _ACCOUNT.fullmatch(words) or NOBODY.fullmatch(words) or _INTERFACE.fullmatch(words):
        return False
    return re.search(r"[^\W\d_]", words) is not None
