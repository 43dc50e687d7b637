package io.minibit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.fuzz.FuzzTarget;
import io.minibit.model.PeerAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Whatever a peer says about itself, what is kept of it is in range, fit to be printed, and can be said again. */
public final class ExtendedHandshakeFuzz implements FuzzTarget {
  @Override
  public List<byte[]> seeds() {
    return List.of(
        "d1:md11:ut_metadatai3e6:ut_pexi1ee13:metadata_sizei31235e1:pi6881e4:reqqi250e1:v14:libtorrent 2.06:yourip4:\1\2\3\4e"
            .getBytes(StandardCharsets.ISO_8859_1),
        ExtendedHandshake.ours("MiniBit 0.1", 2000, 6881, PeerAddress.of(new byte[16], 0)).encode(),
        "d1:v5:\u001b[31m4:reqqi-1e1:pi99999e6:yourip3:abc1:mi3ee".getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void run(byte[] input) {
    ExtendedHandshake said;
    try {
      said = ExtendedHandshake.decode(input);
    } catch (ProtocolException e) {
      assertTrue(String.valueOf(e.getMessage()).matches("[\\x20-\\x7e]{1,200}"), e.getMessage());
      return;
    }
    assertTrue(said.requestQueue() >= 0 && said.requestQueue() <= ExtendedHandshake.MAX_REQUEST_QUEUE);
    assertTrue(said.listenPort() >= 0 && said.listenPort() <= 0xffff);
    assertTrue(said.client().codePointCount(0, said.client().length()) <= ExtendedHandshake.MAX_CLIENT);
    assertTrue(said.client().codePoints().noneMatch(Character::isISOControl), said.client());
    assertTrue(said.extensions().size() <= 64);
    assertEquals(said, ExtendedHandshake.decode(said.encode()));
  }
}
