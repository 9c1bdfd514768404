#!/usr/bin/env python3
"""Runs the first Python program of a Markdown file against a simulated Google.

The program's text is not changed. Around it, three things point elsewhere:
`googleapiclient.discovery.build` gets the simulator's discovery document, the
program finds the given client secret file as `client_secret.json` in its
working directory, and the browser is a plain HTTP GET that follows redirects.
"""

import argparse
import functools
import os
import pathlib
import re
import shutil
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser


class HttpGet(webbrowser.BaseBrowser):
    """A browser that fetches the page, as far as the program's own listener."""

    def open(self, url, new=0, autoraise=True):
        def get():
            # The program begins to listen for the answer after it has opened the browser.
            for _ in range(50):
                try:
                    urllib.request.urlopen(url, timeout=30).read()
                    return
                except urllib.error.HTTPError as error:
                    print(f"the consent screen says: {error}", file=sys.stderr)
                    return
                except OSError:
                    time.sleep(0.1)

        threading.Thread(target=get, daemon=True).start()
        return True


def first_program(markdown):
    """Returns the first Python code block."""
    found = re.search(r"^```python[^\n]*\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
    if found is None:
        sys.exit("error: the file has no Python code block")
    return found.group(1)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seed-doc", required=True, type=pathlib.Path, help="the Markdown file")
    arguments.add_argument("--discovery", required=True, help="address of the simulator's discovery document")
    arguments.add_argument("--client-secret", required=True, type=pathlib.Path, help="file the simulator has written")
    arguments.add_argument("--out", required=True, type=pathlib.Path, help="folder to run in; photos.sqlite appears there")
    arguments.add_argument("--port", type=int, default=8000, help="port on which the program waits for the sign-in")
    chosen = arguments.parse_args()

    # oauthlib insists on HTTPS, which a simulator on loopback does not have.
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    import google_auth_oauthlib.flow
    import googleapiclient.discovery

    program = first_program(chosen.seed_doc.read_text(encoding="utf-8"))
    chosen.out.mkdir(parents=True, exist_ok=True)
    secret = chosen.out / "client_secret.json"
    if chosen.client_secret.resolve() != secret.resolve():
        shutil.copyfile(chosen.client_secret, secret)
    (chosen.out / "seed.py").write_text(program, encoding="utf-8")

    googleapiclient.discovery.build = functools.partial(
        googleapiclient.discovery.build, discoveryServiceUrl=chosen.discovery, cache_discovery=False
    )
    webbrowser.register("http-get", None, HttpGet("http-get"), preferred=True)
    flow = google_auth_oauthlib.flow.InstalledAppFlow
    wait = flow.run_local_server
    flow.run_local_server = lambda self, **given: wait(self, **{**given, "port": chosen.port})

    os.chdir(chosen.out)
    started = time.monotonic()
    exec(compile(program, "seed.py", "exec"), {"__name__": "__main__"})
    print(f"the program ran for {time.monotonic() - started:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
