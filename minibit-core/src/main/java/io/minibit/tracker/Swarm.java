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

  private static final PeerHandout.Members NOBODY =
      new PeerHandout.Members() {
        @Override
        public int size() {
          return 0;
        }

        @Override
        public int index(int member) {
          throw new IndexOutOfBoundsException(member);
        }
      };

  private final long salt;
  private int completed;
  private int lastTouched;

  // By place among everyone: in a large swarm every look into memory is a cache miss, but not for neighbours, and those
  // are handed out together.
  private long[] identities = new long[2 * Identity.LONGS];

  // By slot. Slots are stable; free ones are chained through 'newer'.
  private int[] entries = new int[2 * Entry.INTS];
  private @Nullable Group @Nullable [] groupOf; // both made when the first peer announces a group
  private int[] placeInGroup = new int[0];

  private int slotsUsed;
  private int freeSlot = NONE;
  private int oldest = NONE;
  private int newest = NONE;

  private final SeedsFirst everyone =
      new SeedsFirst() {
        @Override
        int place(int slot) {
          return entry(slot, Entry.PLACE);
        }

        @Override
        void setPlace(int slot, int place) {
          setEntry(slot, Entry.PLACE, place);
        }

        @Override
        void exchanged(int a, int b) {
          exchangeIdentities(a, b);
        }
      };
  private final Map<String, Group> groups = new HashMap<>(0); // looked up, never iterated

  // By endpoint: its hash (32 bits) and slot + 1, linear probing, at most two thirds full. With the hash at hand, who else is
  // in a run need not be looked at.
  private long[] table = new long[4];

  /** What a peer is told of, by place: {@code IP (2), peer-id (2), the peer-id's last 4 bytes and the port}. */
  private static final class Identity {
    static final int HIGH = 0;
    static final int LOW = 1;
    static final int ID = 2;
    static final int PORT = 4;
    static final int LONGS = 5;

    private Identity() {}
  }

  /** The place of a slot among everyone, and in the order of last announces. */
  private static final class Entry {
    static final int PLACE = 0;
    static final int LAST_SEEN = 1; // seconds
    static final int OLDER = 2; // slot, or NONE
    static final int NEWER = 3;
    static final int INTS = 4;

    private Entry() {}
  }

  private final class Group extends SeedsFirst {
    final String name;

    Group(String name) {
      this.name = name;
    }

    @Override
    int place(int slot) {
      return placeInGroup[slot];
    }

    @Override
    void setPlace(int slot, int place) {
      placeInGroup[slot] = place;
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
    return everyone.isSeed(slot);
  }

  /** Enters a peer that is not there yet and returns its slot. */
  int add(PeerAddress address, PeerId id, boolean seed, @Nullable String group, int now) {
    int slot = takeSlot();
    int identity = everyone.size() * Identity.LONGS;
    if (identity == identities.length) {
      identities = Arrays.copyOf(identities, capacity() * Identity.LONGS);
    }
    identities[identity + Identity.HIGH] = address.high();
    identities[identity + Identity.LOW] = address.low();
    identities[identity + Identity.PORT] = address.port();
    everyone.add(slot, seed);
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
    everyone.setSeed(slot, seed);
    leaveGroup(slot);
    join(slot, seed, group);
  }

  void remove(int slot) {
    leaveGroup(slot);
    unlink(slot);
    leaveTable(slot);
    everyone.remove(slot);
    setEntry(slot, Entry.NEWER, freeSlot);
    freeSlot = slot;
  }

  /** Forgets peers that last announced before {@code time} (seconds), at most {@code most}, and returns how many. */
  int expire(int time, int most) {
    int expired = 0;
    while (expired < most && oldest != NONE && entry(oldest, Entry.LAST_SEEN) < time) {
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
        everyone.moveLast(asker);
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
      return group == null ? NOBODY : members(group);
    }

    private PeerHandout.Members members(Group group) {
      boolean own = asker != NONE && groupOf != null && groupOf[asker] == group;
      if (own) {
        group.moveLast(asker);
      }
      int first = from == 0 ? 0 : group.seeds();
      int count = group.size() - first - (own ? 1 : 0);
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
          return everyone.place(group.slotAt(first + member)) - from;
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
      groupOf = new @Nullable Group[capacity()];
      placeInGroup = new int[capacity()];
    }
    Group group = groups.computeIfAbsent(name, Group::new);
    group.add(slot, seed);
    groupOf[slot] = group;
  }

  private void leaveGroup(int slot) {
    Group group = groupOf == null ? null : groupOf[slot];
    if (group == null || groupOf == null) {
      return;
    }
    group.remove(slot);
    groupOf[slot] = null;
    if (group.size() == 0) {
      groups.remove(group.name);
    }
  }

  // The order of last announces

  private void append(int slot, int now) {
    setEntry(slot, Entry.LAST_SEEN, now);
    setEntry(slot, Entry.OLDER, newest);
    setEntry(slot, Entry.NEWER, NONE);
    if (newest == NONE) {
      oldest = slot;
    } else {
      setEntry(newest, Entry.NEWER, slot);
    }
    newest = slot;
  }

  private void unlink(int slot) {
    int older = entry(slot, Entry.OLDER);
    int newer = entry(slot, Entry.NEWER);
    if (older == NONE) {
      oldest = newer;
    } else {
      setEntry(older, Entry.NEWER, newer);
    }
    if (newer == NONE) {
      newest = older;
    } else {
      setEntry(newer, Entry.OLDER, older);
    }
  }

  private int entry(int slot, int which) {
    return entries[slot * Entry.INTS + which];
  }

  private void setEntry(int slot, int which, int value) {
    entries[slot * Entry.INTS + which] = value;
  }

  // Slots

  private int capacity() {
    return entries.length / Entry.INTS;
  }

  private int takeSlot() {
    if (freeSlot != NONE) {
      int slot = freeSlot;
      freeSlot = entry(slot, Entry.NEWER);
      return slot;
    }
    if (slotsUsed == capacity()) {
      int capacity = slotsUsed + (slotsUsed >> 1) + 1;
      entries = Arrays.copyOf(entries, capacity * Entry.INTS);
      if (groupOf != null) {
        groupOf = Arrays.copyOf(groupOf, capacity);
        placeInGroup = Arrays.copyOf(placeInGroup, capacity);
      }
    }
    return slotsUsed++;
  }

  private void setId(int slot, PeerId id) {
    int at = everyone.place(slot);
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
    int hash = hash(high, low, portOfPeer);
    int mask = table.length - 1;
    for (int at = hash & mask; table[at] != 0; at = (at + 1) & mask) {
      if (hashOf(table[at]) == hash) {
        int slot = slotOf(table[at]);
        int found = everyone.place(slot);
        if (ipLow(found) == low && ipHigh(found) == high && port(found) == portOfPeer) {
          return slot;
        }
      }
    }
    return NONE;
  }

  private void enterTable(int slot) {
    if (everyone.size() * 3L > table.length * 2L) { // the new peer is already counted
      long[] smaller = table;
      table = new long[2 * smaller.length];
      for (long entry : smaller) {
        if (entry != 0) {
          putInTable(entry);
        }
      }
    }
    putInTable((long) hash(slot) << 32 | (slot + 1));
  }

  private void putInTable(long entry) {
    int mask = table.length - 1;
    int at = hashOf(entry) & mask;
    while (table[at] != 0) {
      at = (at + 1) & mask;
    }
    table[at] = entry;
  }

  /** Closes the gap by moving later entries of the same run back, so that no tombstones are needed. */
  private void leaveTable(int slot) {
    int mask = table.length - 1;
    int gap = hash(slot) & mask;
    while (slotOf(table[gap]) != slot) {
      gap = (gap + 1) & mask;
    }
    for (int at = (gap + 1) & mask; table[at] != 0; at = (at + 1) & mask) {
      int home = hashOf(table[at]) & mask;
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        table[gap] = table[at];
        gap = at;
      }
    }
    table[gap] = 0;
  }

  private static int hashOf(long entry) {
    return (int) (entry >>> 32);
  }

  private static int slotOf(long entry) {
    return (int) entry - 1;
  }

  private int hash(int slot) {
    int at = everyone.place(slot);
    return hash(ipHigh(at), ipLow(at), port(at));
  }

  private int hash(long high, long low, int portOfPeer) {
    long mixed = (high ^ salt) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 32) ^ low) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 32) ^ portOfPeer) * 0x94d049bb133111ebL;
    return (int) (mixed >>> 32);
  }
}
