package io.minibit.sim;

import io.minibit.model.SeededRandom;
import java.util.function.Consumer;

/**
 * Runs a {@link Scenario}: every peer is the engine that runs over sockets, with its choking, picking, limits and
 * timeouts; only time, network, disk and chance are simulated. No real time: the same scenario gives the same report on
 * every machine, on one thread or several ({@link #threads}).
 *
 * <p><b>The network</b> is last-mile. Each peer has an uplink and a downlink with a rate, and a latency to a middle that
 * is never short of anything. Blocks queue for the uplink in the order in which they were handed over, travel for both
 * latencies, and queue for the downlink in the order in which they come. Messages on one connection arrive in the order
 * in which they were sent, blocks included. A connection costs two round trips before both sides know of it. Pieces are
 * hashed and stored after a fixed time.
 *
 * <p><b>Left out:</b> the bandwidth of everything but blocks (one to two per cent), losses and what TCP does about
 * them, slow start and unfairness between connections, queues and bottlenecks in the middle, jitter, and the time that
 * programs need for calculating. A block arrives whole, when its last byte does. What was handed to the uplink is sent,
 * even if the connection closes meanwhile.
 *
 * <p>A message waits for the blocks that its own connection has handed to the uplink, not for those of others: as behind
 * a modem that queues fairly. One that has a single long queue adds its delay to everything; {@code latency} can stand
 * for that. How near a simulation comes to real sockets is what the example {@code SimulationAgainstReality} measures.
 *
 * <p>A large swarm is split into regions that run for as long as no message from one can reach another, then exchange
 * what they have sent. Peers see nothing of that; only a run that ends because everybody is complete goes on to the end
 * of the window in which the last one was (twice the least latency of a group), and {@code independentAfter} is what the
 * seeds had sent at the end of such a window.
 *
 * <p>A test of a strategy of one's own is five lines: a swarm in which half of the peers use it and the others the stock
 * one, with nothing else between them.
 *
 * <pre>{@code
 * SimulationReport report = Simulation.run(Scenario.builder().torrent(20 << 20, 128 << 10)
 *     .group("seed", g -> g.seeds().upload(100_000))
 *     .group("mine", g -> g.count(20).upload(50_000).choking("mine", MyChoker::new))
 *     .group("stock", g -> g.count(20).upload(50_000)).build());
 * assertTrue(report.slowdown("mine", "stock") < 1.1);
 * }</pre>
 */
public final class Simulation {
  private static final int USUAL_THREADS = 2;

  private final Scenario scenario;
  private Consumer<Progress> progress = where -> {};
  private boolean checked;
  private int threads;

  private Simulation(Scenario scenario) {
    this.scenario = scenario;
    threads = knowsStrategies(scenario) ? Math.min(USUAL_THREADS, Runtime.getRuntime().availableProcessors()) : 1;
  }

  /** Whether all strategies are stock ones, of which we know that those of different peers share nothing. */
  private static boolean knowsStrategies(Scenario scenario) {
    StrategyCatalog stock = StrategyCatalog.stock();
    return scenario.groups().stream().allMatch(group ->
        stock.has(group.selection()) && stock.has(group.choking()));
  }

  /** Runs a scenario to its end. */
  public static SimulationReport run(Scenario scenario) {
    return of(scenario).run();
  }

  /** A simulation to be adjusted before it runs. */
  public static Simulation of(Scenario scenario) {
    return new Simulation(scenario);
  }

  /** Has somebody told how far it is, a few hundred times over the whole run, on the thread that called {@link #run()}. */
  public Simulation onProgress(Consumer<Progress> listener) {
    progress = listener;
    return this;
  }

  /**
   * Has every engine's books and everything that peers say to each other checked while it runs, which takes several
   * times as long and changes nothing else. Off unless it is called.
   *
   * <p>Checked are: pieces are announced only when they are stored, and are complete only when all bytes were right;
   * availability is the sum of what the connected peers have; requests, answers, chokes and interest agree on the wire and
   * in the books; memory, queues and connections stay within their limits and are all given back at the end; nobody who
   * could give something is left idle; honest peers are never banned or accused; after a torrent is left nothing
   * happens in it; and once the last fault has healed, every honest peer finishes in bounded time.
   *
   * @see InvariantViolation
   */
  public Simulation checked(boolean wanted) {
    checked = wanted;
    return this;
  }

  /**
   * The most threads that work on it at a time, at least 1; what comes out does not depend on it. Unless it is called: two,
   * if the machine has as many processors and all strategies are stock ones, else one. Strategies of your own are then
   * called for different peers at the same time, so they must share nothing, or nothing but what is thread-safe. For
   * several simulations side by side one thread each is better. It makes no difference for swarms that are too small to
   * be split (below 128 peers), with faults, with less than a millisecond between peers, or while invariants are checked.
   */
  public Simulation threads(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("a simulation cannot run on " + most + " threads");
    }
    threads = most;
    return this;
  }

  /**
   * How far a simulation is.
   *
   * @param nanos virtual time
   * @param online peers that are there
   * @param completed peers that came without everything and have had it
   * @param leechers peers that come without everything in all
   * @param events handled so far
   */
  public record Progress(long nanos, int online, int completed, int leechers, long events) {}

  /**
   * Runs it to its end.
   *
   * @throws InvariantViolation if invariants are checked and one does not hold
   */
  public SimulationReport run() {
    SeededRandom random = new SeededRandom(scenario.seed());
    SeededRandom network = random.fork();
    SeededRandom people = random.fork();
    World world = new World(scenario, network, random.fork(), checked);
    Population population = new Population(world, people);
    Lockstep lockstep = new Lockstep(world, threads);
    Inspector inspector = world.inspector;
    try {
      SimulationReport report = run(world, population, lockstep);
      if (inspector != null) {
        inspector.end(lockstep);
      }
      return report;
    } catch (RuntimeException e) {
      throw inspector == null || e instanceof InvariantViolation ? e : inspector.violation(e.toString(), e);
    } finally {
      lockstep.stop();
    }
  }

  private SimulationReport run(World world, Population population, Lockstep lockstep) {
    population.schedule();
    if (world.faults != null) {
      world.faults.schedule();
    }
    Recorder recorder = world.recorder;
    long end = scenario.limit().toNanos();
    while (!(scenario.endsWhenComplete() && population.isComplete())) {
      long until = Math.min(end, recorder.nextSampleAt());
      if (lockstep.advance(until)) {
        recorder.gather();
        continue;
      }
      world.passTo(until);
      if (until == end) {
        break;
      }
      recorder.sample();
      if (world.inspector != null) {
        world.inspector.passes(population);
      }
      progress.accept(new Progress(
          until, recorder.online(), recorder.completed(), population.leechers(), world.events()));
    }
    return recorder.report(population.isComplete());
  }
}
