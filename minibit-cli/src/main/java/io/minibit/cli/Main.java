package io.minibit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The program {@code minibit}: parses the command line, runs one command and turns what went wrong into an exit code
 * and one line on the error output.
 *
 * <p>Exit codes: 0 done, 1 failed while running, 2 wrong usage or malformed input. A command is a {@code Callable} of
 * such a code; whatever it throws is reported by {@link Failure}.
 */
@Command(
    name = "minibit",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    header = "Share files with BitTorrent, and watch how it is done.",
    description = {
      "",
      "A torrent file names the pieces of a file or directory by their hashes. Peers that have pieces trade them with "
          + "peers that lack them, and check each one before they keep it.",
      "",
    },
    footer = {
      "",
      "Sizes and rates: 1024, 256KiB, 1.5MB, 100KiB/s, 1.5Mbit/s.",
      "Durations: 500ms, 10s, 5m, 2h.",
      "Exit codes: 0 done, 1 failed while running, 2 wrong usage or malformed input.",
      "'minibit COMMAND --help' explains one command.",
    })
public final class Main implements Runnable {
  /** The command did what it was asked to do. */
  public static final int DONE = 0;

  /** The command was understood but could not be completed. */
  public static final int FAILED = 1;

  /** The command line, or a file that it names, is not usable. */
  public static final int MISUSED = 2;

  /** Commands that usually run until they are stopped. */
  private static final Set<String> STAYING = Set.of("seed", "tracker", RunTrackerCommand.NAME, RunPeerCommand.NAME);

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log what peers and trackers do.")
  private boolean verbose;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Log every detail, and show where an error comes from.")
  private boolean debug;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final StopSignal stop;

  Main() {
    this(new StopSignal());
  }

  Main(StopSignal stop) {
    this.stop = stop;
  }

  /** Runs one command and ends this JVM with its exit code. */
  public static void main(String[] args) {
    StopSignal stop = new StopSignal();
    stop.install();
    int code = run(new Main(stop), args, writer(System.out, "stdout.encoding"), writer(System.err, "stderr.encoding"));
    stop.finish(code);
    // Not return: a thread of a library that is still alive must not hold the shell prompt.
    System.exit(code);
  }

  /** In the encoding of the stream: from JDK 18 on that is not the default one in all locales. */
  private static PrintWriter writer(PrintStream stream, String encodingProperty) {
    String encoding = System.getProperty(encodingProperty, Charset.defaultCharset().name());
    return new PrintWriter(new OutputStreamWriter(stream, Charset.forName(encoding)), true);
  }

  /** Runs one command in this JVM, printing to the given writers what picocli prints, and answers its exit code. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    return run(new Main(), args, out, err);
  }

  static int run(Main main, String[] args, PrintWriter out, PrintWriter err) {
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      // Scripts ask this often; the parser with all its commands would double the time.
      out.println(Version.text());
      out.flush();
      return DONE;
    }
    try {
      return commandLine(main, out, err, args.length == 0 ? "" : args[0]).execute(args);
    } catch (OutOfMemoryError | StackOverflowError failure) {
      return main.failed(failure, err);
    }
  }

  /** The parser, set up in the way all commands share. */
  static CommandLine commandLine(Main main, PrintWriter out, PrintWriter err) {
    return commandLine(main, out, err, "");
  }

  /** With one command only if that is the first word: looking at the annotations of all would take a fifth of a second. */
  private static CommandLine commandLine(Main main, PrintWriter out, PrintWriter err, String firstWord) {
    Session session = new Session(out, main.stop);
    Map<String, Supplier<Callable<Integer>>> commands = new LinkedHashMap<>();
    commands.put("swarm", () -> new SwarmCommand(session));
    commands.put("split", () -> new SplitCommand(session));
    commands.put("start-tracker", () -> new StartTrackerCommand(session));
    commands.put("start-peers", () -> new StartPeersCommand(session));
    commands.put("stop-all", () -> new StopAllCommand(session));
    commands.put("cleanup", () -> new CleanupCommand(session));
    commands.put(RunTrackerCommand.NAME, () -> new RunTrackerCommand(session));
    commands.put(RunPeerCommand.NAME, () -> new RunPeerCommand(session));
    commands.put("create", () -> new CreateCommand(session));
    commands.put("inspect", () -> new InspectCommand(session));
    commands.put("verify", () -> new VerifyCommand(session));
    commands.put("seed", () -> new SeedCommand(session));
    commands.put("get", () -> new GetCommand(session));
    commands.put("tracker", () -> new TrackerCommand(session));
    commands.put("sim", () -> new SimCommand(session));
    if (commands.containsKey(firstWord)) {
      commands.keySet().retainAll(Set.of(firstWord));
    }
    CommandLine line = new CommandLine(main);
    commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
    line.setOut(out);
    line.setErr(err);
    line.setUsageHelpWidth(Math.min(100, Terminal.ofStandardOutput().columns()));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionStrategy(main::execute);
    line.setParameterExceptionHandler((failure, args) -> misused(failure, err));
    line.setExecutionExceptionHandler((failure, command, parsed) -> main.failed(failure, err));
    return line;
  }

  private int execute(ParseResult parsed) {
    ParseResult command = parsed.subcommand();
    boolean stays = command != null && STAYING.contains(command.commandSpec().name());
    Logging.configure(verbose, debug, verbose || debug || stays);
    return new RunLast().execute(parsed);
  }

  private static int misused(ParameterException failure, PrintWriter err) {
    String command = failure.getCommandLine().getCommandSpec().qualifiedName();
    String hint = "see '" + command + " --help'";
    if (failure instanceof UnmatchedArgumentException unmatched && !unmatched.getSuggestions().isEmpty()) {
      hint = "did you mean " + unmatched.getSuggestions().get(0) + "? " + hint;
    }
    err.println(Failure.line(failure) + " (" + hint + ")");
    return MISUSED;
  }

  private int failed(Throwable failure, PrintWriter err) {
    if (debug) {
      failure.printStackTrace(err);
    }
    err.println(Failure.line(failure));
    return Failure.exitCode(failure);
  }

  /** What {@code minibit} alone does: it needs a command. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: a command is missing");
  }

  /** The version that the build wrote down. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {text()};
    }

    static String text() {
      try (InputStream in = Main.class.getResourceAsStream("version.txt")) {
        return in == null ? "minibit" : "minibit " + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
