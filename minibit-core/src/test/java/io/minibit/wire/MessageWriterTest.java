package io.minibit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageWriterTest {
  private static String written(ByteBuffer out) {
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, keep-alive, 00000000",
    "0, choke, 0000000100",
    "1, unchoke, 0000000101",
    "2, interested, 0000000102",
    "3, not interested, 0000000103",
    "4, have 258, 000000050400000102",
    "6, request 258 65536 16384, 0000000d06000001020001000000004000",
    "8, cancel 258 65536 16384, 0000000d08000001020001000000004000",
    "9, port 258, 00000003090102",
    "13, suggest 258, 000000050d00000102",
    "14, have all, 000000010e",
    "15, have none, 000000010f",
    "16, reject 258 65536 16384, 0000000d10000001020001000000004000",
    "17, allowed fast 258, 000000051100000102"
  })
  void messagesOfFixedSizeAreWrittenAsTheBepsSay(int type, String description, String hex) {
    ByteBuffer out = ByteBuffer.allocate(17);

    MessageWriter.write(out, type, 258, 65536, 16384);

    assertEquals(hex, written(out));
    assertEquals(out.position(), MessageType.size(type));
    assertEquals(description, MessageType.describe(type, 258, 65536, 16384));
  }

  @ParameterizedTest
  @ValueSource(ints = {MessageType.BITFIELD, MessageType.PIECE, MessageType.EXTENDED, MessageType.NEED_MORE, 10, 21})
  void onlyMessagesOfFixedSizeAreWrittenFromInts(int type) {
    assertThrows(IllegalArgumentException.class, () -> MessageWriter.write(ByteBuffer.allocate(99), type));
  }

  @Test
  void theHeaderOfAPieceCountsTheBlockThatFollows() {
    ByteBuffer out = ByteBuffer.allocate(MessageWriter.PIECE_HEADER);

    MessageWriter.pieceHeader(out, 1, 2, 16384);

    assertEquals("00004009070000000100000002", written(out));
  }

  @Test
  void theFirstPieceIsTheHighBitOfABitfield() {
    ByteBuffer out = ByteBuffer.allocate(MessageWriter.bitfieldSize(10));

    MessageWriter.bitfield(out, new long[] {0b01_0000_0011}, 10);

    assertEquals("0000000305c080", written(out));
  }

  @Test
  void anExtendedMessageCarriesTheReceiversId() {
    byte[] payload = {'d', 'e'};
    ByteBuffer out = ByteBuffer.allocate(MessageWriter.extendedSize(payload));

    MessageWriter.extended(out, 200, payload);

    assertEquals("0000000414c86465", written(out));
  }
}
