"""The people of the demo company: a publisher for the drinks trade with a marketing centre, and every kind of role."""

from typing import Any

from crm_core.access import passwords
from crm_core.features.people.services import accounts
from crm_core.kernel.site import site

# code: (name, parent, head)
DEPARTMENTS = {
    "HQ": ("西部酒业观察传媒有限公司", None, "sunli"),
    "MC": ("营销中心", "HQ", "chenxiaoyan"),
    "PUB": ("发行部", "MC", "wangzhiqiang"),
    "FAIR": ("展会部", "MC", None),
    "NEWS": ("采编部", "HQ", "xulei"),
    "IC": ("信息中心", "HQ", "admin"),
    "GO": ("综合办公室", "HQ", "mali"),
}
# code: latitude and longitude
PLACES = {"HQ": (30_657_000, 104_081_700), "FAIR": (31_230_400, 121_473_700)}
SUPERIORS = {"zhangwei": "wangzhiqiang", "qianbin": "sunli", "mali": "sunli"}  # where it is not who heads the department
# login: (name, role, department, title, phone)
PEOPLE = {
    "admin": ("赵敏", "administrator", "IC", "系统管理员", "13800000001"),
    "sunli": ("孙立", "decision-maker", "HQ", "总编", "13800000002"),
    "chenxiaoyan": ("陈晓燕", "supervisor", "MC", "营销中心主管", "13800000003"),
    "wangzhiqiang": ("王志强", "supervisor", "PUB", "发行部主管", "13800000004"),
    "lina": ("李娜", "user", "PUB", "业务员", "13800000005"),
    "wujiaqi": ("吴佳琪", "user", "PUB", "业务员", "13800000006"),
    "liuyang": ("刘洋", "user", "FAIR", "业务员", "13800000007"),
    "zhouting": ("周婷", "user", "FAIR", "业务员", "13800000008"),
    "zhangwei": ("张伟", "user", "MC", "业务员", "13800000009"),
    "xulei": ("徐磊", "supervisor", "NEWS", "采编部主任", "13800000010"),
    "hejing": ("何静", "user", "NEWS", "记者", "13800000011"),
    "mali": ("马丽", "supervisor", "GO", "办公室主任", "13800000012"),
    "qianbin": ("钱斌", "reviewer", "IC", "信息审核员", "13800000013"),
}


def fill(make: Any) -> None:
    """Departments and people into an empty site; `make.made` gets the ids of both, by code and by sign-in name.

    People come before departments: a department that is made with its head has been given to nobody, and nobody is told so.
    """
    registry = site().registry
    users: dict[str, int] = {}
    for login, (name, role, _code, title, phone) in PEOPLE.items():
        users[login] = accounts.add(login, name, [role], title=title, phone=phone, email=f"{login}@example.com")
        accounts.store_hash(users[login], passwords.hash_password(make.password(login)), "password made for the demo")
    departments: dict[str, int] = {}
    for code, (name, parent, head) in DEPARTMENTS.items():
        row = {"name": name, "code": code, "parent": departments.get(parent or ""), "owner": users.get(head or ""), **dict(zip(("latitude", "longitude"), PLACES.get(code, ()), strict=False))}
        departments[code] = registry.resource("core.department").write([row])[0]
    registry.resource("core.user").write([{"id": users[login], "department": departments[row[2]], "supervisor": users.get(SUPERIORS.get(login, ""))} for login, row in PEOPLE.items()])
    make.made.update(departments=departments, users=users)
