package io.minibit.tracker;

import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The peers of one torrent. A peer is a slot in parallel primitive arrays, 58 bytes, found through a hash table by its
 * endpoint: one entry per IP and port, so that a client that comes back with a new peer-id replaces its former self.
 * Announcing, leaving, expiring and drawing a peer are O(1) each. Not thread-safe; {@link MemoryTracker} locks.
 */
final class Swarm {
  static final int NONE = -1;

  private final long salt;
  private int completed;
  private int lastTouched;

  // By slot. Slots are stable; free ones are chained through 'newer'.
  private long[] ipHigh = new long[2];
  private long[] ipLow = new long[2];
  private char[] port = new char[2];
  private byte[] ids = new byte[2 * PeerId.LENGTH];
  private int[] lastSeen = new int[2];
  private int[] older = new int[2];
  private int[] newer = new int[2];
  private int[] place = new int[2];
  private @Nullable Group @Nullable [] groupOf; // both made when the first peer announces a group
  private int[] placeInGroup = new int[0];

  private int slotsUsed;
  private int freeSlot = NONE;
  private int oldest = NONE;
  private int newest = NONE;

  private final SeedsFirst everyone = new SeedsFirst();
  private final Map<String, Group> groups = new HashMap<>(0); // looked up, never iterated
  private int[] table = new int[4]; // slot + 1 by endpoint, linear probing, at most two thirds full

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
    ByteBuffer ip = sixteenBytes(address);
    return find(ip.getLong(0), ip.getLong(8), (char) address.port());
  }

  boolean isSeed(int slot) {
    return everyone.isSeed(slot, place);
  }

  /** Enters a peer that is not there yet and returns its slot. */
  int add(PeerAddress address, PeerId id, boolean seed, @Nullable String group, int now) {
    int slot = takeSlot();
    ByteBuffer ip = sixteenBytes(address);
    ipHigh[slot] = ip.getLong(0);
    ipLow[slot] = ip.getLong(8);
    port[slot] = (char) address.port();
    System.arraycopy(id.toBytes(), 0, ids, slot * PeerId.LENGTH, PeerId.LENGTH);
    everyone.add(slot, seed, place);
    enterTable(slot);
    append(slot, now);
    join(slot, seed, group);
    return slot;
  }

  /** Brings a peer that is there up to date. */
  void update(int slot, PeerId id, boolean seed, @Nullable String group, int now) {
    System.arraycopy(id.toBytes(), 0, ids, slot * PeerId.LENGTH, PeerId.LENGTH);
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
    newer[slot] = freeSlot;
    freeSlot = slot;
  }

  /** Forgets peers that last announced before {@code time} (seconds) and returns how many: each costs O(1), once. */
  int expire(int time) {
    int expired = 0;
    while (oldest != NONE && lastSeen[oldest] < time) {
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
      int slot = slot(index);
      byte[] ip = ByteBuffer.allocate(16).putLong(ipHigh[slot]).putLong(ipLow[slot]).array();
      byte[] id = Arrays.copyOfRange(ids, slot * PeerId.LENGTH, (slot + 1) * PeerId.LENGTH);
      return new AnnounceResponse.Contact(PeerAddress.of(ip, port[slot]), PeerId.of(id));
    }

    @Override
    public boolean isSeed(int index) {
      return Swarm.this.isSeed(slot(index));
    }

    @Override
    public @Nullable String group(int index) {
      Group group = groupOf == null ? null : groupOf[slot(index)];
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

    private int slot(int index) {
      if (index < 0 || index >= size) {
        throw new IndexOutOfBoundsException(index);
      }
      return everyone.slotAt(from + index);
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
    lastSeen[slot] = now;
    older[slot] = newest;
    newer[slot] = NONE;
    if (newest == NONE) {
      oldest = slot;
    } else {
      newer[newest] = slot;
    }
    newest = slot;
  }

  private void unlink(int slot) {
    if (older[slot] == NONE) {
      oldest = newer[slot];
    } else {
      newer[older[slot]] = newer[slot];
    }
    if (newer[slot] == NONE) {
      newest = older[slot];
    } else {
      older[newer[slot]] = older[slot];
    }
  }

  // Slots

  private int takeSlot() {
    if (freeSlot != NONE) {
      int slot = freeSlot;
      freeSlot = newer[slot];
      return slot;
    }
    if (slotsUsed == place.length) {
      int capacity = slotsUsed + (slotsUsed >> 1) + 1;
      ipHigh = Arrays.copyOf(ipHigh, capacity);
      ipLow = Arrays.copyOf(ipLow, capacity);
      port = Arrays.copyOf(port, capacity);
      ids = Arrays.copyOf(ids, capacity * PeerId.LENGTH);
      lastSeen = Arrays.copyOf(lastSeen, capacity);
      older = Arrays.copyOf(older, capacity);
      newer = Arrays.copyOf(newer, capacity);
      place = Arrays.copyOf(place, capacity);
      if (groupOf != null) {
        groupOf = Arrays.copyOf(groupOf, capacity);
        placeInGroup = Arrays.copyOf(placeInGroup, capacity);
      }
    }
    return slotsUsed++;
  }

  // The hash table

  private int find(long high, long low, char portOfPeer) {
    int mask = table.length - 1;
    for (int at = home(high, low, portOfPeer, mask); table[at] != 0; at = (at + 1) & mask) {
      int slot = table[at] - 1;
      if (ipLow[slot] == low && port[slot] == portOfPeer && ipHigh[slot] == high) {
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
    return home(ipHigh[slot], ipLow[slot], port[slot], mask);
  }

  private int home(long high, long low, char portOfPeer, int mask) {
    long mixed = (high ^ salt) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 32) ^ low) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 32) ^ portOfPeer) * 0x94d049bb133111ebL;
    return (int) (mixed >>> 32) & mask;
  }

  /** An IPv4 address in its IPv6-mapped form, which is how {@link PeerAddress} reads it back. */
  private static ByteBuffer sixteenBytes(PeerAddress address) {
    byte[] ip = address.ip();
    ByteBuffer bytes = ByteBuffer.allocate(16);
    if (ip.length == 4) {
      bytes.putLong(0).putInt(0xffff);
    }
    bytes.put(ip);
    return bytes;
  }
}
