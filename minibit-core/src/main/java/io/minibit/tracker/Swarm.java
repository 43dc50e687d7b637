package io.minibit.tracker;

import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The peers of one torrent. A peer is a slot in primitive arrays, 60 bytes, found through a hash table by its endpoint:
 * one entry per IP and port, so that a client that comes back with a new peer-id replaces its former self. Announcing,
 * leaving, expiring and drawing a peer are O(1) each. Not thread-safe; {@link MemoryTracker} locks.
 */
final class Swarm {
  static final int NONE = -1;

  private final long salt;
  private int completed;
  private int lastTouched;

  // By place among everyone: in a large swarm every look into memory is a cache miss, but not for neighbours, and those
  // are handed out together.
  private long[] identities = new long[2 * Identity.LONGS];

  // By slot. Slots are stable; free ones are chained through 'newer'.
  private int[] links = new int[2 * Link.INTS];
  private int[] place = new int[2];
  private @Nullable Group @Nullable [] groupOf; // both made when the first peer announces a group
  private int[] placeInGroup = new int[0];

  private int slotsUsed;
  private int freeSlot = NONE;
  private int oldest = NONE;
  private int newest = NONE;

  private final SeedsFirst everyone =
      new SeedsFirst() {
        @Override
        void exchanged(int a, int b) {
          exchangeIdentities(a, b);
        }
      };
  private final Map<String, Group> groups = new HashMap<>(0); // looked up, never iterated
  private int[] table = new int[4]; // slot + 1 by endpoint, linear probing, at most two thirds full

  /** What a peer is told of, by place: {@code IP (2), peer-id (2), the peer-id's last 4 bytes and the port}. */
  private static final class Identity {
    static final int HIGH = 0;
    static final int LOW = 1;
    static final int ID = 2;
    static final int PORT = 4;
    static final int LONGS = 5;

    private Identity() {}
  }

  /** The order of last announces, by slot. */
  private static final class Link {
    static final int LAST_SEEN = 0; // seconds
    static final int OLDER = 1; // slot, or NONE
    static final int NEWER = 2;
    static final int INTS = 3;

    private Link() {}
  }

  private static final class Group {
    final String name;
    final SeedsFirst members = new SeedsFirst();

    Group(String name) {
      this.name = name;
    }
  }

  /**
   * An empty swarm.
   *
   * @param salt secret, so that nobody can choose endpoints that collide in the table
   */
  Swarm(long salt) {
    this.salt = salt;
  }

  int size() {
    return everyone.size();
  }

  int seeds() {
    return everyone.seeds();
  }

  int completed() {
    return completed;
  }

  void countCompleted() {
    completed++;
  }

  int lastTouched() {
    return lastTouched;
  }

  void touch(int now) {
    lastTouched = now;
  }

  /** The slot of the peer at this endpoint, or {@link #NONE}. */
  int find(PeerAddress address) {
    return find(address.high(), address.low(), address.port());
  }

  // Of the peer at a place: the seeds' places come first. A peer's place may change with every announce of anybody.

  long ipHigh(int at) {
    return identities[at * Identity.LONGS + Identity.HIGH];
  }

  long ipLow(int at) {
    return identities[at * Identity.LONGS + Identity.LOW];
  }

  int port(int at) {
    return (char) identities[at * Identity.LONGS + Identity.PORT];
  }

  /** Copies the 20 bytes of its peer-id. */
  void copyId(int at, ByteBuffer target) {
    int identity = at * Identity.LONGS;
    target
        .putLong(identities[identity + Identity.ID])
        .putLong(identities[identity + Identity.ID + 1])
        .putInt((int) (identities[identity + Identity.PORT] >>> 32));
  }

  AnnounceResponse.Contact contact(int at) {
    ByteBuffer id = ByteBuffer.allocate(PeerId.LENGTH);
    copyId(at, id);
    return new AnnounceResponse.Contact(PeerAddress.of(ipHigh(at), ipLow(at), port(at)), PeerId.of(id.array()));
  }

  boolean isSeed(int slot) {
    return everyone.isSeed(slot, place);
  }

  /** Enters a peer that is not there yet and returns its slot. */
  int add(PeerAddress address, PeerId id, boolean seed, @Nullable String group, int now) {
    int slot = takeSlot();
    int identity = everyone.size() * Identity.LONGS;
    if (identity == identities.length) {
      identities = Arrays.copyOf(identities, place.length * Identity.LONGS);
    }
    identities[identity + Identity.HIGH] = address.high();
    identities[identity + Identity.LOW] = address.low();
    identities[identity + Identity.PORT] = address.port();
    everyone.add(slot, seed, place);
    setId(slot, id);
    enterTable(slot);
    append(slot, now);
    join(slot, seed, group);
    return slot;
  }

