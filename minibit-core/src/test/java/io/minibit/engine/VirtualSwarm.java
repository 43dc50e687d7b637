package io.minibit.engine;

import io.minibit.metainfo.PieceLayout;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RarestFirst;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.TitForTat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Production engines that trade with each other in virtual time: one event queue ordered by (time, sequence), last-mile
 * links (an uplink rate and a latency per node), a tracker, no bytes. What a block holds is a tag: right or not.
 */
public final class VirtualSwarm {
  static final long SECOND = 1_000_000_000L;

  private record Event(long time, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  public final PieceLayout layout;
  public final List<Node> nodes = new ArrayList<>();
  public long now;
  /** A digest of every message that was sent, for comparing runs. */
  public long trace = 1;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final SeededRandom random;
  private long sequence;

  /** A swarm without nodes for a torrent of so many pieces of so many blocks. */
  public VirtualSwarm(int pieces, int blocks, long seed) {
    layout = new PieceLayout((long) pieces * blocks * PieceLayout.BLOCK_LENGTH, blocks * PieceLayout.BLOCK_LENGTH);
    random = new SeededRandom(seed);
  }

  /** What a node is like; change what a test is about. */
  public static final class Settings {
    public long uplink = 1 << 20;
    public Duration latency = Duration.ofMillis(20);
    public Supplier<? extends PieceSelectionStrategy> selection = RarestFirst::new;
    public Supplier<? extends ChokingStrategy> choking = TitForTat::new;
    public long uploadLimit = Long.MAX_VALUE;
    public long memory = 1L << 30;
    public boolean corrupts;
    public int network;
    public long seedNanos = Long.MAX_VALUE;
    public boolean superSeeding;
    public byte[] priorities = {};
  }

  /** Adds a node that holds everything. */
  public Node seed(Consumer<Settings> change) {
    PieceSet all = new PieceSet(layout.pieceCount());
    all.setAll();
    return add(all, change);
  }

  /** Adds a node that holds nothing. */
  public Node leecher(Consumer<Settings> change) {
    return add(new PieceSet(layout.pieceCount()), change);
  }

  /** Adds a node that holds these pieces; it starts at once. */
  public Node add(PieceSet held, Consumer<Settings> change) {
    Settings settings = new Settings();
    change.accept(settings);
    Node node = new Node(nodes.size(), settings);
    nodes.add(node);
    at(now, () -> {
      node.engine.start(now);
      node.engine.onChecked(now, held);
    });
    return node;
  }

  private void at(long time, Runnable action) {
    events.add(new Event(time, sequence++, action));
  }

  /** Runs until the condition holds; false if the time is over before. */
  public boolean runUntil(BooleanSupplier condition, Duration most) {
    long end = now + most.toNanos();
    int still = 0;
    while (!condition.getAsBoolean()) {
      Event next = events.peek();
      if (next == null || next.time > end) {
        now = end;
        return false;
      }
      still = next.time > now ? 0 : still + 1;
      if (still > 2_000_000) {
        throw new AssertionError("time stands still at " + now);
      }
      events.remove();
      now = Math.max(now, next.time);
      next.action.run();
    }
    return true;
  }

  public void run(Duration duration) {
    runUntil(() -> false, duration);
  }

  /** Runs until every node that trades has what it wants. */
  public boolean complete(Duration most) {
    return runUntil(() -> nodes.stream().allMatch(node -> node.engine.isComplete()), most);
  }

  /** A node: an engine, its budget, its uplink, and the open ends of its connections. */
  public final class Node implements EnginePort, EngineListener {
    public final int index;
    public final PeerAddress address;
    public final TorrentEngine engine;
    public final PeerBudget budget;
    public final Settings settings;
    public long completedAt = -1;
    public int banned;
    public final long[] storedAt;

    private final PeerId id;
    private final TreeMap<Integer, End> ends = new TreeMap<>();
    private final TreeMap<Integer, boolean[]> memory = new TreeMap<>();
    private long linkFreeAt;
    private long wakeAt = Long.MAX_VALUE;
    private boolean listed;

    private Node(int index, Settings settings) {
      this.index = index;
      this.settings = settings;
      address = PeerAddress.of(new byte[] {10, (byte) settings.network, (byte) (index >> 8), (byte) index}, 6881);
      id = PeerId.random(random);
      storedAt = new long[layout.pieceCount()];
      Arrays.fill(storedAt, -1);
      budget = new PeerBudget(settings.memory, 200, 30, now);
      engine = new TorrentEngine(new EngineSettings(layout, id, address, Limits.defaults(), settings.selection.get(),
          settings.choking.get(), random.fork(), settings.uploadLimit, Long.MAX_VALUE, settings.seedNanos,
          settings.superSeeding, true), budget, this, this, now);
      if (settings.priorities.length > 0) {
        engine.setPriorities(now, settings.priorities);
      }
    }

    public void leave() {
      engine.leave(now);
    }

    @Override
    public void completed() {
      completedAt = completedAt < 0 ? now : completedAt;
    }

    @Override
    public void pieceStored(int piece) {
      storedAt[piece] = now;
    }

    @Override
    public void peerBanned(RemotePeer peer, String reason) {
      banned |= 1 << ((peer.address().ip()[2] & 0xff) << 8 | (peer.address().ip()[3] & 0xff));
    }

    @Override
    public void failed(Throwable cause) {
      throw new AssertionError("node " + index + " failed", cause);
    }

    @Override
    public void wakeAt(long time) {
      wakeAt = time;
      if (time != Long.MAX_VALUE) {
        at(Math.max(time, now), () -> {
          if (wakeAt == time) {
            wakeAt = Long.MAX_VALUE;
            engine.onWake(now);
          }
        });
      }
    }

    @Override
    public void dial(PeerAddress target) {
      Node other = nodes.stream().filter(node -> node.address.equals(target)).findFirst().orElse(null);
      at(now + 2 * latency(other == null ? this : other), () -> {
        boolean over = other == null || !other.listed || !other.budget.tryConnection();
        if (over) {
          budget.connectionClosed();
          engine.onDialFailed(now, target, "connection refused");
          return;
        }
        End mine = new End(this);
        End theirs = new End(other);
        mine.other = theirs;
        theirs.other = mine;
        other.engine.onConnected(now, theirs.number, address.withPort(40000), id, true, true, true);
        if (mine.open) {
          engine.onConnected(now, mine.number, target, other.id, false, true, true);
        } else {
          engine.onDialFailed(now, target, "closed");
        }
      });
    }

    private long latency(Node other) {
      return settings.latency.toNanos() + other.settings.latency.toNanos();
    }

    private End end(int connection) {
      End end = ends.get(connection);
      if (end == null) {
        throw new AssertionError("node " + index + " has no connection " + connection);
      }
      return end;
    }

    @Override
    public void close(int connection, String reason) {
      End end = end(connection);
      end.shut();
      at(now, budget::connectionClosed);
      end.deliver(() -> {
        if (end.other.open) {
          end.other.shut();
          end.other.owner.budget.connectionClosed();
          end.other.owner.engine.onDisconnected(now, end.other.number, "closed by the other side");
        }
      });
    }

    @Override
    public void send(int connection, int type, int a, int b, int c) {
      note(connection, type, a, b);
      End end = end(connection);
      end.deliver(() -> end.other.hear(engine -> engine.onMessage(now, end.other.number, type, a, b, c)));
    }

    @Override
    public void sendBitfield(int connection, PieceSet have) {
      PieceSet copy = PieceSet.of(have.size(), have.toWords());
      End end = end(connection);
      end.deliver(() -> end.other.hear(engine -> engine.onBitfield(now, end.other.number, copy)));
    }

    @Override
    public void sendExtendedHandshake(int connection, int requestQueue) {
      End end = end(connection);
      end.deliver(() -> end.other.hear(
          engine -> engine.onExtendedHandshake(now, end.other.number, requestQueue, address.port(), "virtual")));
    }

    @Override
    public void sendBlock(int connection, int piece, int begin, int length) {
      note(connection, 7, piece, begin);
      End end = end(connection);
      end.queued += length;
      long starts = Math.max(now, linkFreeAt);
      linkFreeAt = starts + length * SECOND / settings.uplink;
      boolean right = !settings.corrupts || random.nextInt(8) > 0;
      end.arrivesNotBefore(starts);
      end.deliver(() -> end.other.begin(piece, begin, length));
      end.arrivesNotBefore(linkFreeAt);
      end.deliver(() -> end.other.finish(piece, begin, length, right));
      at(linkFreeAt, () -> {
        end.queued -= length;
        if (end.open) {
          engine.onSent(now, connection, length, end.queued);
        }
      });
    }

    @Override
    public void openPiece(int piece) {
      if (memory.put(piece, new boolean[layout.blockCount(piece)]) != null) {
        throw new AssertionError("piece " + piece + " has memory already");
      }
    }

    @Override
    public void dropPiece(int piece) {
      if (memory.remove(piece) == null) {
        throw new AssertionError("piece " + piece + " has no memory");
      }
    }

    @Override
    public void discardRest(int connection) {
      end(connection).wanted = false;
    }

    @Override
    public void verify(int piece, boolean suspect) {
      boolean[] blocks = memory.remove(piece);
      long[] digests = new long[blocks.length];
      boolean right = true;
      for (int b = 0; b < blocks.length; b++) {
        digests[b] = blocks[b] ? 1 : random.nextLong();
        right &= blocks[b];
      }
      boolean passed = right;
      at(now + SECOND / 1000, () -> {
        if (passed) {
          engine.onPieceStored(now, piece, suspect ? digests : null);
        } else {
          engine.onPieceCorrupt(now, piece, digests);
        }
      });
    }

    @Override
    public void check() {}

    @Override
    public void announce(AnnounceEvent event, long uploaded, long downloaded, long left, int numWant) {
      listed = event != AnnounceEvent.STOPPED;
      if (!listed) {
        return;
      }
      List<PeerAddress> others = new ArrayList<>();
      for (Node node : nodes) {
        if (node != this && node.listed) {
          others.add(node.address);
        }
      }
      random.shuffle(others);
      at(now + SECOND / 10, () -> engine.onAnnounced(
          now, 60 * SECOND, -1, others.subList(0, Math.min(numWant, others.size()))));
    }

    private void note(int connection, int type, int a, int b) {
      trace = trace * 31 + now;
      trace = trace * 31 + ((long) index << 40 | (long) connection << 20 | type);
      trace = trace * 31 + ((long) a << 32 | b);
    }
  }

  /** One side of a connection. */
  private final class End {
    final Node owner;
    final int number;
    End other = this;
    boolean open = true;
    boolean wanted;
    int queued;
    private long lastArrival;

    End(Node owner) {
      this.owner = owner;
      int free = 0;
      while (owner.ends.containsKey(free)) {
        free++;
      }
      number = free;
      owner.ends.put(free, this);
    }

    void shut() {
      open = false;
      owner.ends.remove(number);
    }

    void arrivesNotBefore(long leaves) {
      lastArrival = Math.max(lastArrival, leaves + owner.latency(other.owner));
    }

    /** Messages arrive in the order in which they were sent. */
    void deliver(Runnable arrival) {
      arrivesNotBefore(now);
      at(lastArrival, arrival);
    }

    void hear(Consumer<TorrentEngine> event) {
      if (open) {
        event.accept(owner.engine);
      }
    }

    void begin(int piece, int begin, int length) {
      if (open) {
        wanted = owner.engine.onPieceHeader(now, number, piece, begin, length);
      }
    }

    void finish(int piece, int begin, int length, boolean right) {
      if (open) {
        if (wanted) {
          owner.memory.get(piece)[begin / PieceLayout.BLOCK_LENGTH] = right;
        }
        owner.engine.onBlock(now, number, length);
      }
    }
  }
}
