package io.minibit.cli.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** aria2. */
final class Aria2Client implements RealClient {
  @Override
  public void requireInstalled() {
    Requirements.program("aria2c");
  }

  @Override
  public Program start(Testbed testbed, Host host, int port, Path torrent, Path directory) throws IOException {
    return testbed.start(
        "aria2",
        host,
        List.of(
            Requirements.program("aria2c"),
            "--no-conf",
            "--dir=" + directory,
            "--interface=" + host.ip(),
            "--listen-port=" + port,
            "--disable-ipv6=true",
            // Without DHT it does not ask UDP trackers either. In a namespace there is nobody to find by it.
            "--enable-dht=" + host.isIsolated(),
            "--dht-listen-port=" + port,
            "--dht-file-path=" + directory.resolveSibling("aria2-dht-" + port + ".dat"),
            "--enable-dht6=false",
            "--bt-enable-lpd=false",
            "--enable-peer-exchange=false",
            "--bt-require-crypto=false",
            "--check-integrity=true", // what is there already counts
            "--allow-overwrite=true",
            "--file-allocation=none",
            "--seed-ratio=0.0", // for ever
            "--bt-tracker-interval=2", // the default waits for minutes if it came first
            "--console-log-level=info",
            "--enable-color=false",
            "--summary-interval=0",
            torrent.toString()));
  }
}