  /** Brings a peer that is there up to date. */
  void update(int slot, PeerId id, boolean seed, @Nullable String group, int now) {
    setId(slot, id);
    unlink(slot);
    append(slot, now);
    everyone.setSeed(slot, seed, place);
    leaveGroup(slot);
    join(slot, seed, group);
  }

  void remove(int slot) {
    leaveGroup(slot);
    unlink(slot);
    leaveTable(slot);
    everyone.remove(slot, place);
    setLink(slot, Link.NEWER, freeSlot);
    freeSlot = slot;
  }

  /** Forgets peers that last announced before {@code time} (seconds), at most {@code most}, and returns how many. */
  int expire(int time, int most) {
    int expired = 0;
    while (expired < most && oldest != NONE && link(oldest, Link.LAST_SEEN) < time) {
      remove(oldest);
      expired++;
    }
    return expired;
  }

  /**
   * Whom this asker may be told of. Valid until the swarm changes.
   *
   * @param asker its slot, or {@link #NONE} if it is not listed
   */
  View candidates(int asker, boolean seed) {
    return new View(asker, seed);
  }

  final class View implements PeerHandout.Candidates {
    private final int asker;
    private final int from;
    private final int size;

    private View(int asker, boolean seed) {
      this.asker = seed ? NONE : asker;
      if (this.asker != NONE) {
        everyone.moveLast(asker, place);
      }
      from = seed ? everyone.seeds() : 0;
      size = everyone.size() - from - (this.asker == NONE ? 0 : 1);
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public AnnounceResponse.Contact peer(int index) {
      return contact(from + check(index));
    }

    /**
     * Turns picks into places, without those that are no indices, that are more than wanted, or that are listed under
     * this peer-id: a peer may be listed twice, under the addresses of two networks or one that changed.
     *
     * @return how many places there are now
     */
    int places(int[] picks, int wanted, PeerId askersId, int[] places) {
      int taken = 0;
      int told = 0;
      for (int pick : picks) {
        if (pick >= 0 && pick < size && taken < wanted) {
          taken++;
          if (!hasId(from + pick, askersId)) {
            places[told++] = from + pick;
          }
        }
      }
      return told;
    }

    @Override
    public boolean isSeed(int index) {
      return everyone.isSeedAt(from + check(index));
    }

    @Override
    public @Nullable String group(int index) {
      Group group = groupOf == null ? null : groupOf[everyone.slotAt(from + check(index))];
      return group == null ? null : group.name;
    }

    @Override
    public PeerHandout.Members inGroup(String name) {
      Group group = groups.get(name);
      SeedsFirst members = group == null ? new SeedsFirst() : group.members;
      boolean own = asker != NONE && group != null && groupOf != null && groupOf[asker] == group;
      if (own) {
        members.moveLast(asker, placeInGroup);
      }
      int first = from == 0 ? 0 : members.seeds();
      int count = members.size() - first - (own ? 1 : 0);
      return new PeerHandout.Members() {
        @Override
        public int size() {
          return count;
        }

        @Override
        public int index(int member) {
          if (member < 0 || member >= count) {
            throw new IndexOutOfBoundsException(member);
          }
          return place[members.slotAt(first + member)] - from;
        }
      };
    }

    private int check(int index) {
      if (index < 0 || index >= size) {
        throw new IndexOutOfBoundsException(index);
      }
      return index;
    }
  }

  // Groups

  private void join(int slot, boolean seed, @Nullable String name) {
    if (name == null) {
      return;
    }
    if (groupOf == null) {
      groupOf = new @Nullable Group[place.length];
      placeInGroup = new int[place.length];
    }
    Group group = groups.computeIfAbsent(name, Group::new);
    group.members.add(slot, seed, placeInGroup);
    groupOf[slot] = group;
  }

  private void leaveGroup(int slot) {
    Group group = groupOf == null ? null : groupOf[slot];
    if (group == null || groupOf == null) {
      return;
    }
    group.members.remove(slot, placeInGroup);
    groupOf[slot] = null;
    if (group.members.size() == 0) {
      groups.remove(group.name);
    }
  }

  // The order of last announces

