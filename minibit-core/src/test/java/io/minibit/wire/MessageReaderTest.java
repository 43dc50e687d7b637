package io.minibit.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Torrents here have 10 pieces, messages at most 1000 bytes. */
class MessageReaderTest {
  private static final String TALK =
      "extended 0 \"d1:v4:teste\" | port 6881 | bitfield ff40 | unchoke | keep-alive | interested | have 9"
          + " | request 1 0 16384 | piece 1 16384 5 \"hello\" | piece 2 0 0 \"\" | cancel 1 0 16384"
          + " | reject 3 16384 100 | suggest 4 | allowed fast 0 | extended 7 \"" + "x".repeat(900) + "\""
          + " | extended 0 \"de\" | piece 0 0 900 \"" + "y".repeat(900) + "\" | not interested | choke";

  private static byte[] talk() {
    ByteBuffer out = ByteBuffer.allocate(4000);
    MessageWriter.extended(out, 0, ascii("d1:v4:teste"));
    MessageWriter.write(out, MessageType.PORT, 6881, 0, 0);
    MessageWriter.bitfield(out, new long[] {0b10_1111_1111}, 10);
    MessageWriter.write(out, MessageType.UNCHOKE);
    MessageWriter.write(out, MessageType.KEEP_ALIVE);
    MessageWriter.write(out, MessageType.INTERESTED);
    MessageWriter.write(out, MessageType.HAVE, 9, 0, 0);
    MessageWriter.write(out, MessageType.REQUEST, 1, 0, 16384);
    MessageWriter.pieceHeader(out, 1, 16384, 5);
    out.put(ascii("hello"));
    MessageWriter.pieceHeader(out, 2, 0, 0);
    MessageWriter.write(out, MessageType.CANCEL, 1, 0, 16384);
    MessageWriter.write(out, MessageType.REJECT, 3, 16384, 100);
    out.put(Transcript.bytes("00000001 15")).put(Transcript.bytes("00000003 ff 0102")); // unknown: skipped
    MessageWriter.write(out, MessageType.SUGGEST, 4, 0, 0);
    MessageWriter.write(out, MessageType.ALLOWED_FAST, 0, 0, 0);
    MessageWriter.extended(out, 7, ascii("x".repeat(900)));
    MessageWriter.extended(out, 0, ascii("de"));
    out.putInt(1000).put((byte) 200).put(new byte[999]);
    MessageWriter.pieceHeader(out, 0, 0, 900);
    out.put(ascii("y".repeat(900)));
    MessageWriter.write(out, MessageType.NOT_INTERESTED);
    MessageWriter.write(out, MessageType.CHOKE);
    return Arrays.copyOf(out.array(), out.position());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void aWholeConversationIsReadAsItWasWritten() {
    assertEquals(TALK, Transcript.of(talk()));
  }

  @Test
  void aCutAtAnyByteChangesNothing() {
    byte[] stream = talk();
    for (int position = 1; position < stream.length; position++) {
      assertEquals(TALK, Transcript.cutAt(position, stream), "cut at " + position);
    }
  }

  @Test
  void cutsAtRandomChangeNothing() {
    byte[] stream = talk();
    for (int seed = 0; seed < 300; seed++) {
      assertEquals(TALK, Transcript.cutAtRandom(new SeededRandom(seed), stream), "seed " + seed);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          00000000                             | keep-alive
          00000001 00                          | choke
          00000001 01                          | unchoke
          00000001 02                          | interested
          00000001 03                          | not interested
          00000005 04 00000009                 | have 9
          00000003 05 ffc0                     | bitfield ffc0
          0000000d 06 00000001 7fffffff 00004000 | request 1 2147483647 16384
          0000000b 07 7fffffff 00000000 4142   | piece 2147483647 0 2 "AB"
          0000000d 08 00000001 00000002 00000003 | cancel 1 2 3
          00000003 09 ffff                     | port 65535
          00000005 0d 00000000                 | suggest 0
          00000001 0e                          | have all
          00000001 0f                          | have none
          0000000d 10 00000001 00000002 00000003 | reject 1 2 3
          00000005 11 00000009                 | allowed fast 9
          00000004 14 ff 4142                  | extended 255 "AB"
          00000002 14 00                       | extended 0 ""
          00000001 0a 00000001 12 00000001 00  | choke
          """)
  void messagesAreReadAsTheBepsWriteThem(String hex, String expected) {
    assertEquals(expected, Transcript.ofHex(hex));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ffffffff                    | message of 4294967295 bytes, more than 1000
          80000000                    | message of 2147483648 bytes, more than 1000
          7fffffff                    | message of 2147483647 bytes, more than 1000
          000003f2                    | message of 1010 bytes, more than 1000
          000003e9 63                 | message 99 of 1001 bytes, more than 1000
          000003e9 14                 | extended of 1001 bytes, more than 1000
          00000002 00                 | choke of 2 bytes instead of 1
          00000011 03                 | not interested of 17 bytes instead of 1
          00000011 04                 | have of 17 bytes instead of 5
          00000001 04                 | have of 1 bytes instead of 5
          00000011 06                 | request of 17 bytes instead of 13
          0000000c 06                 | request of 12 bytes instead of 13
          00000011 08                 | cancel of 17 bytes instead of 13
          00000008 07                 | piece of 8 bytes instead of 9
          00000005 09                 | port of 5 bytes instead of 3
          00000002 0e                 | have all of 2 bytes instead of 1
          00000002 0f                 | have none of 2 bytes instead of 1
          00000011 10                 | reject of 17 bytes instead of 13
          00000004 11                 | allowed fast of 4 bytes instead of 5
          00000004 0d                 | suggest of 4 bytes instead of 5
          00000001 14                 | extended of 1 bytes instead of 2
          00000002 05                 | bitfield of 2 bytes instead of 3
          00000004 05                 | bitfield of 4 bytes instead of 3
          00000001 05                 | bitfield of 1 bytes instead of 3
          00000003 05 ffe0            | bitfield: bits behind the last of 10 pieces are set
          00000003 05 0001            | bitfield: bits behind the last of 10 pieces are set
          00000005 04 0000000a        | have: piece 10 of 10
          00000005 04 ffffffff        | have: piece 4294967295 of 10
          00000005 0d 0000000a        | suggest: piece 10 of 10
          00000005 11 0000000a        | allowed fast: piece 10 of 10
          0000000d 06 80000000 00000000 00000000 | request: 2147483648 is out of range
          0000000d 06 00000000 ffffffff 00000000 | request: 4294967295 is out of range
          0000000d 08 00000000 00000000 ffffffff | cancel: 4294967295 is out of range
          0000000d 10 00000000 00000000 ffffffff | reject: 4294967295 is out of range
          00000009 07 ffffffff 00000000          | piece: 4294967295 is out of range
          00000009 07 00000000 80000000          | piece: 2147483648 is out of range
          """)
  void whatBreaksTheProtocolIsNamed(String hex, String message) {
    assertEquals(message, assertThrows(ProtocolException.class, () -> Transcript.ofHex(hex)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000001 0e", "00000001 0f", "00000003 05 0000", "00000005 04 00000000"})
  void haveNoneComesBeforeAnythingElseOfItsKind(String before) {
    ProtocolException refused =
        assertThrows(ProtocolException.class, () -> Transcript.ofHex(before + " 00000001 0f"));

    assertEquals("have none after the peer has already said what it has", refused.getMessage());
  }

  @Test
  void aria2SaysWhatItHasAgainInsteadOfManyHaves() {
    assertEquals(
        "have none | bitfield 4000 | have 0 | bitfield f000 | have all",
        Transcript.ofHex("00000001 0f 00000003 05 4000 00000005 04 00000000 00000003 05 f000 00000001 0e"));
  }

  @Test
  void extendedAndPortAndUnchokeMayComeBeforeTheBitfield() {
    assertEquals(
        "extended 0 \"de\" | port 1 | unchoke | bitfield 8000 | have 1",
        Transcript.ofHex("00000004 14 00 6465 00000003 09 0001 00000001 01 00000003 05 8000 00000005 04 00000001"));
  }

  @ParameterizedTest
  @CsvSource({"0d, suggest", "0e, have all", "0f, have none", "10, reject", "11, allowed fast"})
  void fastMessagesNeedTheFastExtension(String id, String name) {
    ByteBuffer in = ByteBuffer.wrap(Transcript.bytes("00000001" + id));

    ProtocolException refused = assertThrows(ProtocolException.class, () -> Transcript.reader(false).next(in));

    assertEquals(name + " without the fast extension", refused.getMessage());
  }

  @Test
  void theLongestBlockFitsAlthoughItsMessageIsLonger() {
    MessageReader reader = Transcript.reader(false);

    assertEquals(MessageType.PIECE, reader.next(ByteBuffer.wrap(Transcript.bytes("000003f1 07 00000000 00000000"))));
    assertEquals(1000, reader.payloadRemaining());
  }

  @Test
  void aBitfieldMayBeLongerThanOtherMessages() {
    MessageReader reader = new MessageReader(1 << 21, false, 1000);
    ByteBuffer in = ByteBuffer.allocate(MessageWriter.bitfieldSize(1 << 21));
    MessageWriter.bitfield(in, new long[1 << 15], 1 << 21);

    assertEquals(MessageType.BITFIELD, reader.next(in.flip()));
    assertEquals(1 << 18, reader.payload().length);
    ByteBuffer other = ByteBuffer.wrap(Transcript.bytes("0003ffff 14"));
    assertThrows(ProtocolException.class, () -> reader.next(other));
  }

  @Test
  void aClaimedLengthCostsNoMemoryUntilTheBytesArrive() {
    MessageReader reader = new MessageReader(10, false, 1 << 20);
    ByteBuffer in = ByteBuffer.wrap(Transcript.bytes("00100000 14 01 4142"));

    assertEquals(MessageType.NEED_MORE, reader.next(in));

    assertTrue(reader.payload().length <= 512, "allocated " + reader.payload().length);
  }

  @Test
  void aBlockIsTakenOrDiscardedBeforeTheNextMessage() {
    MessageReader reader = Transcript.reader(false);
    ByteBuffer in = ByteBuffer.wrap(Transcript.bytes("0000000d 07 00000001 00000000 41424344 00000001 01"));

    assertEquals(MessageType.PIECE, reader.next(in));
    assertThrows(IllegalStateException.class, () -> reader.next(in));
    ByteBuffer small = ByteBuffer.allocate(1);
    assertEquals(1, reader.takePayload(in, small));
    assertEquals('A', small.get(0));
    assertEquals(0, reader.takePayload(in, small));
    assertThrows(IllegalArgumentException.class, () -> reader.payloadTaken(4));
    assertEquals(3, reader.discardPayload(in));
    assertEquals(0, reader.discardPayload(in));
    assertEquals(MessageType.UNCHOKE, reader.next(in));
  }

  @Test
  void payloadsBelongToTheCaller() {
    MessageReader reader = Transcript.reader(false);
    ByteBuffer in = ByteBuffer.wrap(Transcript.bytes("00000003 05 8000 00000003 14 00 41 00000000"));

    reader.next(in);
    byte[] bitfield = reader.payload();
    reader.next(in);
    byte[] extended = reader.payload();
    reader.next(in);

    assertArrayEquals(Transcript.bytes("8000"), bitfield);
    assertArrayEquals(Transcript.bytes("41"), extended);
    assertEquals(0, reader.payload().length);
  }

  @Test
  void damagedConversationsAreReadOrRefusedTheSameWayHoweverTheyAreCut() {
    SeededRandom random = new SeededRandom(1);
    int read = 0;
    int refused = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] stream = plausible(random);
      String atOnce = outcome(() -> Transcript.of(stream));
      assertEquals(atOnce, outcome(() -> Transcript.cutAtRandom(random, stream)));
      if (atOnce.startsWith("refused: ")) {
        refused++;
      } else if (!atOnce.isEmpty()) {
        read++;
      }
    }
    assertTrue(read > 20_000 && refused > 20_000, read + " read, " + refused + " refused");
  }

  /** Anything but a {@link ProtocolException} gets through and fails the test. */
  private static String outcome(Supplier<String> transcript) {
    try {
      return transcript.get();
    } catch (ProtocolException e) {
      return "refused: " + e.getMessage();
    }
  }

  /** Up to 64 random bytes over which headers are laid that are mostly right. */
  private static byte[] plausible(SeededRandom random) {
    byte[] bytes = new byte[64];
    random.nextBytes(bytes);
    ByteBuffer stream = ByteBuffer.wrap(bytes);
    while (stream.remaining() >= 17) {
      int type = random.nextInt(24);
      boolean odd = random.nextInt(16) == 0;
      int payload = MessageType.isFixed(type) ? MessageType.size(type) - 5 : type == MessageType.BITFIELD ? 2 : 9;
      stream.putInt(1 + (odd ? random.nextInt(20) : payload)).put((byte) type);
      int start = stream.position();
      if (payload >= 4) {
        stream.putInt(random.nextInt(11));
        stream.putInt(stream.getInt(stream.position()) & 0x7fffffff).putInt(stream.getInt(stream.position()) >>> 8);
      } else if (payload == 2) {
        stream.putShort((short) (random.nextInt(4) == 0 ? 0xffff : 0xffc0));
      }
      stream.position(start + payload);
    }
    // Random bytes at the end would nearly always be a length that is refused.
    return Arrays.copyOf(bytes, stream.position());
  }

  @Test
  void randomBytesAreReadOrRefusedAndNeverAnythingElse() {
    SeededRandom random = new SeededRandom(2);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(100)];
      random.nextBytes(bytes);
      if (random.nextInt(2) == 0) {
        Arrays.fill(bytes, 0, Math.min(3, bytes.length), (byte) 0);
      }
      outcome(() -> Transcript.of(bytes));
    }
  }

  @Test
  void waitingForMoreLeavesLessThanAHeaderInTheBuffer() {
    byte[] stream = talk();
    for (int end = 0; end <= stream.length; end++) {
      MessageReader reader = Transcript.reader(true);
      ByteBuffer in = ByteBuffer.wrap(stream, 0, end);
      while (reader.next(in) != MessageType.NEED_MORE) {
        reader.discardPayload(in);
        if (reader.payloadRemaining() > 0) {
          break;
        }
      }
      assertTrue(in.remaining() < 17, in.remaining() + " bytes left of " + end);
    }
  }

  @Test
  void anExtendedMessageLongerThanAnyHandshakeIsPassedOver() {
    ByteBuffer in = ByteBuffer.allocate(100_000);
    in.putInt(40_000).put((byte) MessageType.EXTENDED).position(4 + 40_000);
    in.putInt(1).put((byte) MessageType.UNCHOKE);
    MessageReader reader = new MessageReader(10, true, 1 << 20);
    assertEquals(MessageType.UNCHOKE, reader.next(in.flip()));
    assertEquals(0, reader.payload().length);
  }
}
