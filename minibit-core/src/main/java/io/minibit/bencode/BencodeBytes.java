package io.minibit.bencode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A bencoded byte string, which may or may not be text. */
public final class BencodeBytes extends BencodeValue {
  private final int contentStart;

  BencodeBytes(byte[] source, int start, int end) {
    super(source, start, end);
    contentStart = BencodeScanner.contentStart(source, start);
  }

  /** Number of bytes. */
  public int length() {
    return end - contentStart;
  }

  /** Index of the first content byte in the decoded array. */
  public int contentStart() {
    return contentStart;
  }

  /** A copy of the content. */
  public byte[] toBytes() {
    return Arrays.copyOfRange(source, contentStart, end);
  }

  /** The content as UTF-8; what is not valid becomes U+FFFD. Untrusted: never print it raw to a terminal. */
  public String toText() {
    return new String(source, contentStart, length(), StandardCharsets.UTF_8);
  }

  /** Whether the content is exactly this ASCII text. */
  public boolean is(String ascii) {
    if (ascii.length() != length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if ((source[contentStart + i] & 0xff) != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  String kind() {
    return "byte string";
  }
}
