package io.minibit;

import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import org.jspecify.annotations.Nullable;

/**
 * A connected remote peer at one moment. Rates in bytes of payload per second, totals in bytes since it connected.
 *
 * @param key names the connection; never used again in the same torrent
 * @param client what it calls itself, control characters removed; null if it did not say
 * @param pieces how many it has
 * @param seed whether it has all
 * @param interested whether it wants something that we have
 * @param interesting whether we want something that it has
 * @param unchokesUs whether it lets us fetch
 * @param served whether we let it fetch
 * @param optimistic whether we do so to find out what it gives
 * @param snubbing whether it has had requests of ours for a minute and sent nothing
 */
public record PeerStatus(
    long key,
    PeerAddress address,
    PeerId id,
    @Nullable String client,
    int pieces,
    boolean seed,
    boolean interested,
    boolean interesting,
    boolean unchokesUs,
    boolean served,
    boolean optimistic,
    boolean snubbing,
    long downloadRate,
    long uploadRate,
    long downloaded,
    long uploaded) {}
