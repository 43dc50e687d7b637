package io.minibit.cli.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Transmission's daemon. It never dials a loopback address. */
final class TransmissionClient implements RealClient {
  @Override
  public void requireInstalled() {
    Requirements.program("transmission-daemon");
    Requirements.program("transmission-remote");
  }

  @Override
  public boolean usesLoopback() {
    return false;
  }

  @Override
  public Program start(Testbed testbed, Host host, int port, Path torrent, Path directory)
      throws IOException, InterruptedException {
    Path home = testbed.newDirectory("Transmission");
    int rpcPort = Host.freePort();
    Files.writeString(
        home.resolve("settings.json"),
        """
        {
          "bind-address-ipv4": "%s",
          "dht-enabled": false,
          "download-dir": "%s",
          "encryption": 0,
          "incomplete-dir-enabled": false,
          "lpd-enabled": false,
          "peer-port": %d,
          "pex-enabled": false,
          "port-forwarding-enabled": false,
          "rename-partial-files": false,
          "rpc-bind-address": "127.0.0.1",
          "rpc-port": %d,
          "utp-enabled": false
        }
        """
            .formatted(host.ip(), directory, port, rpcPort));
    Program daemon =
        testbed.start(
            "Transmission",
            host,
            home,
            List.of(
                Requirements.program("transmission-daemon"), "--foreground", "--config-dir", home.toString(),
                "--log-debug"));
    daemon.await("Serving RPC", Duration.ofSeconds(20));
    testbed.run(
        "transmission-remote",
        host,
        List.of(Requirements.program("transmission-remote"), "127.0.0.1:" + rpcPort, "--add", torrent.toString()));
    return daemon;
  }
}
