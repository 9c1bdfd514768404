#!/usr/bin/env python3
"""Signs in at the independent server as a browser would (cookies and redirects), then checks what is kept, renewed and withdrawn."""

import http.cookiejar
import json
import pathlib
import subprocess
import sys
import threading
import urllib.request

MARK = "if the browser does not: "


def open_as_browser(url):
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    try:
        urllib.request.build_opener(jar).open(url, timeout=30).read()
    except OSError as error:
        print(f"the browser met: {error}", file=sys.stderr)


def sign_in(program, client):
    command = [program, "google", "login", "--whole", "--no-browser", "--client-secret", client]
    login = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for line in login.stderr:
        if MARK in line:
            threading.Thread(target=open_as_browser, args=(line.split(MARK, 1)[1].strip(),), daemon=True).start()
        else:
            print(line.rstrip())
    assert login.wait() == 0, "the login failed"


def main():
    program, client, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    sign_in(program, client)
    (kept,) = folder.glob("google-at-*/login.json")
    first = json.loads(kept.read_text())
    status = json.loads(subprocess.run([program, "google", "status", "--json"], capture_output=True, check=True).stdout)
    assert status["logged_in"] and len(status["granted"]) >= 1, status

    # An access token that is over is renewed before the call; this server gives a new refresh token each time, which must be kept.
    kept.write_text(json.dumps({**first, "expires_at": 0}))
    called = subprocess.run([program, "google", "sync", "--whole"], capture_output=True, text=True, check=False)
    second = json.loads(kept.read_text())
    assert second["access"] != first["access"] and second["refresh"] != first["refresh"], "it was not renewed"
    assert called.returncode == 1, "the independent server has no library"
    for secret in (first["access"], first["refresh"], second["access"], second["refresh"]):
        assert secret not in called.stdout + called.stderr, "a secret was shown"

    # Unlike Google, this server wants the client's name with what is withdrawn: the login is forgotten here all the same.
    out = subprocess.run([program, "google", "logout"], capture_output=True, text=True, check=False)
    assert out.returncode == 1 and "forgotten here" in out.stderr, out
    assert not kept.exists(), "the login is still kept"
    print("signed in, renewed with a rotated refresh token, and signed out at an independent server")


if __name__ == "__main__":
    main()
