package io.minibit.tracker;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.SeededRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A tracker that keeps its swarms in memory, for one process, for a {@link TrackerServer} or for a simulation. An
 * announce costs what it hands out, however large the swarm; a peer takes about 100 bytes.
 *
 * <p>Given a clock and a random source it does the same on every machine. Thread-safe; every future it returns is
 * already complete, failed ones with a {@link TrackerException}.
 *
 * <pre>{@code
 * MemoryTracker tracker = MemoryTracker.builder().handout(PeerHandout.preferGroup(5)).build();
 * }</pre>
 */
public final class MemoryTracker implements Tracker {
  /** When a million peers fall silent, no single announce pays for them all: a thousand take a tenth of a millisecond. */
  private static final int MAX_EXPIRED_AT_ONCE = 1000;

  /** What a listed peer takes while its swarm grows, roughly. */
  private static final int BYTES_PER_PEER = 128;

  /** Of the heap, one in so many bytes is for peers if nothing else is said. */
  private static final int HEAP_SHARE = 3;

  /** A swarm of nobody takes about as much memory as so many peers. */
  private static final int PEERS_PER_SWARM = 8;

  private final LongSupplier nanos;
  private final long origin;
  private final SeededRandom random;
  private final PeerHandout handout;
  private final Predicate<InfoHash> allowed;
  private final Duration interval;
  private final int expirySeconds;
  private final int maxSwarms;
  private final int maxPeersPerSwarm;
  private final long maxPlaces;
  private final int maxHandout;
  private final int defaultHandout;

  // In the order of last use, so that forgotten swarms are found at the front.
  private final LinkedHashMap<InfoHash, Swarm> swarms = new LinkedHashMap<>(16, 0.75f, true);
  private int[] told = new int[0]; // places of those handed out; used again
  private int peers;
  private long announces;

  private MemoryTracker(Builder builder) {
    nanos = builder.nanos;
    origin = nanos.getAsLong();
    random = builder.random != null ? builder.random : new SeededRandom(System.nanoTime());
    handout = builder.handout;
    allowed = builder.allowed;
    interval = builder.interval;
    Duration expiry = builder.expiry != null ? builder.expiry : interval.multipliedBy(2).plusMinutes(1);
    expirySeconds = Math.toIntExact(Math.max(1, expiry.toSeconds()));
    maxSwarms = builder.maxSwarms;
    maxPeersPerSwarm = builder.maxPeersPerSwarm;
    maxPlaces =
        builder.maxPeers > 0 ? builder.maxPeers : Runtime.getRuntime().maxMemory() / HEAP_SHARE / BYTES_PER_PEER;
    maxHandout = builder.maxHandout;
    defaultHandout = Math.min(50, maxHandout);
  }

  public static Builder builder() {
    return new Builder();
  }

