package io.minibit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.fuzz.FuzzTarget;
import io.minibit.model.SeededRandom;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** A handshake is read the same however it is cut up, and not a byte is taken behind it. */
public final class HandshakeFuzz implements FuzzTarget {
  @Override
  public List<byte[]> seeds() {
    byte[] valid = Arrays.copyOf("\023BitTorrent protocol".getBytes(StandardCharsets.ISO_8859_1), 68);
    valid[25] = 0x10;
    valid[27] = 4;
    return List.of(valid, Arrays.copyOf(valid, 80), Arrays.copyOf(valid, 48));
  }

  @Override
  public void run(byte[] input) {
    String atOnce = read(input, null);
    assertEquals(atOnce, read(input, new SeededRandom(Arrays.hashCode(input))));
  }

  private static String read(byte[] input, SeededRandom random) {
    HandshakeReader reader = new HandshakeReader();
    ByteBuffer in = ByteBuffer.wrap(input);
    try {
      boolean complete = false;
      while (!complete && in.hasRemaining()) {
        int count = random == null ? in.remaining() : 1 + random.nextInt(Math.min(30, in.remaining()));
        ByteBuffer chunk = in.slice().limit(count);
        complete = reader.read(chunk);
        in.position(in.position() + chunk.position());
        assertTrue(complete || !chunk.hasRemaining());
        assertEquals(in.position() >= 48, reader.hasInfoHash());
      }
      assertEquals(complete, input.length >= Handshake.LENGTH);
      return "taken " + in.position()
          + (reader.hasInfoHash()
              ? HexFormat.of().formatHex(reader.infoHash()) + reader.fast() + reader.extended()
              : "")
          + (complete ? reader.peerId() : "");
    } catch (ProtocolException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
