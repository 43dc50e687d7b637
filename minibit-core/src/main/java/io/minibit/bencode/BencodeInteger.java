package io.minibit.bencode;

/** A bencoded integer; what does not fit 64 bits is refused by the decoder. */
public final class BencodeInteger extends BencodeValue {
  BencodeInteger(byte[] source, int start, int end) {
    super(source, start, end);
  }

  /** The number. */
  public long value() {
    return BencodeScanner.parseLong(source, start + 1, end - 1);
  }

  @Override
  String kind() {
    return "integer";
  }
}
