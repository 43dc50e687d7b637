#!/usr/bin/python3
"""MiniBit beside libtorrent over loopback, in one run: whole processes, their start included, in turn, medians.

usage: compare.py [--rounds N] [--minibit PROGRAM] [--mib N] [CASE]...

cases, all of them if none is named:
  pair            one seed, one leecher, a file in pieces of 1 MiB
  small-heap      the same, the JVM of the leecher with 48 MiB of heap
  small-pieces    pieces of 16 KiB
  large-pieces    pieces of 16 MiB
  small-files     10,000 files
  four-seeds      four seeds, one leecher
  four-leechers   one seed, four leechers at once; until the last one is done

needs: Debian's python3-libtorrent (run it with the Python that has it), and MiniBit built by 'mvn package'. What is
fetched is compared with the original, byte for byte. Only ratios mean something on another machine.
"""
import argparse
import contextlib
import filecmp
import os
import pathlib
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve()
MINIBIT = HERE.parents[2] / 'minibit-cli/target/dist/bin/minibit'
PATIENCE = 180  # seconds for one transfer
KIB, MIB = 1 << 10, 1 << 20
# name: (piece length, files, seeds, leechers, options of the JVM)
CASES = {
    'pair': (MIB, 1, 1, 1, ''),
    'small-heap': (MIB, 1, 1, 1, '-Xmx48m'),
    'small-pieces': (16 * KIB, 1, 1, 1, ''),
    'large-pieces': (16 * MIB, 1, 1, 1, ''),
    'small-files': (MIB, 10_000, 1, 1, ''),
    'four-seeds': (MIB, 1, 4, 1, ''),
    'four-leechers': (MIB, 1, 1, 4, ''),
}


def libtorrent_peer(torrent, directory, port, peers):
    """One libtorrent session over TCP with its default settings, but for what would leave this machine; ends when complete
    if it has somebody to fetch from, else serves until it is ended."""
    import libtorrent

    session = libtorrent.session({
        'listen_interfaces': f'127.0.0.1:{port}', 'allow_multiple_connections_per_ip': True, 'enable_dht': False,
        'enable_lsd': False, 'enable_upnp': False, 'enable_natpmp': False, 'enable_incoming_utp': False,
        'enable_outgoing_utp': False})
    wanted = libtorrent.add_torrent_params()
    wanted.ti, wanted.save_path = libtorrent.torrent_info(torrent), directory
    wanted.flags &= ~(libtorrent.torrent_flags.auto_managed | libtorrent.torrent_flags.paused)
    if not peers:
        wanted.flags |= libtorrent.torrent_flags.seed_mode
    handle = session.add_torrent(wanted)
    if not peers:
        print('seeding', flush=True)
    for peer in peers:
        handle.connect_peer(('127.0.0.1', peer))
    while not peers or not handle.status().is_seeding:
        time.sleep(0.01 if peers else 1)
    handle.flush_cache()


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def anonymous_kib(pid):
    """What a process has in memory beside its files."""
    try:
        for line in pathlib.Path(f'/proc/{pid}/status').read_text().splitlines():
            if line.startswith('RssAnon'):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


class Client:
    """How one of the two programs seeds and fetches."""

    def __init__(self, name, minibit):
        self.name, self.minibit = name, minibit

    def seed(self, torrent, directory, port):
        if self.name == 'libtorrent':
            return self.own(torrent, directory, port)
        return [self.minibit, 'seed', torrent, '--dir', directory, '--listen', f'127.0.0.1:{port}', '--no-tracker']

    def get(self, torrent, directory, peers):
        if self.name == 'libtorrent':
            return self.own(torrent, directory, free_port(), *peers)
        command = [self.minibit, 'get', torrent, '--dir', directory, '--listen', '127.0.0.1:0', '--no-tracker']
        return command + [word for peer in peers for word in ('--peer', f'127.0.0.1:{peer}')]

    @staticmethod
    def own(*arguments):
        return [sys.executable, str(HERE), '--libtorrent-peer', *map(str, arguments)]


def write_content(root, files, total):
    chunk = random.Random(1)
    for number in range(files):
        path = root / (f'data/{number % 100}/{number}' if files > 1 else 'data')
        path.parent.mkdir(parents=True, exist_ok=True)
        left = total // files
        with open(path, 'wb') as out:
            while left:
                count = min(left, MIB)
                out.write(chunk.randbytes(count))
                left -= count


def same(one, other):
    if one.is_file():
        return other.is_file() and filecmp.cmp(one, other, shallow=False)
    names = sorted(path.relative_to(one) for path in one.rglob('*') if path.is_file())
    return bool(names) and all((other / name).is_file() and filecmp.cmp(one / name, other / name, False) for name in names)


