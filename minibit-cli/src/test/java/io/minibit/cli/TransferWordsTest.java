package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.minibit.PeerStatus;
import io.minibit.TorrentStatus;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.model.TorrentState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the status lines of {@code get} and {@code seed} say. */
class TransferWordsTest {
  private static TorrentStatus status(long uploaded, long up, String explanation, long... downloadRates) {
    List<PeerStatus> peers = new ArrayList<>();
    long down = 0;
    for (long rate : downloadRates) {
      down += rate;
      peers.add(
          new PeerStatus(
              peers.size(), PeerAddress.of(new byte[] {127, 0, 0, 1}, 1), PeerId.of(new byte[20]), null, 1, false, true,
              true, true, true, false, false, rate, 0, 0, 0));
    }
    return new TorrentStatus(
        TorrentState.DOWNLOADING, 1, 8, new BitSet(), 8192, 0, uploaded, 0, down, up, peers, explanation);
  }

  @Test
  void aDownloadNamesThePeersItComesFrom() {
    assertEquals("from 2 of 3 peers", GetCommand.remark(status(0, 0, "", 1000, 0, 50)));
    assertEquals("from 1 of 1 peer  up 2.00 KiB/s", GetCommand.remark(status(0, 2048, "", 1000)));
  }

  @Test
  void aDownloadThatDoesNotMoveSaysWhy() {
    assertEquals(
        "1 peer connected, which chokes us", GetCommand.remark(status(9, 9, "1 peer connected, which chokes us", 0)));
  }

  @Test
  void aSeedSaysHowFastHowMuchAndToWhom() {
    assertEquals("seeding, nobody connected", Seeding.describe(8192, status(0, 0, "seeding, nobody connected"), null));
    assertEquals(
        "up 1.00 KiB/s  20.0 KiB given (2.5 copies)  seeding to 1 of 1 interested peers  5 m 03 s left",
        Seeding.describe(
            8192, status(20_480, 1024, "seeding to 1 of 1 interested peers"), Duration.ofMillis(303_700)));
  }
}
