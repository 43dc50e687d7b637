package io.minibit.bencode;

import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A bencoded list, to be walked in order. */
public final class BencodeList extends BencodeValue implements Iterable<BencodeValue> {
  BencodeList(byte[] source, int start, int end) {
    super(source, start, end);
  }

  /** A list of these values. */
  public static BencodeList of(Iterable<? extends BencodeValue> values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write('l');
    for (BencodeValue value : values) {
      out.write(value.source, value.start, value.end - value.start);
    }
    out.write('e');
    byte[] encoded = out.toByteArray();
    return new BencodeList(encoded, 0, encoded.length);
  }

  public boolean isEmpty() {
    return end - start == 2;
  }

  @Override
  public Iterator<BencodeValue> iterator() {
    return new Iterator<>() {
      private int at = start + 1;

      @Override
      public boolean hasNext() {
        return at < end - 1;
      }

      @Override
      public BencodeValue next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        BencodeValue value = BencodeValue.at(source, at);
        at = value.end;
        return value;
      }
    };
  }

  @Override
  String kind() {
    return "list";
  }
}
