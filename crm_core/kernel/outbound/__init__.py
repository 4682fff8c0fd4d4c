"""What leaves the house: mail (mail.py), and HTTP to other systems (http.py) past the guard of addresses (addresses.py)."""

from crm_core.kernel.outbound.addresses import AddressRefused
from crm_core.kernel.outbound.http import Answer, CallFailed, call, dial
from crm_core.kernel.outbound.mail import MailFailed, can_mail, send_mail

__all__ = ["AddressRefused", "Answer", "CallFailed", "MailFailed", "call", "can_mail", "dial", "send_mail"]
