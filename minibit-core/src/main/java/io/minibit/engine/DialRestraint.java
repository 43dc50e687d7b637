package io.minibit.engine;

import io.minibit.model.PeerAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps dials that come to nothing from being repeated at one place: whoever names endpoints, a tracker or what passes for
 * one, can name thousands of ports of a machine, or thousands of machines of a network, that have no part in the swarm.
 * Where many dials in a row have failed, the next one waits, twice as long each time. Where dials succeed nothing waits,
 * however many peers live there. Shared by all torrents of a peer.
 */
final class DialRestraint {
  private static final long SECOND = 1_000_000_000L;
  /** Places remembered of each size; the ones not dialed for longest go. */
  private static final int MOST_PLACES = 10_000;
  /** A place that was not dialed for so long starts anew. More than the longest wait, or it would be no wait. */
  private static final long FORGOTTEN_AFTER = 3600 * SECOND;

  /** Dials in a row without a peer at their end, anywhere, after which they go on slowly. */
  private static final int FRUITLESS_AT_FULL_RATE = 500;
  private static final long SLOW_INTERVAL = SECOND;

  /** An IPv4 address, or the 64 bits that one subscriber's line has of IPv6. */
  private final Places hosts = new Places(16, 5 * SECOND, 600 * SECOND);
  /** The neighbourhood: 24 bits of IPv4, 48 of IPv6, which is what one customer is given. */
  private final Places networks = new Places(64, SECOND, 60 * SECOND);
  private int fruitless;

  /** What is known of dials to one place. */
  private static final class Place {
    int fruitless;
    long notBefore = Long.MIN_VALUE;
    long dialedAt;
  }

  /** All places of one size. */
  private static final class Places {
    private final int allowance;
    private final long firstWait;
    private final long longestWait;
    private final Map<PeerAddress, Place> places =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<PeerAddress, Place> eldest) {
            return size() > MOST_PLACES;
          }
        };

    /**
     * No place is known yet.
     *
     * @param allowance dials in a row that may fail before one has to wait
     */
    Places(int allowance, long firstWait, long longestWait) {
      this.allowance = allowance;
      this.firstWait = firstWait;
      this.longestWait = longestWait;
    }

    long openAt(PeerAddress where, long now) {
      Place place = places.get(where);
      return place == null ? now : Math.max(now, place.notBefore);
    }

    void dialed(PeerAddress where, long now) {
      Place place = places.computeIfAbsent(where, w -> new Place());
      if (now - place.dialedAt > FORGOTTEN_AFTER) {
        place.fruitless = 0;
      }
      place.dialedAt = now;
      place.fruitless++;
      int over = place.fruitless - allowance;
      place.notBefore = over < 0 ? Long.MIN_VALUE : now + Math.min(longestWait, firstWait << Math.min(over, 20));
    }

    void reached(PeerAddress where) {
      Place place = places.get(where);
      if (place != null) {
        place.fruitless = fewer(place.fruitless);
        place.notBefore = Long.MIN_VALUE;
      }
    }
  }

  /** A success was no failure, and makes half of those before it forgotten. */
  private static int fewer(int fruitless) {
    return Math.max(0, fruitless - 1) / 2;
  }

  private static PeerAddress host(PeerAddress address) {
    return address.isIpv6() ? PeerAddress.of(address.high(), 0, 0) : address.withPort(0);
  }

  private static PeerAddress network(PeerAddress address) {
    return address.isIpv6()
        ? PeerAddress.of(address.high() & ~0xffffL, 0, 0)
        : PeerAddress.of(address.high(), address.low() & ~0xffL, 0);
  }

  /** When this endpoint may be dialed; {@code now} if it may. */
  long openAt(PeerAddress address, long now) {
    return Math.max(hosts.openAt(host(address), now), networks.openAt(network(address), now));
  }

  /** How long the next dial, to wherever, has to wait at least, nanoseconds. */
  long interval() {
    return fruitless < FRUITLESS_AT_FULL_RATE ? 0 : SLOW_INTERVAL;
  }

  /** It is being dialed: fruitless, until something else is known. */
  void dialed(PeerAddress address, long now) {
    hosts.dialed(host(address), now);
    networks.dialed(network(address), now);
    fruitless++;
  }

  /** There was a peer where it was dialed. */
  void reached(PeerAddress address) {
    hosts.reached(host(address));
    networks.reached(network(address));
    fruitless = fewer(fruitless);
  }
}
