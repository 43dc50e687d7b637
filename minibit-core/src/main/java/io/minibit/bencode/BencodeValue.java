package io.minibit.bencode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One bencoded value: a {@link BencodeInteger}, {@link BencodeBytes}, {@link BencodeList} or {@link
 * BencodeDictionary}.
 *
 * <p>A decoded value is a view of the input, which was checked as a whole before; nothing is copied and no tree is
 * built, so that what a value costs does not depend on what a stranger put into it. The array given to the decoder must
 * not change while values are in use. Two values are equal if their bencoding is.
 */
public abstract sealed class BencodeValue permits BencodeInteger, BencodeBytes, BencodeList, BencodeDictionary {
  final byte[] source;
  final int start;
  final int end;

  BencodeValue(byte[] source, int start, int end) {
    this.source = source;
    this.start = start;
    this.end = end;
  }

  /** An integer. */
  public static BencodeInteger of(long value) {
    byte[] encoded = ("i" + value + "e").getBytes(StandardCharsets.US_ASCII);
    return new BencodeInteger(encoded, 0, encoded.length);
  }

  /** A byte string that holds this text in UTF-8. */
  public static BencodeBytes of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A byte string of these bytes. */
  public static BencodeBytes of(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 11);
    writeString(bytes, out);
    byte[] encoded = out.toByteArray();
    return new BencodeBytes(encoded, 0, encoded.length);
  }

  /** Index in the decoded array of this value's first byte. */
  public int start() {
    return start;
  }

  /** Index in the decoded array after this value's last byte. */
  public int end() {
    return end;
  }

  /** A copy of the value's bencoding exactly as it was received. */
  public byte[] rawBytes() {
    return Arrays.copyOfRange(source, start, end);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BencodeValue value
        && Arrays.equals(source, start, end, value.source, value.start, value.end);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + source[i];
    }
    return hash;
  }

  /** What it is and how many bytes it takes; never the content, which may be hostile. */
  @Override
  public String toString() {
    return kind() + " in " + (end - start) + " bytes";
  }

  abstract String kind();

  static void writeString(byte[] bytes, ByteArrayOutputStream out) {
    out.writeBytes((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(bytes);
  }

  /** The value that starts here in bytes that were checked. */
  static BencodeValue at(byte[] source, int start) {
    int end = BencodeScanner.skip(source, start);
    return switch (source[start]) {
      case 'i' -> new BencodeInteger(source, start, end);
      case 'l' -> new BencodeList(source, start, end);
      case 'd' -> new BencodeDictionary(source, start, end);
      default -> new BencodeBytes(source, start, end);
    };
  }
}