  @Override
  public CompletableFuture<AnnounceResponse> announce(AnnounceRequest request) {
    try {
      return CompletableFuture.completedFuture(answer(request, this::response));
    } catch (TrackerException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletableFuture<ScrapeResponse> scrape(List<InfoHash> torrents) {
    return CompletableFuture.completedFuture(count(torrents));
  }

  /** How many swarms and peers it holds; silent peers are counted until their swarm is next looked at. */
  public synchronized Stats stats() {
    return new Stats(swarms.size(), peers, announces);
  }

  /**
   * What a tracker holds at a moment.
   *
   * @param announces since it was made, refused ones included
   */
  public record Stats(int swarms, int peers, long announces) {}

  /** Puts into words what is answered. Called under the lock; must not keep what it is given. */
  interface Words<T> {
    /**
     * The answer: what the swarm counts, the tracker's {@link MemoryTracker#interval()}, and some peers.
     *
     * @param places where in the swarm the peers are that are to be told of
     * @param count how many of the places are meant
     */
    T answer(Swarm swarm, int[] places, int count, @Nullable String warning);
  }

  Duration interval() {
    return interval;
  }

  /**
   * The same as {@link #announce} without an object per peer.
   *
   * @throws TrackerException if the announce is refused
   */
  synchronized <T> T answer(AnnounceRequest request, Words<T> words) {
    announces++;
    int now = now();
    forgetIdleSwarms(now);
    if (!allowed.test(request.infoHash())) {
      throw new TrackerException("this tracker does not serve that torrent");
    }
    Swarm swarm = swarms.get(request.infoHash());
    if (swarm == null) {
      if (swarms.size() >= maxSwarms) {
        throw new TrackerException("the tracker is full: " + maxSwarms + " torrents");
      }
      if (places() + PEERS_PER_SWARM > maxPlaces) {
        throw new TrackerException("the tracker is full: " + peers + " peers");
      }
      swarm = new Swarm(random.nextLong());
      swarms.put(request.infoHash(), swarm);
    }
    expire(swarm, now);

    PeerAddress address = reachable(request.address());
    int slot = swarm.find(address);
    if (request.event() == AnnounceEvent.STOPPED) {
      if (slot != Swarm.NONE) {
        swarm.remove(slot);
        peers--;
      }
      return words.answer(swarm, told, 0, null);
    }

    boolean seed = request.left() == 0;
    if (request.event() == AnnounceEvent.COMPLETED && (slot == Swarm.NONE || !swarm.isSeed(slot))) {
      swarm.countCompleted();
    }
    String warning = null;
    if (slot != Swarm.NONE) {
      swarm.update(slot, request.peerId(), seed, request.group(), now);
    } else if (address.port() == 0) {
      warning = "port 0 cannot be reached, so you are not listed";
    } else if (swarm.size() >= maxPeersPerSwarm) {
      warning = "the swarm is full, so you are not listed";
    } else if (places() >= maxPlaces) {
      warning = "the tracker is full, so you are not listed";
    } else {
      slot = swarm.add(address, request.peerId(), seed, request.group(), now);
      peers++;
    }
    int count = handOut(swarm.candidates(slot, seed), request);
    return words.answer(swarm, told, count, warning);
  }

  /** Fills {@link #told} and returns how many there are. */
  private int handOut(Swarm.View candidates, AnnounceRequest request) {
    int asked = request.numWant() < 0 ? defaultHandout : Math.min(request.numWant(), maxHandout);
    int wanted = Math.min(asked, candidates.size());
    if (wanted == 0) {
      return 0;
    }
    int[] picks;
    try {
      picks = handout.pick(candidates, request, wanted, random);
    } catch (RuntimeException e) {
      throw new TrackerException("the peer hand-out failed: " + e, e);
    }
    if (told.length < wanted) {
      told = new int[wanted];
    }
    return candidates.places(picks, wanted, request.peerId(), told);
  }

  private AnnounceResponse response(Swarm swarm, int[] places, int count, @Nullable String warning) {
    List<AnnounceResponse.Contact> contacts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      contacts.add(swarm.contact(places[i]));
    }
    return new AnnounceResponse(interval, null, swarm.seeds(), swarm.size() - swarm.seeds(), contacts, warning);
  }

  private synchronized ScrapeResponse count(List<InfoHash> torrents) {
    int now = now();
    forgetIdleSwarms(now);
    Map<InfoHash, ScrapeResponse.Counts> counts = new LinkedHashMap<>();
    for (InfoHash torrent : torrents) {
      Swarm swarm = swarms.get(torrent);
      if (swarm != null) {
        expire(swarm, now);
        counts.put(
            torrent,
            new ScrapeResponse.Counts(swarm.seeds(), swarm.completed(), swarm.size() - swarm.seeds()));
      }
    }
    return new ScrapeResponse(counts);
  }

  private long places() {
    return peers + (long) PEERS_PER_SWARM * swarms.size();
  }

  private void expire(Swarm swarm, int now) {
    swarm.touch(now);
    peers -= swarm.expire(now - expirySeconds, MAX_EXPIRED_AT_ONCE);
  }

  /** At most two per call, so that no single announce pays for many; new swarms come at one per call. */
  private void forgetIdleSwarms(int now) {
    Iterator<Swarm> inOrderOfUse = swarms.values().iterator();
    for (int i = 0; i < 2 && inOrderOfUse.hasNext(); i++) {
      Swarm swarm = inOrderOfUse.next();
      if (swarm.lastTouched() >= now - expirySeconds) {
        return;
      }
      peers -= swarm.size();
      inOrderOfUse.remove();
    }
  }

  /** A caller in this process may name no IP; then it listens on this machine. */
  private static PeerAddress reachable(PeerAddress address) {
    for (byte b : address.ip()) {
      if (b != 0) {
        return address;
      }
    }
    return PeerAddress.of(new byte[] {127, 0, 0, 1}, address.port());
  }

  private int now() {
    return (int) ((nanos.getAsLong() - origin) / 1_000_000_000L);
  }

  /** Settings of a {@link MemoryTracker}; all have defaults. */
  public static final class Builder {
    private LongSupplier nanos = System::nanoTime;
    private @Nullable SeededRandom random;
    private PeerHandout handout = PeerHandout.random();
    private Predicate<InfoHash> allowed = torrent -> true;
    private Duration interval = Duration.ofMinutes(30);
    private @Nullable Duration expiry;
    private int maxSwarms = Limits.defaults().maxSwarms();
    private int maxPeersPerSwarm = Limits.defaults().maxPeersPerSwarm();
    private int maxPeers = Limits.defaults().maxTrackerPeers();
    private int maxHandout = Limits.defaults().maxHandout();

    private Builder() {}

    /** Monotonic time in nanoseconds; {@link System#nanoTime} by default, virtual time in a simulation. */
    public Builder clock(LongSupplier monotonicNanos) {
      nanos = monotonicNanos;
      return this;
    }

    /** The source of all draws, used by this tracker alone from now on. */
    public Builder random(SeededRandom source) {
      random = source;
      return this;
    }

    public Builder handout(PeerHandout whom) {
      handout = whom;
      return this;
    }

    /**
     * Closes the tracker to all torrents but these; by default it serves any. Asked under the tracker's lock at every
     * announce, so it must be quick, and it may change its mind. Those refused are told why.
     *
     * @param torrents {@code Set::contains}, for one
     */
    public Builder allow(Predicate<InfoHash> torrents) {
      allowed = torrents;
      return this;
    }

    /** What peers are told to wait between announces; 30 minutes by default. */
    public Builder interval(Duration betweenAnnounces) {
      interval = requirePositive(betweenAnnounces, "interval");
      return this;
    }

    /** After which silence a peer is forgotten; twice the interval and a minute by default. */
    public Builder expiry(Duration silence) {
      expiry = requirePositive(silence, "expiry");
      return this;
    }

    /** Torrents beyond this are refused; 100,000 by default. */
    public Builder maxSwarms(int most) {
      maxSwarms = requirePositive(most, "maxSwarms");
      return this;
    }

    /** Peers beyond this are answered but not listed; 1,000,000 by default. */
    public Builder maxPeersPerSwarm(int most) {
      maxPeersPerSwarm = requirePositive(most, "maxPeersPerSwarm");
      return this;
    }

    /**
     * Peers of all torrents beyond this are answered but not listed, where a torrent counts as eight peers, and further
     * torrents are refused. By default it is what a third of the maximum heap has room for.
     */
    public Builder maxPeers(int most) {
      maxPeers = requirePositive(most, "maxPeers");
      return this;
    }

    /** Takes all bounds from here; what is named after it counts. */
    public Builder limits(Limits limits) {
      maxSwarms = limits.maxSwarms();
      maxPeersPerSwarm = limits.maxPeersPerSwarm();
      maxPeers = limits.maxTrackerPeers();
      maxHandout = limits.maxHandout();
      return this;
    }

    /** Peers handed out at once, at most; 200 by default. Who does not say gets 50. */
    public Builder maxHandout(int most) {
      maxHandout = requirePositive(most, "maxHandout");
      return this;
    }

    public MemoryTracker build() {
      return new MemoryTracker(this);
    }

    private static int requirePositive(int value, String name) {
      if (value <= 0) {
        throw new IllegalArgumentException(name + " must be positive: " + value);
      }
      return value;
    }

    private static Duration requirePositive(Duration value, String name) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(name + " must be positive: " + value);
      }
      return value;
    }
  }
}
