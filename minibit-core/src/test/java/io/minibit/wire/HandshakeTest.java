package io.minibit.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeTest {
  private static final byte[] INFO_HASH = "abcdefghijklmnopqrst".getBytes(StandardCharsets.US_ASCII);
  private static final PeerId SELF = PeerId.of("-mB0100-123456789012".getBytes(StandardCharsets.US_ASCII));

  private static byte[] handshake() {
    ByteBuffer out = ByteBuffer.allocate(Handshake.LENGTH);
    Handshake.write(out, INFO_HASH, SELF);
    assertFalse(out.hasRemaining());
    return out.array();
  }

  @Test
  void oursAnnouncesTheFastAndExtendedExtensionsOnly() {
    String start = HexFormat.of().formatHex(handshake(), 0, 48);

    assertEquals(
        "13426974546f7272656e742070726f746f636f6c" // 19, BitTorrent protocol
            + "0000000000100004"
            + "6162636465666768696a6b6c6d6e6f7071727374",
        start);
  }

  @Test
  void isReadAsItWasWrittenHoweverItIsCut() {
    byte[] bytes = handshake();
    for (int cut = 0; cut <= bytes.length; cut++) {
      HandshakeReader reader = new HandshakeReader();

      assertEquals(cut == Handshake.LENGTH, reader.read(ByteBuffer.wrap(bytes, 0, cut)));
      assertEquals(cut >= 48, reader.hasInfoHash());
      reader.read(ByteBuffer.wrap(bytes, cut, bytes.length - cut));

      assertTrue(reader.isComplete());
      assertArrayEquals(INFO_HASH, reader.infoHash());
      assertEquals(SELF, reader.peerId());
      assertTrue(reader.fast());
      assertTrue(reader.extended());
    }
  }

  @Test
  void theIncomingSideCanAnswerAfter48Bytes() {
    HandshakeReader reader = new HandshakeReader();
    ByteBuffer in = ByteBuffer.wrap(handshake());

    assertFalse(reader.read(in.limit(47)));
    assertThrows(IllegalStateException.class, reader::infoHash);
    assertThrows(IllegalStateException.class, reader::fast);
    assertFalse(reader.read(in.limit(48)));

    assertArrayEquals(INFO_HASH, reader.infoHash());
    assertThrows(IllegalStateException.class, reader::peerId);
  }

  @Test
  void theFirstMessageIsLeftInTheBuffer() {
    ByteBuffer in = ByteBuffer.wrap(Arrays.copyOf(handshake(), Handshake.LENGTH + 5));
    HandshakeReader reader = new HandshakeReader();

    assertTrue(reader.read(in));
    assertTrue(reader.read(in));

    assertEquals(5, in.remaining());
  }

  @ParameterizedTest
  @CsvSource({
    "0000000000000000, false, false",
    "0000000000000004, true, false",
    "0000000000100000, false, true",
    "ffffffffffffffff, true, true",
    "ffffffffffeffffb, false, false"
  })
  void unknownReservedBitsAreIgnored(String reserved, boolean fast, boolean extended) {
    byte[] bytes = handshake();
    System.arraycopy(Transcript.bytes(reserved), 0, bytes, 20, 8);
    HandshakeReader reader = new HandshakeReader();

    reader.read(ByteBuffer.wrap(bytes));

    assertEquals(fast, reader.fast());
    assertEquals(extended, reader.extended());
  }

  @Test
  void anotherProtocolIsRefusedAtItsFirstWrongByte() {
    for (int wrong = 0; wrong < 20; wrong++) {
      byte[] bytes = handshake();
      bytes[wrong] ^= 1;
      HandshakeReader reader = new HandshakeReader();

      assertFalse(reader.read(ByteBuffer.wrap(bytes, 0, wrong)));
      ByteBuffer next = ByteBuffer.wrap(bytes, wrong, 1);
      ProtocolException refused = assertThrows(ProtocolException.class, () -> reader.read(next));

      assertEquals("handshake: byte " + wrong + " is not of the BitTorrent protocol", refused.getMessage());
    }
  }

  @Test
  void anInfoHashOfAnotherLengthIsACallersError() {
    ByteBuffer out = ByteBuffer.allocate(99);

    assertThrows(IllegalArgumentException.class, () -> Handshake.write(out, new byte[32], SELF));
  }
}
