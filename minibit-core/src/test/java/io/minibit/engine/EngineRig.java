package io.minibit.engine;

import io.minibit.metainfo.PieceLayout;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;
import io.minibit.model.TorrentState;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.Sequential;
import io.minibit.strategy.TitForTat;
import io.minibit.wire.MessageType;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One engine in a world that is written down: virtual time, fake peers, and a transcript of everything the engine asks
 * for. Pieces are drawn as strings: {@code "11 1"} are four pieces of which the third is missing.
 */
final class EngineRig implements EnginePort, EngineListener {
  static final int BLOCK = PieceLayout.BLOCK_LENGTH;
  static final long SECOND = 1_000_000_000L;

  /** What a rig is made of; change what a test is about. */
  static final class Setup {
    int pieces = 4;
    int blocks = 2;
    int lastPieceLength;
    String held = "";
    long seed = 1;
    long uploadLimit = Long.MAX_VALUE;
    long downloadLimit = Long.MAX_VALUE;
    long seedNanos = Long.MAX_VALUE;
    boolean superSeeding;
    boolean tracker;
    long memory = 1L << 30;
    Limits limits = Limits.defaults();
    PieceSelectionStrategy selection = new Sequential();
    ChokingStrategy choking = new TitForTat();
    PeerBudget budget;
    long start = 1000 * SECOND;
  }

  final Setup setup = new Setup();
  final PieceLayout layout;
  final PeerBudget budget;
  final TorrentEngine engine;
  final PeerId ownId = id(500);
  long now;
  /** Whether verified pieces are answered at once. */
  boolean verifies = true;
  /** Whether places of connections are taken from the budget and given back, as drivers do. */
  boolean countsConnections;
  /** What was asked of the world and is not answered by itself. */
  final ArrayDeque<PeerAddress> dials = new ArrayDeque<>();

  final ArrayDeque<Verification> unverified = new ArrayDeque<>();
  int checks;

  record Verification(int piece, boolean suspect) {}

  private final List<String> transcript = new ArrayList<>();
  private final TreeMap<Integer, FakePeer> peers = new TreeMap<>();
  private final ArrayDeque<Runnable> results = new ArrayDeque<>();
  /** What was written to the memory of each piece: who sent the block, with a minus if it was wrong. */
  private final TreeMap<Integer, long[]> memory = new TreeMap<>();
  private long wakeAt = Long.MAX_VALUE;
  private int nextNumber;

  EngineRig(Consumer<Setup> change) {
    change.accept(setup);
    now = setup.start;
    int pieceLength = setup.blocks * BLOCK;
    long last = setup.lastPieceLength == 0 ? pieceLength : setup.lastPieceLength;
    layout = new PieceLayout((setup.pieces - 1L) * pieceLength + last, pieceLength);
    budget = setup.budget != null ? setup.budget : new PeerBudget(setup.memory, 200, 30, now);
    EngineSettings settings = new EngineSettings(
        layout, ownId, address("10.0.0.100:6881"), setup.limits, setup.selection, setup.choking,
        new SeededRandom(setup.seed), setup.uploadLimit, setup.downloadLimit, setup.seedNanos, setup.superSeeding,
        setup.tracker);
    engine = new TorrentEngine(settings, budget, this, this, now);
  }

  /** A rig whose engine has been started and whose store has been checked. */
  static EngineRig started(Consumer<Setup> change) {
    EngineRig rig = new EngineRig(change);
    rig.start();
    return rig;
  }

  void start() {
    engine.start(now);
    engine.onChecked(now, pieces(setup.pieces, setup.held));
    forget();
  }

  static PieceSet pieces(int size, String picture) {
    PieceSet set = new PieceSet(size);
    for (int i = 0; i < picture.length(); i++) {
      if (picture.charAt(i) == '1') {
        set.set(i);
      }
    }
    return set;
  }

  static PeerId id(int number) {
    byte[] bytes = new byte[PeerId.LENGTH];
    bytes[18] = (byte) (number >> 8);
    bytes[19] = (byte) number;
    return PeerId.of(bytes);
  }

