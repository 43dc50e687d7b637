package io.minibit.cli;

import io.minibit.sim.InvariantViolation;
import io.minibit.sim.Scenario;
import io.minibit.sim.StrategyCatalog;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code minibit sim}: a swarm in virtual time. */
@Command(
    name = "sim",
    mixinStandardHelpOptions = true,
    header = "Simulate a swarm: the engine that runs over sockets, in virtual time.",
    description = {
      "",
      "Every peer is a whole MiniBit with its strategies, limits and timeouts; only time, network, disk and chance are "
          + "simulated, so that hundreds of peers and hours of trading take seconds, and the same scenario with the same "
          + "seed gives the same trace on every machine. Prints how each group of peers fared, and the swarm against the "
          + "least time in which anybody could have done it.",
      "",
      "Side by side, 'x bound' is the time of the last completion as a multiple of that least time (the fluid bound), "
          + "'uplinks' the part of them that was used, 'seed copies' what the seeds sent, in sizes of the torrent, and "
          + "'until free' what of that they had sent when the swarm could first live without them.",
      "",
      "Exits with 0 when the simulation ran, also if peers did not complete in it, which it says.",
      "",
    },
    footer = {
      "",
      "Examples:",
      "  minibit sim",
      "  minibit sim --peers 200 --up 400kbit/s --leave 'on completion'",
      "  minibit sim --free-riders 20%% --compare choking=tit-for-tat,serve-everybody",
      "  minibit sim --compare selection=rarest-first,random-piece --report r.html",
      "  minibit sim --compare connections=3,5,10 --compare seed=1,2,3 --jobs 2",
      "  minibit sim --choking com.acme.Mine --class-path target/classes",
      "  minibit sim --peers 20 --print-scenario > mine.scenario",
      "  minibit sim mine.scenario --connections 5 --csv results",
    })
final class SimCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private SimOptions options = new SimOptions();

  @Option(
      names = "--compare",
      paramLabel = "[GROUP.]KEY=V1,V2…",
      description = "Simulate once with each of these values of the text form and print the results side by side; given "
          + "twice, each with each.")
  private List<String> comparisons = new ArrayList<>();

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "1",
      description = "Simulate so many variants at a time, which changes nothing but the time; default: ${DEFAULT-VALUE}.")
  private int jobs = 1;

  @Option(
      names = "--check",
      description = "Check every engine's books and all that peers say to each other while it runs, which takes several "
          + "times as long; what must never happen is printed with what led to it, and is exit code 1.")
  private boolean checked;

  @Option(
      names = "--print-scenario",
      description = "Write the scenario in its text form to the standard output instead of simulating it.")
  private boolean print;

  @Option(names = "--report", paramLabel = "FILE.html", description = "Write a page with plots of everything.")
  private @Nullable Path reportFile;

  @Option(
      names = "--csv",
      paramLabel = "DIR",
      description = "Write peers.csv, samples.csv, traffic.csv and copies.csv there.")
  private @Nullable Path csvDirectory;

  @Option(
      names = {"-f", "--force"},
      description = "Replace the files of --report and --csv if they are there.")
  private boolean force;

  SimCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    if (jobs < 1) {
      throw CommandException.misused("--jobs " + jobs + ": it takes at least one");
    }
    try (URLClassLoader classes = new URLClassLoader(urls(options.classPath()), SimCommand.class.getClassLoader())) {
      StrategyCatalog catalog = StrategyCatalog.stock().withClasses(classes);
      Scenario scenario = options.scenario(catalog);
      if (print) {
        session.out().print(scenario.toText());
        session.out().flush();
      } else {
        simulate(scenario, new SimVariants(catalog).product(scenario, comparisons));
      }
    }
    return Main.DONE;
  }

  private void simulate(Scenario scenario, List<SimVariants.Variant> variants) throws IOException {
    SimCsv csv = csvDirectory == null ? null : new SimCsv(csvDirectory, force);
    if (csv != null) {
      csv.requireFree();
    }
    if (reportFile != null) {
      SimCsv.requireFree(reportFile, force);
      Path parent = reportFile.toAbsolutePath().getParent();
      if (parent != null) {
        Directories.requireExisting(parent);
      }
    }
    session.print(SimTable.heading(scenario));
    session.print("");
    List<SimRun> runs;
    try (StatusLine status = StatusLine.onErrorOutput()) {
      runs = new SimRunner(session.stop(), status, checked).run(variants, jobs);
    } catch (InvariantViolation e) {
      String.valueOf(e.getMessage()).lines().skip(1).forEach(line -> session.print(SafeText.of(line)));
      throw CommandException.failed(e.invariant());
    }
    (runs.size() == 1 ? SimTable.of(runs.get(0)) : SimTable.compare(runs)).forEach(session::print);
    if (csv != null) {
      csv.write(runs);
    }
    if (reportFile != null) {
      SimulationPage.write(
          reportFile, runs.stream().map(run -> new SimulationPage.Run(run.label(), run.report())).toList());
      session.print("written  " + SafeText.of(reportFile.toString()));
    }
  }

  private static URL[] urls(List<Path> classPath) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (Path path : classPath) {
      if (!Files.exists(path)) {
        throw new NoSuchFileException(path.toString());
      }
      urls.add(path.toUri().toURL());
    }
    return urls.toArray(URL[]::new);
  }
}
