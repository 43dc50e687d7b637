package io.minibit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.minibit.fuzz.FuzzTarget;
import io.minibit.model.SeededRandom;
import java.util.Arrays;
import java.util.List;

/** A stream of messages, with or without the fast extension, is read the same however it is cut up. */
public final class MessagesFuzz implements FuzzTarget {
  @Override
  public List<byte[]> seeds() {
    return List.of(
        Transcript.bytes("01 00000003 0500ff" + "00000001 01 00000001 02 00000000 00000005 04 00000003"),
        Transcript.bytes("01 00000003 05ffc0" + "0000000d 06 00000001 00004000 00004000 00000003 09 1ae1"),
        Transcript.bytes("01 00000001 0e" + "0000000e 07 00000002 00000000 0102030405" + "00000001 00"),
        Transcript.bytes("01 00000001 0f 00000005 0d 00000009 00000005 11 00000000"),
        Transcript.bytes("01 0000000d 10 00000001 00004000 00004000 0000000d 08 00000001 00000000 00004000"),
        Transcript.bytes("00 0000000c 14 00 64313a6d6465313a7069316565" + "00000004 63 000000" + "00000001 03"));
  }

  @Override
  public void run(byte[] input) {
    if (input.length == 0) {
      return;
    }
    boolean fast = (input[0] & 1) == 1;
    byte[] stream = Arrays.copyOfRange(input, 1, input.length);
    SeededRandom random = new SeededRandom(Arrays.hashCode(input));
    String atOnce = Transcript.withEnd(fast, stream, left -> left);
    assertEquals(atOnce, Transcript.withEnd(fast, stream, left -> 1));
    assertEquals(atOnce, Transcript.withEnd(fast, stream, left -> 1 + random.nextInt(Math.min(40, left))));
  }
}