  private void append(int slot, int now) {
    setLink(slot, Link.LAST_SEEN, now);
    setLink(slot, Link.OLDER, newest);
    setLink(slot, Link.NEWER, NONE);
    if (newest == NONE) {
      oldest = slot;
    } else {
      setLink(newest, Link.NEWER, slot);
    }
    newest = slot;
  }

  private void unlink(int slot) {
    int older = link(slot, Link.OLDER);
    int newer = link(slot, Link.NEWER);
    if (older == NONE) {
      oldest = newer;
    } else {
      setLink(older, Link.NEWER, newer);
    }
    if (newer == NONE) {
      newest = older;
    } else {
      setLink(newer, Link.OLDER, older);
    }
  }

  private int link(int slot, int which) {
    return links[slot * Link.INTS + which];
  }

  private void setLink(int slot, int which, int value) {
    links[slot * Link.INTS + which] = value;
  }

  // Slots

  private int takeSlot() {
    if (freeSlot != NONE) {
      int slot = freeSlot;
      freeSlot = link(slot, Link.NEWER);
      return slot;
    }
    if (slotsUsed == place.length) {
      int capacity = slotsUsed + (slotsUsed >> 1) + 1;
      links = Arrays.copyOf(links, capacity * Link.INTS);
      place = Arrays.copyOf(place, capacity);
      if (groupOf != null) {
        groupOf = Arrays.copyOf(groupOf, capacity);
        placeInGroup = Arrays.copyOf(placeInGroup, capacity);
      }
    }
    return slotsUsed++;
  }

  private void setId(int slot, PeerId id) {
    int at = place[slot];
    int identity = at * Identity.LONGS;
    identities[identity + Identity.ID] = id.bits(0);
    identities[identity + Identity.ID + 1] = id.bits(8);
    identities[identity + Identity.PORT] = id.bits(12) << 32 | port(at);
  }

  private boolean hasId(int at, PeerId id) {
    int identity = at * Identity.LONGS;
    return identities[identity + Identity.ID + 1] == id.bits(8) // the first eight bytes are the same for many peers
        && identities[identity + Identity.ID] == id.bits(0)
        && (int) (identities[identity + Identity.PORT] >>> 32) == (int) id.bits(12);
  }

  private void exchangeIdentities(int a, int b) {
    int from = a * Identity.LONGS;
    int to = b * Identity.LONGS;
    for (int i = 0; i < Identity.LONGS; i++) {
      long moved = identities[from + i];
      identities[from + i] = identities[to + i];
      identities[to + i] = moved;
    }
  }

  // The hash table

  private int find(long high, long low, int portOfPeer) {
    int mask = table.length - 1;
    for (int at = home(high, low, portOfPeer, mask); table[at] != 0; at = (at + 1) & mask) {
      int slot = table[at] - 1;
      int found = place[slot];
      if (ipLow(found) == low && ipHigh(found) == high && port(found) == portOfPeer) {
        return slot;
      }
    }
    return NONE;
  }

  private void enterTable(int slot) {
    if (everyone.size() * 3L > table.length * 2L) { // the new peer is already counted
      int[] entries = table;
      table = new int[entries.length * 2];
      for (int entry : entries) {
        if (entry != 0) {
          putInTable(entry - 1);
        }
      }
    }
    putInTable(slot);
  }

  private void putInTable(int slot) {
    int mask = table.length - 1;
    int at = home(slot, mask);
    while (table[at] != 0) {
      at = (at + 1) & mask;
    }
    table[at] = slot + 1;
  }

  /** Closes the gap by moving later entries of the same run back, so that no tombstones are needed. */
  private void leaveTable(int slot) {
    int mask = table.length - 1;
    int gap = home(slot, mask);
    while (table[gap] != slot + 1) {
      gap = (gap + 1) & mask;
    }
    for (int at = (gap + 1) & mask; table[at] != 0; at = (at + 1) & mask) {
      int home = home(table[at] - 1, mask);
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        table[gap] = table[at];
        gap = at;
      }
    }
    table[gap] = 0;
  }

  private int home(int slot, int mask) {
    int at = place[slot];
    return home(ipHigh(at), ipLow(at), port(at), mask);
  }

  private int home(long high, long low, int portOfPeer, int mask) {
    long mixed = (high ^ salt) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 32) ^ low) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 32) ^ portOfPeer) * 0x94d049bb133111ebL;
    return (int) (mixed >>> 32) & mask;
  }
}