  static PeerAddress address(String text) {
    int colon = text.lastIndexOf(':');
    return PeerAddress.of(
        new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1))));
  }

  static void assertNear(long expected, long actual, long tolerance) {
    if (Math.abs(expected - actual) > tolerance) {
      throw new AssertionError(actual + " is not within " + tolerance + " of " + expected);
    }
  }

  // Time and what is written down.

  /** Lets time pass, waking the engine whenever it asked for it. */
  void pass(Duration duration) {
    long end = now + duration.toNanos();
    int idle = 0;
    while (wakeAt <= end) {
      idle = wakeAt <= now ? idle + 1 : 0;
      if (idle > 1000) {
        throw new AssertionError("the engine wants to be woken again and again at " + wakeAt);
      }
      now = Math.max(now, wakeAt);
      wakeAt = Long.MAX_VALUE;
      engine.onWake(now);
      answer();
    }
    now = end;
  }

  void seconds(int seconds) {
    pass(Duration.ofSeconds(seconds));
  }

  /** Lets seconds pass while these peers send keep-alives every 30 s. */
  void secondsAlive(int seconds, FakePeer... alive) {
    for (int s = 0; s < seconds; s += 30) {
      for (FakePeer peer : alive) {
        peer.says(MessageType.KEEP_ALIVE, 0, 0, 0);
      }
      seconds(Math.min(30, seconds - s));
    }
  }

  /** What happened since it was last asked for, one line each. */
  String took() {
    String lines = String.join("\n", transcript);
    forget();
    return lines;
  }

  /** Those of the lines since last time that contain the word. */
  String took(String word) {
    String lines = String.join("\n", transcript.stream().filter(line -> line.contains(word)).toList());
    forget();
    return lines;
  }

  long count(String word) {
    return transcript.stream().filter(line -> line.contains(word)).count();
  }

  void forget() {
    transcript.clear();
  }

  boolean isWakeWanted() {
    return wakeAt != Long.MAX_VALUE;
  }

  /** Results of disk and hash come after the event that asked for them. */
  private void answer() {
    for (Runnable result; (result = results.poll()) != null; ) {
      result.run();
    }
  }

  void does(Runnable event) {
    event.run();
    answer();
  }

  // Peers.

  /** Connects a peer that listens at 10.0.0.n:6881; both speak the fast extension. */
  FakePeer peer(int n) {
    return new FakePeer(this, "p" + n, n, true).connects("10.0.0." + n + ":" + (40000 + n), true);
  }

  /** Connects a peer without the fast extension. */
  FakePeer plainPeer(int n) {
    return new FakePeer(this, "p" + n, n, false).connects("10.0.0." + n + ":" + (40000 + n), true);
  }

  int register(FakePeer peer) {
    peers.put(nextNumber, peer);
    return nextNumber++;
  }

  private FakePeer at(int connection) {
    FakePeer peer = peers.get(connection);
    if (peer == null) {
      throw new AssertionError("no connection " + connection);
    }
    return peer;
  }

  private void write(String line) {
    transcript.add(line);
  }

  void wrote(FakePeer peer, int piece, int block, boolean right) {
    long[] blocks = memory.get(piece);
    if (blocks == null) {
      throw new AssertionError("piece " + piece + " has no memory");
    }
    blocks[block] = right ? 1 : -1 - peer.n;
  }

  // The port.

  @Override
  public void wakeAt(long time) {
    wakeAt = time;
  }

  @Override
  public void dial(PeerAddress address) {
    dials.add(address);
    write("dial " + address);
  }

  @Override
  public void close(int connection, String reason) {
    write("close " + at(connection).name + ": " + reason);
    peers.remove(connection).open = false;
    placeIsFree();
  }

  void placeIsFree() {
    if (countsConnections) {
      budget.connectionClosed();
    }
  }

  @Override
  public void send(int connection, int type, int a, int b, int c) {
    FakePeer peer = at(connection);
    write(peer.name + " <- " + MessageType.describe(type, a, b, c));
    peer.hears(type, a, b);
  }

  @Override
  public void sendBitfield(int connection, PieceSet have) {
    StringBuilder picture = new StringBuilder();
    for (int i = 0; i < have.size(); i++) {
      picture.append(have.get(i) ? '1' : '0');
    }
    write(at(connection).name + " <- bitfield " + picture);
  }

  @Override
  public void sendExtendedHandshake(int connection, int requestQueue) {
    write(at(connection).name + " <- extended reqq=" + requestQueue);
  }

  @Override
  public void sendBlock(int connection, int piece, int begin, int length) {
    FakePeer peer = at(connection);
    peer.queued += length;
    peer.lastBlock = new int[] {piece, begin, length};
    write(peer.name + " <- block " + piece + " " + begin + " " + length);
  }

  @Override
  public void openPiece(int piece) {
    if (memory.put(piece, new long[layout.blockCount(piece)]) != null) {
      throw new AssertionError("piece " + piece + " has memory already");
    }
    write("open " + piece);
  }

  @Override
  public void dropPiece(int piece) {
    if (memory.remove(piece) == null) {
      throw new AssertionError("piece " + piece + " has no memory");
    }
    write("drop " + piece);
  }

  @Override
  public void discardRest(int connection) {
    write(at(connection).name + " discard rest");
    at(connection).wanted = false;
  }

  @Override
  public void verify(int piece, boolean suspect) {
    write("verify " + piece + (suspect ? " suspect" : ""));
    if (verifies) {
      results.add(() -> verified(piece, suspect));
    } else {
      unverified.add(new Verification(piece, suspect));
    }
  }

  void verified(int piece, boolean suspect) {
    long[] digests = memory.remove(piece);
    if (Arrays.stream(digests).anyMatch(digest -> digest != 1)) {
      engine.onPieceCorrupt(now, piece, digests);
    } else {
      engine.onPieceStored(now, piece, suspect ? digests : null);
    }
  }

  void storeFails(int piece, String message) {
    memory.remove(piece);
    engine.onStoreFailed(now, piece, message);
  }

  void storeChanges(int piece, String message) {
    memory.remove(piece);
    engine.onStoreChanged(now, piece, message);
  }

  @Override
  public void check() {
    checks++;
    write("check");
  }

  @Override
  public void announce(AnnounceEvent event, long uploaded, long downloaded, long left, int numWant) {
    boolean asks = numWant > 0 || event == AnnounceEvent.STOPPED;
    write("announce " + event + " left=" + left + (asks ? "" : " without asking for peers"));
  }

  // The listener.

  @Override
  public void stateChanged(TorrentState state) {
    write("state " + state);
  }

  @Override
  public void pieceStored(int piece) {
    write("stored " + piece);
  }

  @Override
  public void pieceCorrupt(int piece) {
    write("corrupt " + piece);
  }

  @Override
  public void peerBanned(RemotePeer peer, String reason) {
    write("banned " + peer.address() + ": " + reason);
  }

  @Override
  public void completed() {
    write("completed");
  }

  @Override
  public void wishDropped(String why) {
    write("dropped " + why);
  }

  @Override
  public void strategyIgnored(String what) {
    write("ignored: " + what);
  }

  @Override
  public void failed(Throwable cause) {
    write("failed: " + cause.getMessage());
  }

  @Override
  public void seedTimeOver() {
    write("seed time over");
  }
}
