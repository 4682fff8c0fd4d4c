"""vCards both ways: what is written in each version is read back as it was."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Contact
from crm_core.kernel import runner
from crm_core.resource.exchange import running
from crm_core.resource.exchange.models import Import
from crm_core.resource.exchange.reader import open_table
from crm_core.text.calling import e164
from tests.exchange.exports import written
from tests.support.world import World
from tests.support.worlds import one_engine

CONTACT = {
    "name": "欧阳娜娜", "mobile": "138 0013 8000", "phone": "028-8600 1234 转 12", "fax": "010-65529988", "email": "na@example.com",
    "note": "喜欢; 喝茶, 看书\\n=3D\n第二行" + "长" * 90, "birth_date": "1988-02-29",
}


@pytest.mark.parametrize("version", ["vcf21", "vcf", "vcf40"])
@one_engine
def test_what_a_card_says_is_read_back_in_every_version(world: World, tmp_path: Path, version: str) -> None:
    contacts = world.site.registry.resource("core.contact")
    with world.as_("root"):
        born = contacts.all_fields["birth_date"].parse(CONTACT["birth_date"])
        (contact,) = contacts.write([{**CONTACT, "customer": world.customers["ann"], "birth_date": born}])
    data = written(world, "root", "q=欧阳娜娜", resource="core.contact", format=version)
    assert f"VERSION:{ {'vcf21': '2.1', 'vcf': '3.0', 'vcf40': '4.0'}[version]}".replace(" ", "") in data.decode()
    assert max(map(len, data.split(b"\r\n"))) <= 76
    path = tmp_path / "cards.vcf"
    path.write_bytes(data)
    (cells,) = [dict(zip(open_table(path).header, cells, strict=True)) for _line, cells in open_table(path).rows()]
    assert (cells["name"], cells["email"], cells["birthday"]) == ("欧阳娜娜", "na@example.com", "1988-02-29")
    assert cells["note"] == CONTACT["note"] and e164(cells["mobile"]) == "+8613800138000" and cells["phone"] == CONTACT["phone"]
    with world.as_("root"):
        contacts.delete([contact])
        made = running.begin(contacts, path.name, path)
        running.start(made)
        import_id = made.id
    while runner.run_one(world.site):
        pass
    with world.as_("root"):
        assert session.get_one(Import, import_id).new == 1
        found = session.scalars(sa.select(Contact).where(Contact.name == "欧阳娜娜")).one()
        assert (found.customer_id, found.email, found.note) == (world.customers["ann"], CONTACT["email"], CONTACT["note"])
        assert (found.mobile if version != "vcf40" else e164(found.mobile or "")) == (CONTACT["mobile"] if version != "vcf40" else "+8613800138000")
