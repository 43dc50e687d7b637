package io.minibit.cli.interop;

import java.io.IOException;
import java.nio.file.Path;

/** A BitTorrent client that many people use. */
interface RealClient {
  /** Skips or fails the test if it is not installed. */
  void requireInstalled();

  /** Whether it dials loopback addresses. */
  default boolean usesLoopback() {
    return true;
  }

  /**
   * Starts it with one torrent: it checks what is in the directory, fetches the rest from whomever the torrent's tracker
   * names, serves others meanwhile and stays as a seeder.
   *
   * @param port for incoming connections
   */
  Program start(Testbed testbed, Host host, int port, Path torrent, Path directory)
      throws IOException, InterruptedException;

  static RealClient named(String name) {
    return switch (name) {
      case "libtorrent" -> new LibtorrentClient();
      case "Transmission" -> new TransmissionClient();
      case "aria2" -> new Aria2Client();
      case "qBittorrent" -> new QBittorrentClient();
      default -> throw new IllegalArgumentException(name);
    };
  }
}
