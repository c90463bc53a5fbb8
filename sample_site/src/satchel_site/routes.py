"""Which address leads to which page."""

from aiohttp import web

from satchel_site.pages import (
    collected,
    compose,
    contact,
    contacts,
    groups,
    identities,
    mailbox,
    message,
    preferences,
    recipients,
    settings,
    sign_in,
    static,
    status,
    suggest,
    uploads,
)

FOLDER = "/m/{folder:[^/]+}"
MESSAGE = FOLDER + "/{id:[0-9]{1,10}-[0-9]{1,10}}"
SECTION = r"{section:[0-9]{1,4}(?:\.[0-9]{1,4}){0,50}}"
COMPOSE = "/compose/{group:[0-9a-f]{32}}"
IDENTITY = "/settings/identities/{identity:[0-9A-Za-z_-]{1,64}}"
CONTACT = "/contacts/{contact:[0-9A-Za-z_-]{1,64}}"
GROUP = "/contacts/groups/{group:[0-9A-Za-z_-]{1,64}}"
FILE = COMPOSE + "/files/{id:[0-9A-Za-z_-]{8,64}}"

WITHOUT_SESSION = ("/s/", "/healthz/", "/robots.txt")

ROUTES = (
    web.get("/", mailbox.go_to_inbox),
    web.get("/sign-in", sign_in.show_sign_in),
    web.post("/sign-in", sign_in.sign_in),
    web.post("/sign-out", sign_in.sign_out),
    web.get(FOLDER, mailbox.show_mailbox),
    web.post(FOLDER + "/messages", mailbox.change_messages),
    web.get(MESSAGE, message.show_message),
    web.get(MESSAGE + "/frame", message.show_frame),
    web.get(MESSAGE + "/pictures/" + SECTION, message.show_picture),
    web.get(MESSAGE + "/files/" + SECTION, message.download_file),
    web.get(MESSAGE + "/source", message.download_source),
    web.get("/compose", compose.begin, allow_head=False),
    web.get(COMPOSE, compose.show_compose),
    web.post(COMPOSE, compose.write),
    web.put(FILE, uploads.put_file),
    web.patch(FILE, uploads.resume_file),
    web.head(FILE, uploads.tell_progress),
    web.get(FILE, uploads.download_attachment, allow_head=False),
    web.delete(FILE, uploads.delete_file),
    web.post(FILE + "/delete", uploads.delete_file_by_form),
    web.post(FILE + "/rename", uploads.rename_file),
    web.get(COMPOSE + "/recipients", recipients.show_recipients),
    web.post(COMPOSE + "/recipients", recipients.add_recipients),
    web.get("/contacts", contacts.show_contacts),
    web.post("/contacts/change", contacts.change_contacts),
    web.get("/contacts/suggest", suggest.suggest),
    web.get("/contacts/collected", collected.show_collected),
    web.post("/contacts/collected/forget", collected.forget_recipient),
    web.get("/contacts/groups", groups.show_groups),
    web.get(GROUP + "/recipients", suggest.expand),
    web.post(GROUP, groups.save_group),
    web.post(GROUP + "/delete", groups.delete_group),
    web.get(CONTACT, contact.show_contact),
    web.post(CONTACT, contact.save_contact),
    web.post(CONTACT + "/delete", contact.delete_contact),
    web.get("/settings", settings.show_settings),
    web.get("/settings/preferences", preferences.show_preferences),
    web.post("/settings/preferences", preferences.save_preference),
    web.get("/settings/identities", identities.show_identities),
    web.get(IDENTITY, identities.show_identity),
    web.post(IDENTITY, identities.save_identity),
    web.post(IDENTITY + "/delete", identities.delete_identity),
    web.post("/settings/sign-out-others", settings.sign_out_others),
    web.post("/settings/sign-out-device", settings.sign_out_device),
    web.get("/healthz/live", status.show_live),
    web.get("/healthz/ready", status.show_ready),
    web.get("/s/{build}/{name}", static.show_static),
    web.get("/robots.txt", static.show_robots),
)


def has_no_session(request: web.Request) -> bool:
    """Whether this page is for machines, which have no session."""
    return request.path.startswith(WITHOUT_SESSION)
