"""One libtorrent client, inside a host of the lab: torrent_host.py TORRENT FOLDER ADDRESS seed|client.
Says a line of JSON when ready, when it is done, and, once stdin has ended, what it sent. A line on stdin starts it: the peers to connect to."""
import json
import sys
import threading
import time

import libtorrent

PORT = 6881


def main(torrent, folder, address, role):
    session = libtorrent.session({
        "listen_interfaces": f"{address}:{PORT}",
        "enable_lsd": False, "enable_dht": False, "enable_upnp": False, "enable_natpmp": False,
        # Both engines go over TCP.
        "enable_outgoing_utp": False, "enable_incoming_utp": False})
    parameters = libtorrent.add_torrent_params()
    parameters.ti, parameters.save_path = libtorrent.torrent_info(torrent), folder
    # Neither paused nor managed by the session: it runs from the start.
    parameters.flags = libtorrent.torrent_flags.seed_mode if role == "seed" else 0
    handle = session.add_torrent(parameters)
    while handle.status().state in (libtorrent.torrent_status.states.checking_files, libtorrent.torrent_status.states.checking_resume_data):
        time.sleep(0.02)
    say(ready=True)

    peers = json.loads(sys.stdin.readline())
    begun = time.monotonic()
    for peer in peers:
        handle.connect_peer((peer, PORT))
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    while role == "client" and not ended.is_set():
        if handle.status().is_seeding:
            say(seconds=time.monotonic() - begun)
            break
        time.sleep(0.01)
    ended.wait()
    say(sent=handle.status().total_payload_upload)


def say(**what):
    print(json.dumps(what), flush=True)


main(*sys.argv[1:])
