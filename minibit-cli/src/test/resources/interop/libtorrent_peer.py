"""libtorrent as a peer for the tests.

trade   TORRENT DIR HOST:PORT   check what is in DIR, fetch the rest, serve others until killed
inspect TORRENT                 print the info-hash, the total size and the number of pieces
"""
import sys
import time

import libtorrent as lt


def trade(torrent, folder, address):
    session = lt.session({
        'listen_interfaces': address,
        'outgoing_interfaces': address.rsplit(':', 1)[0],
        'enable_dht': False, 'enable_lsd': False, 'enable_upnp': False, 'enable_natpmp': False,
        'enable_incoming_utp': False, 'enable_outgoing_utp': False,
        'out_enc_policy': int(lt.enc_policy.pe_disabled), 'in_enc_policy': int(lt.enc_policy.pe_enabled),
        # Several peers of a test may be on one machine.
        'allow_multiple_connections_per_ip': True,
        # A peer that was not there yet is tried again soon.
        'min_reconnect_time': 2,
        'alert_mask': lt.alert.category_t.error_notification | lt.alert.category_t.tracker_notification
                      | lt.alert.category_t.connect_notification | lt.alert.category_t.status_notification
                      | lt.alert.category_t.peer_notification})
    params = lt.add_torrent_params()
    params.ti, params.save_path = lt.torrent_info(torrent), folder
    params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    params.flags |= lt.torrent_flags.disable_pex
    handle = session.add_torrent(params)
    complete, pieces = False, 0
    names = set()
    while True:
        for alert in session.pop_alerts():
            print(alert.message(), flush=True)
        for peer in handle.get_peer_info():
            name = peer.client.decode(errors='replace')
            if name and name not in names:
                names.add(name)
                print('client of a peer:', name, flush=True)
        if handle.status().num_pieces != pieces:
            pieces = handle.status().num_pieces
            print('pieces:', pieces, flush=True)
        if not complete and handle.status().is_seeding:
            complete = True
            handle.flush_cache()
            print('complete', flush=True)
        time.sleep(0.05)


def inspect(torrent):
    info = lt.torrent_info(torrent)
    print(info.info_hash())
    print(info.total_size())
    print(info.num_pieces())


{'trade': trade, 'inspect': inspect}[sys.argv[1]](*sys.argv[2:])
