"""A mail server that takes mail, or says no in the way and at the step that it is told to."""

import socketserver
import threading


class FakeSmtp:
    """`refusals` maps a verb, or "." for the end of a mail, to the line that answers it, or to "hang up"."""

    def __init__(self):
        self.mails = []
        self.connections = 0
        self.refusals = {}
        fake = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                fake.connections += 1
                fake.talk(self.rfile, self.say)

            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def talk(self, lines, say):
        say("220 fake")
        for raw in lines:
            verb = raw.strip().split(b" ")[0].split(b":")[0].decode().upper()
            if verb == "QUIT":
                say("221 bye")
                return
            answer = self.refusals.get(verb)
            if answer is None and verb == "DATA":
                say("354 go on")
                answer = self.take(self.read_mail(lines))
            if answer == "hang up":
                return
            say(answer or "250 ok")

    def take(self, mail):
        if "." not in self.refusals:
            self.mails.append(mail)
        return self.refusals.get(".")

    def read_mail(self, lines):
        mail = b""
        for line in lines:
            if line == b".\r\n":
                return mail
            mail += line.removeprefix(b".") if line.startswith(b"..") else line
        return mail
