# A mail server of somebody else's that says what it gets, a line of JSON for each mail, read by Python's own parser.
# Usage: mailbox.py PORT [CERTIFICATE KEY USER PASSWORD]. Whose local part begins with `gone` is refused for good, with `busy` once for now. With a
# certificate it takes mails only over STARTTLS and of that user.
import json
import ssl
import sys
import time
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Mailbox:
    def __init__(self):
        self.asked = {}
        self.connections = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.number = self.connections
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked[address] = self.asked.get(address, 0) + 1
        if address.startswith('gone'):
            return '550 5.1.1 there is nobody of that name'
        if address.startswith('busy') and self.asked[address] == 1:
            return '451 4.7.1 come back later'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        print(json.dumps({
            'to': envelope.rcpt_tos, 'sender': envelope.mail_from, 'connection': session.number,
            'headers': {name.lower(): str(value) for name, value in mail.items()},
            'type': mail.get_content_type(), 'parts': [part.get_content_type() for part in mail.iter_parts()],
            'text': mail.get_body(('plain',)).get_content(), 'html': mail.get_body(('html',)).get_content(),
            'defects': [str(defect) for part in mail.walk() for defect in part.defects],
        }), flush=True)
        return '250 OK'


def guarded(certificate, key, user, password):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)

    def authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=data.login.decode() == user and data.password.decode() == password)

    return {'tls_context': tls, 'require_starttls': True, 'auth_required': True, 'authenticator': authenticate}


controller = Controller(Mailbox(), hostname='127.0.0.1', port=int(sys.argv[1]), **(guarded(*sys.argv[2:]) if len(sys.argv) > 2 else {}))
controller.start()
print('ready', flush=True)
while True:
    time.sleep(3600)
