#!/usr/bin/python3
"""An nginx that serves one repo as the Hub does: fixed JSON for the metadata, sendfile for the bytes. An upstream that costs next to nothing.

    bench/nginx_hub.py FOLDER PORT COUNT SIZE     makes COUNT files of SIZE bytes and FOLDER/nginx.conf; then run: nginx -c FOLDER/nginx.conf

The repo is acme/model. Its files are at /acme/model/resolve/main/PATH, and their paths in FOLDER/paths.
"""
import hashlib
import json
import os
import sys

REPO, COMMIT = "acme/model", "1" * 40
BLOCK = 16 << 20


def write(path, number, size):
    """Bytes that do not compress and differ from file to file; returns their SHA-256."""
    digest, block = hashlib.sha256(), os.urandom(min(size, BLOCK))
    with open(path, "wb") as file:
        for at in range(0, size, BLOCK):
            mark = number.to_bytes(8, "big") + at.to_bytes(8, "big")
            part = (mark + block[len(mark):])[:size - at]
            file.write(part)
            digest.update(part)
    return digest.hexdigest()


def configuration(folder, port, files):
    def table(name, pick):
        rows = "".join(f'    "/{REPO}/resolve/{revision}/{path}" {pick(number, digest)};\n'
                       for revision in (COMMIT, "main") for number, (path, digest) in enumerate(files))
        return f'  map $request_uri ${name} {{\n    default "";\n{rows}  }}\n'
    return f"""worker_processes 1;
error_log {folder}/nginx.log;
pid {folder}/nginx.pid;
daemon off;
events {{ worker_connections 512; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000;
  default_type application/octet-stream;
  map_hash_max_size 65536;
  map_hash_bucket_size 256;
{table("blob", lambda number, _: number)}{table("digest", lambda _, digest: digest)}
  server {{
    listen 127.0.0.1:{port};
    root {folder};
    location /api/models/{REPO}/revision/ {{ default_type application/json; try_files /json/revision =404; }}
    location /api/models/{REPO}/tree/ {{ default_type application/json; try_files /json/tree =404; }}
    location /{REPO}/resolve/ {{
      etag off;
      add_header ETag '"$digest"';
      add_header X-Repo-Commit {COMMIT};
      try_files /blobs/$blob =404;
    }}
  }}
}}
"""


def main(folder, port, count, size):
    for part in ("blobs", "json"):
        os.makedirs(f"{folder}/{part}", exist_ok=True)
    paths = ["model.safetensors"] if count == 1 else [f"part/{number:05}.bin" for number in range(count)]
    files = [(path, write(f"{folder}/blobs/{number}", number, size)) for number, path in enumerate(paths)]
    tree = [{"type": "file", "path": path, "size": size, "oid": f"{number:040x}", "lfs": {"oid": digest, "size": size, "pointerSize": 134}}
            for number, (path, digest) in enumerate(files)]
    for name, content in (("json/revision", json.dumps({"id": REPO, "sha": COMMIT, "private": False, "gated": False})),
                          ("json/tree", json.dumps(tree)), ("paths", "\n".join(paths) + "\n"), ("nginx.conf", configuration(folder, port, files))):
        with open(f"{folder}/{name}", "w") as file:
            file.write(content)


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
