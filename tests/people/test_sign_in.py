"""Signing in and out."""

from tests.support.people import Company


def test_the_right_password_opens_the_house(company: Company) -> None:
    browser = company.browser()
    assert browser.get("/me").status_code == 303
    assert browser.sign_in("lina").status_code == 303
    assert browser.get("/me").status_code == 200
