package io.minibit.tracker;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import org.jspecify.annotations.Nullable;

/**
 * What a peer tells a tracker (BEP 3).
 *
 * @param address where the peer accepts connections. A client sends only the port (a tracker takes the IP from the
 *     connection, so the wildcard address is fine); a {@code TrackerServer} fills in the IP it saw
 * @param uploaded bytes since the start of this session
 * @param downloaded bytes since the start of this session
 * @param left bytes still missing; 0 makes it a seed
 * @param numWant how many peers the asker would like; negative leaves it to the tracker
 * @param key an identity that stays when the address changes
 * @param group the asker's group (a rack, a site), for hand-outs that prefer one's own; not part of the protocol, sent
 *     by HTTP as {@code group} when present
 */
public record AnnounceRequest(
    InfoHash infoHash,
    PeerId peerId,
    PeerAddress address,
    long uploaded,
    long downloaded,
    long left,
    AnnounceEvent event,
    int numWant,
    int key,
    @Nullable String group) {}
