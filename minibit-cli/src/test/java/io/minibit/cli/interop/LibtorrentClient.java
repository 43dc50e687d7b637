package io.minibit.cli.interop;


import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** libtorrent (rasterbar) by its Python binding, as Debian's python3-libtorrent. */
final class LibtorrentClient implements RealClient {
  /** Debian's package is for Debian's Python, which may not be the first on the PATH. */
  private static final String PYTHON = "/usr/bin/python3";

  @Override
  public void requireInstalled() {
    Requirements.program("python3");
    try {
      Process process = new ProcessBuilder(PYTHON, "-c", "import libtorrent").redirectErrorStream(true).start();
      try (InputStream said = process.getInputStream()) {
        said.readAllBytes();
      }
      if (process.waitFor() != 0) {
        throw Requirements.unmet("python3-libtorrent is not installed");
      }
    } catch (IOException e) {
      throw Requirements.unmet("python3 does not run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Program start(Testbed testbed, Host host, int port, Path torrent, Path directory) throws IOException {
    return testbed.start(
        "libtorrent", host, command("trade", torrent.toString(), directory.toString(), host.ip() + ":" + port));
  }

  /** The info-hash, the total size and the piece count that it reads in a torrent. */
  List<String> inspect(Testbed testbed, Path torrent) throws IOException, InterruptedException {
    return testbed.run("libtorrent", Host.LOOPBACK, command("inspect", torrent.toString())).lines().toList();
  }

  private static List<String> command(String... arguments) {
    try {
      Path script = Path.of(LibtorrentClient.class.getResource("/interop/libtorrent_peer.py").toURI());
      return Stream.concat(Stream.of(PYTHON, script.toString()), Arrays.stream(arguments)).toList();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
