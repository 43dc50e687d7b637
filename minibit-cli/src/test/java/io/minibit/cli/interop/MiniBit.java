package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program {@code minibit} as the build has made it. */
final class MiniBit {
  static final Duration SOON = Duration.ofSeconds(30);

  private final Testbed testbed;

  MiniBit(Testbed testbed) {
    this.testbed = testbed;
  }

  private static String launcher() {
    String dist = System.getProperty("minibit.dist");
    return dist == null ? fail("minibit.dist is not set: run by 'mvn verify'") : Path.of(dist, "bin/minibit").toString();
  }

  /** Starts any command. */
  Program start(Host host, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return testbed.start("minibit-" + arguments[0], host, command);
  }

  /** Runs a command to its successful end, and answers what it said. */
  String run(Object... arguments) throws IOException, InterruptedException {
    try (Program program = start(Host.LOOPBACK, arguments)) {
      return program.awaitSuccess(Duration.ofMinutes(1)).output();
    }
  }

  /** Makes a torrent file of a file or directory. */
  Path create(Path path, int pieceLength, String tracker) throws IOException, InterruptedException {
    Path torrent = testbed.newDirectory("torrent").resolve(path.getFileName() + ".torrent");
    run("create", path, "-o", torrent, "--piece-size", pieceLength, "--tracker", tracker);
    return torrent;
  }

  /** Starts to serve and waits until it can be reached. */
  Program seed(Host host, Path torrent, Path directory, Object... options) throws IOException, InterruptedException {
    Program program = trade("seed", host, torrent, directory, options);
    program.await("(?m)^seeding .* on \\S+:\\d+, ", SOON);
    return program;
  }

  /** Starts to fetch from those whom the tracker names. */
  Program get(Host host, Path torrent, Path directory, Object... options) throws IOException {
    return trade("get", host, torrent, directory, options);
  }

  private Program trade(String command, Host host, Path torrent, Path directory, Object... options) throws IOException {
    List<Object> arguments = new ArrayList<>();
    arguments.addAll(List.of(command, torrent, "--dir", directory, "--listen", host.endpoint(0), "-v"));
    arguments.addAll(List.of(options));
    return start(host, arguments.toArray());
  }

  /** Starts a tracker and answers its announce URL. */
  String tracker(Host host, String scheme) throws IOException, InterruptedException {
    Program program = start(host, "tracker", "--" + scheme, host.endpoint(0));
    return program.await("tracker on (" + scheme + "://\\S+/announce)", SOON).group(1);
  }

  /** What peers and trackers know the torrent by, in hexadecimal digits. */
  String infoHash(Path torrent) throws IOException, InterruptedException {
    String said = run("inspect", torrent);
    Matcher matcher = Pattern.compile("info-hash +(\\w{40})").matcher(said);
    return matcher.find() ? matcher.group(1) : fail("no info-hash in:\n" + said);
  }
}
