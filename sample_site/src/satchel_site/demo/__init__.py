"""What `satchel demo` brings along: mail servers in this process and a seeded mailbox."""

from satchel_site.demo.accounts import DemoAccount
from satchel_site.demo.servers import DataInUse, DemoMail, demo_mail

__all__ = ["DataInUse", "DemoAccount", "DemoMail", "demo_mail"]
