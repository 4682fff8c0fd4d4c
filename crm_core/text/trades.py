"""What firms deal in, as their names say it: words of one meaning, in Chinese and English.

A line: the meaning, then the words that stand for it. Meanings with a ``-`` in front tell little (发展, 实业): firms of
one house leave them out or change them.
"""

from __future__ import annotations

from crm_core.text.pinyin import spell

_WORDS = """
tech 科技 技术 高科 高新技术 科技发展 technology technologies tech
info 信息 信息技术 信息科技 数据 information data
net 网络 网络科技 互联网 网络技术 network networks internet
soft 软件 软件技术 计算机 计算机系统 系统集成 系统工程 software systems computer
smart 智能 智能科技 智能装备 机器人 自动化 intelligent robotics automation
electron 电子 电子科技 半导体 微电子 electronics electronic semiconductor
electric 电气 电器 电力 电力设备 electric electrical power
telecom 通信 通讯 电信 communications telecom telecommunications
energy 能源 新能源 energy
oil 石油 石化 油田 petroleum petrochemical oil
chem 化工 化学 化学工业 chemical chemicals
gas 燃气 天然气 gas
water 水务 自来水 water
build 建设 建筑 建工 建筑工程 建设工程 城建 路桥 construction building
decor 装饰 装修 装饰工程 装潢 decoration
design 设计 设计院 规划设计 design
estate 房地产 地产 置业 房产 房地产开发 property estate realty
material 材料 新材料 建材 建筑材料 materials material
steel 钢铁 钢材 特钢 金属 steel metal metals
machine 机械 机械设备 机械制造 机床 重工 重型机械 machinery machine
equip 设备 装备 仪器 仪表 仪器仪表 equipment instruments
car 汽车 汽车零部件 汽车销售 汽车服务 auto automobile automotive motor
mould 模具 五金 五金制品 塑料 塑胶 塑料制品 hardware plastic plastics
pack 包装 包装制品 包装材料 印刷 印务 彩印 包装印刷 packaging printing
paper 纸业 造纸 paper
textile 纺织 纺织品 针织 服装 服饰 制衣 鞋业 textile textiles garment garments clothing apparel
furniture 家具 家居 家私 furniture
wine 酒业 酿酒 酒厂 酒庄 葡萄酒 葡萄酒业 白酒 啤酒 黄酒 winery wine wines liquor distillery brewery
food 食品 食品饮料 食品科技 副食 副食品 粮油 饮料 乳业 肉类 食品工业 food foods beverage beverages dairy
sugar 糖业 制糖 糖厂 sugar
tea 茶业 茶叶 tea
grain 农业 农业科技 农牧 牧业 种业 种子 渔业 水产 agriculture agricultural farming
feed 饲料 feed
drug 医药 药业 制药 药房 大药房 pharma pharmaceutical pharmaceuticals pharmacy
medic 医疗 医疗器械 医疗设备 medical
bio 生物 生物科技 生物技术 生物工程 bio biotech biotechnology
health 健康 健康科技 健康管理 养老 health
green 环保 环境 环保科技 环境工程 园林 园林绿化 environmental environment
culture 文化 文化传播 文化传媒 传媒 传播 广告 广告传媒 文化发展 文化艺术 影视 影业 media culture advertising film
press 出版 出版社 报社 杂志社 press publishing
teach 教育 教育科技 教育咨询 培训 培训学校 education training
consult 咨询 管理咨询 企业管理咨询 咨询服务 顾问 consulting consultancy
hr 人力资源 劳务 劳务派遣 人才 staffing
law 律师事务所 law
audit 会计师事务所 税务师事务所 accounting
capital 投资 资本 资产管理 投资管理 创业投资 基金 基金管理 股权投资 investment investments capital asset
bank 银行 商业银行 农村商业银行 信用社 农商银行 bank
insure 保险 财产保险 人寿保险 insurance
finance 金融 证券 期货 信托 担保 租赁 融资租赁 finance securities leasing
trade 贸易 商贸 经贸 工贸 进出口 进出口贸易 国际贸易 对外贸易 商业 供应链 供应链管理 trade trading import export
shop 百货 超市 商场 商店 商行 便利店 电子商务 电商 store supermarket
logis 物流 运输 货运 快递 速递 快运 仓储 物流运输 供应链物流 国际物流 国际货运代理 货运代理 logistics express freight transport
air 航空 机场 airlines aviation
hotel 酒店 宾馆 大酒店 酒店管理 hotel hotels
eat 餐饮 餐厅 饭店 餐饮管理 酒楼 catering restaurant
travel 旅游 旅行社 国际旅行社 travel tourism
house 物业 物业管理 物业服务 property-management
clean 清洁 保洁 家政 家政服务 cleaning
guard 保安 安保 保安服务 安防 security
mine 矿业 煤业 煤炭 有色金属 mining coal
light 照明 光电 光电科技 灯饰 lighting photonics
jewel 珠宝 首饰 饰品 钟表 眼镜 jewelry jewellery
ship 船舶 造船 海运 航运 shipping marine
rail 铁路 轨道交通 地铁 公交 railway
pet 宠物 宠物用品 母婴 母婴用品 pet
precise 精密 精密机械 精密制造 光学 precision optical
toy 玩具 文具 礼品 工艺品 toys stationery gifts
beauty 化妆品 美容 日化 美业 cosmetics beauty
sport 体育 体育文化 体育用品 sports
school 大学 学院 中学 小学 学校 幼儿园 university college school
clinic 医院 诊所 门诊部 卫生院 hospital clinic
institute 研究院 研究所 科学研究院 institute research
coop 合作社 专业合作社 cooperative
works 厂 工厂 制造厂 加工厂 制造 制品 加工 works factory manufacturing
-develop 发展 开发 development
-industry 实业 工业 产业 企业 industry industries industrial enterprise enterprises
-service 服务 服务中心 services service
-manage 管理 企业管理 运营 运营管理 management
-sales 销售 营销 经营 sales
-project 工程 工程技术 安装 安装工程 engineering
-world 国际 环球 全球 international global
-centre 中心 总汇 城 centre center
-union 联合 控股 union
"""

MEANING: dict[str, str] = {}
"""word → meaning."""
WEAK = frozenset(line.split()[0] for line in _WORDS.splitlines() if line.startswith("-"))
for _line in _WORDS.splitlines():
    _meaning, *_each = _line.split() or [""]
    for _word in _each:
        MEANING.setdefault(_word, _meaning)
LONGEST = max(len(word) for word in MEANING if not word.isascii())


def by_sound() -> dict[str, str]:
    """Pinyin of the Chinese words → meaning: ``tangye`` as a firm writes itself in Latin letters."""
    found: dict[str, str] = {}
    for word, meaning in MEANING.items():
        if not word.isascii() and len(word) > 1:
            found.setdefault("".join(spell(word)), meaning)
    return found