def fetch(client, torrent, work, peers, leechers, jvm):
    """Runs the leechers at once: (wall seconds until the last is done, CPU seconds and MB of one on average)."""
    targets = [work / f'fetched-{number}' for number in range(leechers)]
    for target in targets:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
    environment = {**os.environ, 'MINIBIT_OPTS': jvm}
    begin, running, cpu, peak, wall = time.time(), {}, 0, {}, 0
    with open(work / 'leechers.log', 'w') as log:
        for target in targets:
            process = subprocess.Popen(client.get(torrent, target, peers), stdout=log, stderr=log, env=environment)
            running[process.pid] = process
        while running:
            for pid in list(running):
                ended, status, usage = os.wait4(pid, os.WNOHANG)
                if ended:
                    running.pop(pid).returncode = os.waitstatus_to_exitcode(status)
                    if status:
                        raise SystemExit(f'{client.name} failed:\n' + (work / 'leechers.log').read_text()[-1000:])
                    cpu += usage.ru_utime + usage.ru_stime
                    wall = time.time() - begin
                else:
                    peak[pid] = max(peak.get(pid, 0), anonymous_kib(pid))
            if time.time() - begin > PATIENCE:
                for process in running.values():
                    process.kill()
                raise SystemExit(f'{client.name} is not done after {PATIENCE} s')
            time.sleep(0.01)
    for target in targets:
        if not same(work / 'full/data', target / 'data'):
            raise SystemExit(f'{client.name} fetched something else than was sent')
    return wall, cpu / leechers, sum(peak.values()) / leechers / 1024


@contextlib.contextmanager
def seeding(client, torrent, work, count):
    """Seeds that can be reached; their ports."""
    processes, ports = [], []
    try:
        for number in range(count):
            port = free_port()
            with open(work / f'seed-{client.name}-{number}.log', 'w') as log:
                processes.append(subprocess.Popen(client.seed(torrent, work / 'full', port), stdout=log, stderr=log))
            ports.append(port)
            begin = time.time()
            while 'seeding' not in pathlib.Path(log.name).read_text():
                if processes[-1].poll() is not None or time.time() - begin > PATIENCE:
                    raise SystemExit(f'{client.name} does not seed:\n' + pathlib.Path(log.name).read_text()[-1000:])
                time.sleep(0.05)
        yield ports
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def measure(case, arguments):
    piece, files, seeds, leechers, jvm = CASES[case]
    clients = [Client('libtorrent', arguments.minibit), Client('MiniBit', arguments.minibit)]
    with tempfile.TemporaryDirectory(prefix='minibit-compare.') as name, contextlib.ExitStack() as stack:
        work = pathlib.Path(name)
        total = arguments.mib * MIB // (leechers if leechers > 1 else 1)
        write_content(work / 'full', files, total)
        torrent = work / 'data.torrent'
        subprocess.run([arguments.minibit, 'create', work / 'full/data', '-o', torrent, '--piece-size', str(piece)],
                       check=True, stdout=subprocess.DEVNULL)
        ports = {client: stack.enter_context(seeding(client, torrent, work, seeds)) for client in clients}
        rows = {client: [] for client in clients}
        for number in range(arguments.rounds + 1):
            for client in clients:
                row = fetch(client, torrent, work, ports[client], leechers, jvm)
                if number > 0:  # the first time is for warming the caches
                    rows[client].append(row)
        medians = {client: [statistics.median(column) for column in zip(*rows[client])] for client in clients}
        base = medians[clients[0]]
        for client in clients:
            wall, cpu, memory = medians[client]
            print(f'{case:14} {client.name:11} {wall:7.2f} {cpu:7.2f} {memory:7.0f} {wall / base[0]:8.2f} {cpu / base[1]:8.2f}',
                  flush=True)


def main():
    if sys.argv[1:2] == ['--libtorrent-peer']:
        torrent, directory, port, *peers = sys.argv[2:]
        libtorrent_peer(torrent, directory, port, [int(peer) for peer in peers])
        return
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument('cases', nargs='*', metavar='CASE')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--mib', type=int, default=1024, help='size of the content, shared by several leechers')
    parser.add_argument('--minibit', default=str(MINIBIT))
    arguments = parser.parse_args()
    unknown = [case for case in arguments.cases if case not in CASES]
    if unknown:
        parser.error(f'no such case: {", ".join(unknown)}; there are {", ".join(CASES)}')
    try:
        import libtorrent
    except ImportError:
        parser.error(f'{sys.executable} has no libtorrent; on Debian: apt install python3-libtorrent, and /usr/bin/python3')
    print(f'libtorrent {libtorrent.__version__}, {arguments.mib} MiB, medians of {arguments.rounds}')
    print(f'{"case":14} {"leecher":11} {"wall s":>7} {"CPU s":>7} {"MB":>7} {"x wall":>8} {"x CPU":>8}')
    for case in arguments.cases or CASES:
        measure(case, arguments)


if __name__ == '__main__':
    main()
