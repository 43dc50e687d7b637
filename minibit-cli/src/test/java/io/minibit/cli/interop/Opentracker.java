package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** opentracker, as Debian builds it: it serves the torrents on its whitelist only. */
final class Opentracker {
  private static final int ATTEMPTS = 200;
  private static final int MILLIS_BETWEEN_ATTEMPTS = 50;

  private Opentracker() {}

  static void requireInstalled() {
    Requirements.program("opentracker");
  }

  /** Starts it on loopback, for one torrent, and waits until it serves that over HTTP and UDP. */
  static Program start(Testbed testbed, int port, String infoHash) throws IOException, InterruptedException {
    Path home = testbed.newDirectory("opentracker");
    Files.writeString(home.resolve("whitelist"), infoHash + "\n");
    Program program =
        testbed.start(
            "opentracker",
            Host.LOOPBACK,
            home,
            List.of(
                Requirements.program("opentracker"), "-i", Host.LOOPBACK.ip(), "-p", "" + port, "-P", "" + port,
                "-d", home.toString(), "-w", "whitelist")); // as it is called once that is the root directory
    // It reads the whitelist on a thread of its own, after it has begun to listen.
    for (int attempt = 0; !serves(port, infoHash); attempt++) {
      if (attempt == ATTEMPTS || !program.isAlive()) {
        fail("opentracker does not serve\n" + program.lastLines());
      }
      Thread.sleep(MILLIS_BETWEEN_ATTEMPTS);
    }
    return program;
  }

  private static boolean serves(int port, String infoHash) {
    String query = "info_hash=" + infoHash.replaceAll("..", "%$0") + "&port=1&left=1&event=stopped";
    try {
      URI uri = URI.create("http://" + Host.LOOPBACK.ip() + ":" + port + "/announce?" + query);
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout(MILLIS_BETWEEN_ATTEMPTS * ATTEMPTS);
      connection.setReadTimeout(MILLIS_BETWEEN_ATTEMPTS * ATTEMPTS);
      try (InputStream answer = connection.getInputStream()) {
        return !new String(answer.readAllBytes(), StandardCharsets.ISO_8859_1).contains("failure");
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return false;
    }
  }
}
