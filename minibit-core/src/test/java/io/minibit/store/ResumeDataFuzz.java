package io.minibit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.fuzz.FuzzTarget;
import io.minibit.metainfo.InfoHash;
import io.minibit.model.MiniBitException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Resume data with a right checksum may say anything; what is accepted can be written and says the same again. */
public final class ResumeDataFuzz implements FuzzTarget {
  @Override
  public List<byte[]> seeds() {
    BitSet verified = new BitSet();
    verified.set(3, 9);
    byte[] encoded = new ResumeData(InfoHash.of(new byte[20]), 12, verified, "f", "boot").encode();
    byte[] none = new ResumeData(InfoHash.of(new byte[20]), 1, new BitSet(), "", "").encode();
    return List.of(
        Arrays.copyOf(encoded, encoded.length - Fingerprint.LENGTH),
        Arrays.copyOf(none, none.length - Fingerprint.LENGTH),
        encoded);
  }

  @Override
  public void run(byte[] input) {
    take(input);
    byte[] signed = Arrays.copyOf(input, input.length + Fingerprint.LENGTH);
    System.arraycopy(Fingerprint.sha1(input), 0, signed, input.length, Fingerprint.LENGTH);
    take(signed);
  }

  private static void take(byte[] bytes) {
    ResumeData data;
    try {
      data = ResumeData.decode(bytes);
    } catch (MiniBitException e) {
      assertTrue(String.valueOf(e.getMessage()).matches("[\\x20-\\x7e]{5,300}"), e.getMessage());
      return;
    }
    assertTrue(data.pieceCount() > 0 && data.verified().length() <= data.pieceCount());
    assertEquals(data, ResumeData.decode(data.encode()));
    assertNull(data.mismatch(data.infoHash(), data.pieceCount(), data.fingerprint(), data.boot()));
  }
}
