package io.minibit.bencode;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A bencoded dictionary. Its keys are byte strings; a look-up walks the entries, so read each key once where there may
 * be many.
 */
public final class BencodeDictionary extends BencodeValue implements Iterable<BencodeDictionary.Entry> {
  /** One key and its value. */
  public record Entry(BencodeBytes key, BencodeValue value) {}

  BencodeDictionary(byte[] source, int start, int end) {
    super(source, start, end);
  }

  /** A dictionary of these entries; keys become UTF-8 and are put in order. */
  public static BencodeDictionary of(Map<String, ? extends BencodeValue> entries) {
    TreeMap<byte[], BencodeValue> sorted = new TreeMap<>(Arrays::compareUnsigned);
    entries.forEach((key, value) -> sorted.put(BencodeValue.of(key).toBytes(), value));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write('d');
    sorted.forEach(
        (key, value) -> {
          writeString(key, out);
          out.write(value.source, value.start, value.end - value.start);
        });
    out.write('e');
    byte[] encoded = out.toByteArray();
    return new BencodeDictionary(encoded, 0, encoded.length);
  }

  public boolean isEmpty() {
    return end - start == 2;
  }

  /** The value under this ASCII key, the first if a lenient decoder let several pass; null if there is none. */
  public @Nullable BencodeValue get(String asciiKey) {
    for (int at = start + 1; at < end - 1; ) {
      BencodeBytes key = new BencodeBytes(source, at, BencodeScanner.skip(source, at));
      if (key.is(asciiKey)) {
        return BencodeValue.at(source, key.end);
      }
      at = BencodeScanner.skip(source, key.end);
    }
    return null;
  }

  /** The integer under this ASCII key; null if there is none or it is something else. */
  public @Nullable Long getLong(String asciiKey) {
    return get(asciiKey) instanceof BencodeInteger number ? (Long) number.value() : null;
  }

  /** The byte string under this ASCII key; null if there is none or it is something else. */
  public @Nullable BencodeBytes getBytes(String asciiKey) {
    return get(asciiKey) instanceof BencodeBytes bytes ? bytes : null;
  }

  /** The list under this ASCII key; null if there is none or it is something else. */
  public @Nullable BencodeList getList(String asciiKey) {
    return get(asciiKey) instanceof BencodeList list ? list : null;
  }

  /** The dictionary under this ASCII key; null if there is none or it is something else. */
  public @Nullable BencodeDictionary getDictionary(String asciiKey) {
    return get(asciiKey) instanceof BencodeDictionary dictionary ? dictionary : null;
  }

  @Override
  public Iterator<Entry> iterator() {
    return new Iterator<>() {
      private int at = start + 1;

      @Override
      public boolean hasNext() {
        return at < end - 1;
      }

      @Override
      public Entry next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        BencodeBytes key = new BencodeBytes(source, at, BencodeScanner.skip(source, at));
        BencodeValue value = BencodeValue.at(source, key.end);
        at = value.end;
        return new Entry(key, value);
      }
    };
  }

  @Override
  String kind() {
    return "dictionary";
  }
}
