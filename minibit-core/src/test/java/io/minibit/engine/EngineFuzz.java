package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.fuzz.FuzzInput;
import io.minibit.fuzz.FuzzTarget;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.SeededRandom;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RandomPiece;
import io.minibit.strategy.RarestFirst;
import io.minibit.strategy.Sequential;
import io.minibit.wire.MessageType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An engine among peers that say anything, in any order, that the wire lets through, while its disk, its tracker and its
 * user do what they may do. Its books agree after every step, it asks and queues no more than it may, and afterwards it
 * fetches everything from one honest seed, whatever the others have done.
 */
public final class EngineFuzz implements FuzzTarget {
  private static final Limits LIMITS = Limits.defaults().with(l -> {
    l.maxIncomingRequests = 40;
    l.maxOutgoingRequests = 20;
    l.maxKnownPeers = 20;
  });

  private static final int SLOTS = 6;
  private static final int MOST_STEPS = 400;

  /** Virtual; the honest seed answers whatever it is asked at once, but what is limited or snubbed takes its time. */
  private static final int SECONDS_TO_COMPLETE = 1200;

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    SeededRandom random = new SeededRandom(5);
    for (int length : new int[] {12, 40, 100, 200, 400, 800}) {
      for (int i = 0; i < 8; i++) {
        byte[] seed = new byte[length];
        random.nextBytes(seed);
        seeds.add(seed);
      }
    }
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    new Session(new FuzzInput(input)).run();
  }

  private static final class Session {
    private final FuzzInput in;
    private final EngineRig rig;
    private final FakePeer[] peers = new FakePeer[SLOTS];
    /** Length of the block whose header the peer in this slot has sent, -1 for none; nothing else can come before it. */
    private final int[] sending = new int[SLOTS];
    private int nextName;

    Session(FuzzInput in) {
      this.in = in;
      rig = new EngineRig(this::setUp);
      rig.verifies = in.below(4) != 0;
      rig.countsConnections = true;
      Arrays.fill(sending, -1);
    }

    private void setUp(EngineRig.Setup setup) {
      setup.pieces = 1 + in.below(12);
      setup.blocks = 1 + in.below(3);
      setup.lastPieceLength = in.below(2) == 0 ? 0 : 1 + (in.nextInt() >>> 1) % (setup.blocks * EngineRig.BLOCK);
      int mask = in.nextInt();
      setup.held = picture(setup.pieces, in.nextInt() & mask);
      setup.seed = in.next();
      setup.uploadLimit = in.below(4) == 0 ? 50_000 : Long.MAX_VALUE;
      setup.downloadLimit = in.below(4) == 0 ? 50_000 : Long.MAX_VALUE;
      setup.superSeeding = in.below(4) == 0;
      setup.tracker = true;
      setup.memory = in.below(3) == 0 ? 2L * setup.blocks * EngineRig.BLOCK : 1L << 30;
      setup.limits = LIMITS;
      setup.selection = selection(in.below(3));
    }

    private static PieceSelectionStrategy selection(int which) {
      return switch (which) {
        case 0 -> new Sequential();
        case 1 -> new RarestFirst();
        default -> new RandomPiece();
      };
    }

    private static String picture(int pieces, int bits) {
      StringBuilder picture = new StringBuilder();
      for (int i = 0; i < pieces; i++) {
        picture.append((bits >> i & 1) == 1 ? '1' : ' ');
      }
      return picture.toString();
    }

    void run() {
      rig.start();
      rig.checks = 0;
      for (int i = 0; i < MOST_STEPS && !in.isOver(); i++) {
        step();
        audit();
      }
      completeFromAnHonestSeed();
      rig.does(() -> rig.engine.leave(rig.now));
      while (!rig.dials.isEmpty()) {
        dialFails(rig.dials.poll());
      }
      audit();
      assertEquals(0, rig.budget.connections());
      assertEquals(0, rig.budget.pieceMemoryUsed());
    }

    private void audit() {
      new EngineAudit(rig.engine).check(true);
      assertFalse(rig.engine.explanation(rig.now).isBlank());
      assertEquals(0, rig.count("failed"), "the torrent failed");
      for (FakePeer peer : peers) {
        if (peer != null && peer.open) {
          assertTrue(peer.asked.size() <= LIMITS.maxOutgoingRequests(), "too many requests");
        }
      }
      rig.forget();
    }

    private void step() {
      int what = in.below(40);
      int slot = in.below(SLOTS);
      switch (what) {
        case 0, 1, 2 -> connect(slot);
        case 3 -> time(Duration.ofMillis(in.next() * 4L));
        case 4 -> time(Duration.ofSeconds(in.next()));
        case 5 -> verified();
        case 6 -> storeFails();
        case 7 -> rig.does(() -> rig.engine.onAnnounced(rig.now, in.nextInt(), in.nextInt(), addresses()));
        case 8 -> rig.does(() -> rig.engine.onAnnounceFailed(rig.now, "it is gone"));
        case 9 -> rig.does(() -> rig.engine.onPeersFound(rig.now, addresses(), true));
        case 10, 11 -> dialed(slot);
        case 12 -> rig.does(() -> rig.engine.pause(rig.now));
        case 13 -> rig.does(() -> rig.engine.resume(rig.now));
        case 14 -> priorities();
        case 15 -> rig.does(() -> rig.engine.limitRates(rig.now, rate(), rate()));
        case 16 -> checked();
        default -> {
          if (isOpen(slot)) {
            say(slot, peers[slot], what);
          } else {
            connect(slot);
          }
        }
      }
    }

    private boolean isOpen(int slot) {
      return peers[slot] != null && peers[slot].open;
    }

    /** What a peer that is connected can do. */
    private void say(int slot, FakePeer peer, int what) {
      if (what == 17) {
        peer.leaves();
        return;
      }
      if (what == 18) {
        peer.takes(1 + in.next() * 256);
        return;
      }
      if (what == 19) {
        readFails(peer);
        return;
      }
      finish(slot, peer);
      if (!peer.open) {
        return;
      }
      switch (what) {
        case 20 -> peer.chokes();
        case 21, 22, 23 -> peer.unchokes();
        case 24 -> peer.wants();
        case 25 -> peer.wantsNothing();
        case 26 -> peer.gets(piece());
        case 27 -> peer.has(picture(rig.layout.pieceCount(), in.next() | in.next() << 8));
        case 28 -> peer.hasAll();
        case 29, 30 -> request(peer, MessageType.REQUEST);
        case 31 -> request(peer, MessageType.CANCEL);
        case 32 -> reject(peer);
        case 33, 34 -> peer.answers(1 + in.below(8));
        case 35 -> {
          if (!peer.asked.isEmpty()) {
            peer.sendsRubbish();
          }
        }
        case 36 -> anyBlock(slot, peer);
        case 37 -> begin(slot, peer);
        case 38 -> extendedHandshake(peer);
        default -> peer.says(
            new int[] {
              MessageType.KEEP_ALIVE, MessageType.PORT, MessageType.SUGGEST, MessageType.ALLOWED_FAST,
              MessageType.HAVE_NONE
            }[in.below(5)],
            piece(), 0, 0);
      }
    }

    /** Some share an IP, some a peer-id, one has our own. */
    private void connect(int slot) {
      if (isOpen(slot)) {
        peers[slot].leaves();
      }
      int id = in.below(8);
      int flags = in.next();
      sending[slot] = -1;
      assertTrue(rig.budget.tryConnection());
      peers[slot] = new FakePeer(rig, "p" + nextName++, 1 + slot, (flags & 1) == 0)
          .connects("10.0.0." + (1 + slot % 4) + ":" + (40_000 + slot + 10 * (flags >> 1 & 1)), true, id == 7 ? 500 : 10 * slot + id);
    }

    private void dialed(int slot) {
      PeerAddress address = rig.dials.poll();
      if (address == null) {
        return;
      }
      if (in.below(3) == 0) {
        dialFails(address);
        return;
      }
      if (isOpen(slot)) {
        peers[slot].leaves();
      }
      sending[slot] = -1;
      peers[slot] = new FakePeer(rig, "p" + nextName++, 1 + slot, in.below(2) == 0)
          .connects(address.toString(), false, in.below(8) == 7 ? 500 : 10 * slot + in.below(8));
    }

    private void dialFails(PeerAddress address) {
      rig.placeIsFree();
      rig.does(() -> rig.engine.onDialFailed(rig.now, address, "nobody there"));
    }

    private List<PeerAddress> addresses() {
      List<PeerAddress> addresses = new ArrayList<>();
      for (int count = in.below(40); count > 0; count--) {
        int port = in.below(4) == 0 ? 0 : 6881 + in.below(8);
        addresses.add(PeerAddress.of(new byte[] {10, 0, 0, (byte) in.next()}, port));
      }
      return addresses;
    }

    private void time(Duration duration) {
      rig.pass(duration);
    }

    private int piece() {
      return in.below(rig.layout.pieceCount());
    }

    private long rate() {
      return in.below(3) == 0 ? 1 + in.next() * 1000L : Long.MAX_VALUE;
    }

    private void priorities() {
      byte[] priorities = new byte[rig.layout.pieceCount()];
      for (int i = 0; i < priorities.length; i++) {
        priorities[i] = (byte) in.below(8);
      }
      rig.does(() -> rig.engine.setPriorities(rig.now, priorities));
    }

    /** The wire lets any numbers through that are not negative. */
    private void request(FakePeer peer, int type) {
      int count = 1 + in.below(60);
      boolean wild = in.below(8) == 0;
      for (int i = 0; i < count && peer.open; i++) {
        if (wild) {
          peer.says(type, in.nextInt() & 0xfffff, in.nextInt() & Integer.MAX_VALUE, in.nextInt() & Integer.MAX_VALUE);
        } else {
          int piece = piece();
          int block = in.below(rig.layout.blockCount(piece));
          peer.says(type, piece, block * EngineRig.BLOCK, rig.layout.blockLength(piece, block));
        }
      }
    }

    private void reject(FakePeer peer) {
      if (in.below(4) != 0 && !peer.asked.isEmpty()) {
        peer.rejects();
      } else {
        peer.says(MessageType.REJECT, in.next(), in.next() * 8192, EngineRig.BLOCK);
      }
    }

    /** A block that nobody may have asked for; no message of the wire is longer than a MiB. */
    private void anyBlock(int slot, FakePeer peer) {
      int piece = in.below(4) == 0 ? in.nextInt() & Integer.MAX_VALUE : piece();
      int begin = in.below(4) == 0 ? in.nextInt() & Integer.MAX_VALUE : in.below(4) * EngineRig.BLOCK;
      int length = in.below(4) == 0 ? (in.nextInt() & Integer.MAX_VALUE) % (1 << 20) : EngineRig.BLOCK;
      peer.asked.removeIf(asked -> asked[0] == piece && asked[1] == begin);
      rig.does(() -> peer.wanted = rig.engine.onPieceHeader(rig.now, peer.connection, piece, begin, length));
      if (peer.wanted) {
        assertEquals(0, begin % EngineRig.BLOCK);
        assertEquals(rig.layout.blockLength(piece, begin / EngineRig.BLOCK), length);
        rig.wrote(peer, piece, begin / EngineRig.BLOCK, in.below(2) == 0);
      }
      sending[slot] = length;
    }

    /** The header of a block that was asked for; the rest may come much later, or never. */
    private void begin(int slot, FakePeer peer) {
      if (!peer.asked.isEmpty()) {
        int[] asked = peer.asked.get(0);
        int block = asked[1] / EngineRig.BLOCK;
        peer.begins(asked[0], block);
        sending[slot] = rig.layout.blockLength(asked[0], block);
        if (peer.wanted) {
          rig.wrote(peer, asked[0], block, in.below(4) != 0);
        }
      }
    }

    private void finish(int slot, FakePeer peer) {
      int length = sending[slot];
      if (length >= 0) {
        sending[slot] = -1;
        rig.does(() -> rig.engine.onBlock(rig.now, peer.connection, length));
      }
    }

    private void extendedHandshake(FakePeer peer) {
      int queue = in.below(3) * in.next();
      int port = in.below(2) * (6881 + in.below(8));
      rig.does(() -> rig.engine.onExtendedHandshake(rig.now, peer.connection, queue, port, "any"));
    }

    private void verified() {
      EngineRig.Verification next = rig.unverified.poll();
      if (next != null) {
        rig.does(() -> rig.verified(next.piece(), next.suspect()));
      }
    }

    private void storeFails() {
      EngineRig.Verification next = rig.unverified.poll();
      if (next != null) {
        if (in.below(2) == 0) {
          rig.does(() -> rig.storeFails(next.piece(), "no space left"));
        } else {
          rig.does(() -> rig.storeChanges(next.piece(), "a file was deleted"));
        }
      }
    }

    private void readFails(FakePeer peer) {
      int[] block = peer.lastBlock;
      if (block != null && peer.queued >= block[2]) {
        peer.queued -= block[2];
        peer.lastBlock = null;
        rig.does(() -> rig.engine.onReadFailed(
            rig.now, peer.connection, block[0], block[1], block[2], "the file has changed"));
        if (peer.open) {
          rig.does(() -> rig.engine.onSent(rig.now, peer.connection, 0, peer.queued));
        }
      }
    }

    private void checked() {
      if (rig.checks > 0) {
        rig.checks--;
        if (in.below(4) == 0) {
          rig.does(() -> rig.engine.onCheckFailed(rig.now, "the disk is gone"));
        } else {
          PieceSet held = EngineRig.pieces(rig.layout.pieceCount(), picture(rig.layout.pieceCount(), in.nextInt()));
          rig.does(() -> rig.engine.onChecked(rig.now, held));
        }
      }
    }

    private void completeFromAnHonestSeed() {
      rig.verifies = true;
      while (!rig.unverified.isEmpty()) {
        verified();
      }
      byte[] all = new byte[rig.layout.pieceCount()];
      Arrays.fill(all, (byte) 1);
      rig.does(() -> rig.engine.resume(rig.now));
      rig.does(() -> rig.engine.limitRates(rig.now, Long.MAX_VALUE, Long.MAX_VALUE));
      rig.does(() -> rig.engine.setPriorities(rig.now, all));
      FakePeer seed = null;
      for (int second = 0; second < SECONDS_TO_COMPLETE && !rig.engine.isComplete(); second++) {
        if (rig.checks > 0) {
          rig.checks = 0;
          rig.does(() -> rig.engine.onChecked(rig.now, new PieceSet(rig.layout.pieceCount())));
        }
        if (seed == null || !seed.open) {
          assertTrue(rig.budget.tryConnection());
          seed = new FakePeer(rig, "honest", 99, true).connects("10.9.9.9:40000", true);
          if (seed.open) {
            seed.hasAll();
          }
          if (seed.open) {
            seed.unchokes();
          }
        }
        seed.answersAll();
        if (seed.open && second % 30 == 0) {
          seed.says(MessageType.KEEP_ALIVE, 0, 0, 0);
        }
        rig.seconds(1);
        rig.forget();
      }
      audit();
      assertTrue(
          rig.engine.isComplete(),
          () -> "an honest seed was there for " + SECONDS_TO_COMPLETE + " s: " + rig.engine.explanation(rig.now));
    }
  }
}
