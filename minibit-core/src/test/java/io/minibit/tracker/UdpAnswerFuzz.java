package io.minibit.tracker;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.fuzz.FuzzInput;
import io.minibit.fuzz.FuzzTarget;
import io.minibit.metainfo.InfoHash;
import io.minibit.model.Limits;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A packet from a UDP tracker is no answer, a refusal, or an answer in range. */
public final class UdpAnswerFuzz implements FuzzTarget {
  private static final int TRANSACTION = 0x01020304;

  private final Limits limits = Limits.defaults().with(l -> l.maxKnownPeers = 20);
  private final UdpTracker tracker = new UdpTracker(URI.create("udp://127.0.0.1:9/announce"), limits);

  @Override
  public List<byte[]> seeds() {
    byte[] announced = ByteBuffer.allocate(1 + 8 + 12 + 18)
        .put((byte) 0).putInt(1).putInt(TRANSACTION).putInt(1800).putInt(3).putInt(4)
        .put("abcdefghijklmnopqr".getBytes(StandardCharsets.US_ASCII))
        .array();
    byte[] scraped = ByteBuffer.allocate(1 + 8 + 24).put((byte) 2).putInt(2).putInt(TRANSACTION).putInt(7).array();
    byte[] refused = ByteBuffer.allocate(1 + 8 + 4).put((byte) 0).putInt(3).putInt(TRANSACTION).putInt(0x1b5b6161).array();
    return List.of(announced, scraped, refused);
  }

  @Override
  public void run(byte[] input) {
    FuzzInput in = new FuzzInput(input);
    int how = in.next();
    ByteBuffer packet = ByteBuffer.wrap(in.rest());
    try {
      if ((how & 2) == 0) {
        if (tracker.answers(packet, UdpTracker.ANNOUNCE, TRANSACTION, UdpTracker.ANNOUNCED)) {
          AnnounceResponse said = tracker.announced(packet, (how & 1) == 1);
          assertTrue(said.peers().size() <= limits.maxKnownPeers());
          said.peers().forEach(peer -> assertNotEquals(0, peer.address().port()));
          assertTrue(said.interval() == null || (!said.interval().isNegative() && said.interval().toDays() <= 1));
          assertTrue(said.seeders() >= -1 && said.leechers() >= -1);
        }
      } else if (tracker.answers(packet, UdpTracker.SCRAPE, TRANSACTION, 0)) {
        Map<InfoHash, ScrapeResponse.Counts> counts = new LinkedHashMap<>();
        UdpTracker.scraped(packet, List.of(InfoHash.of(new byte[20]), Announces.TORRENT), counts);
        assertTrue(counts.size() <= 2);
      }
    } catch (TrackerException e) {
      HttpAnswerFuzz.requireShowable(e.getMessage());
    }
  }
}
