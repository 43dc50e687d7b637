package io.minibit.bencode;

import io.minibit.model.Limits;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bencoding (BEP 3): {@link #decode} is strict, {@link #encode} canonical.
 *
 * <pre>{@code
 * BencodeValue value = Bencode.decode(bytes);
 * if (value instanceof BencodeDictionary dictionary) {
 *   Long interval = dictionary.getLong("interval");
 * }
 * }</pre>
 *
 * <p>Decoding takes time proportional to the input and memory for the nesting only. All methods throw {@link
 * BencodeException} for input that is not valid, and may be called from any thread.
 */
public final class Bencode {
  private Bencode() {}

  /**
   * A value found at the start of a longer input.
   *
   * @param length bytes that the value takes
   */
  public record Prefix(BencodeValue value, int length) {}

  /** The one value that these bytes are; sorted unique keys, no leading zeros, nothing after the value. */
  public static BencodeValue decode(byte[] data) {
    return decode(data, Limits.defaults());
  }

  /** As {@link #decode(byte[])}, with other limits. */
  public static BencodeValue decode(byte[] data, Limits limits) {
    Prefix prefix = prefix(data, 0, limits, true);
    if (prefix.length() < data.length) {
      throw new BencodeException(prefix.length(), data.length - prefix.length() + " bytes after the value");
    }
    return prefix.value();
  }

  /** The value that starts at {@code from}, whatever comes after it; otherwise as strict as {@link #decode}. */
  public static Prefix decodePrefix(byte[] data, int from) {
    return decodePrefix(data, from, Limits.defaults());
  }

  /** As {@link #decodePrefix(byte[], int)}, with other limits. */
  public static Prefix decodePrefix(byte[] data, int from, Limits limits) {
    return prefix(data, from, limits, true);
  }

  /**
   * The value at the start, for files and answers of sloppy writers: keys may be out of order or there twice (the first
   * one counts), and bytes may follow. Numbers are as strict as ever.
   */
  public static BencodeValue decodeLenient(byte[] data, Limits limits) {
    return prefix(data, 0, limits, false).value();
  }

  /** The canonical bencoding: keys in order, each once, the first if there are several. */
  public static byte[] encode(BencodeValue value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(value.end - value.start);
    write(value, out);
    return out.toByteArray();
  }

  private static Prefix prefix(byte[] data, int from, Limits limits, boolean sortedKeys) {
    if (from < 0 || from > data.length) {
      throw new IndexOutOfBoundsException("offset " + from + " of " + data.length);
    }
    int end = BencodeScanner.check(data, from, limits.maxBencodeDepth(), sortedKeys);
    return new Prefix(BencodeValue.at(data, from), end - from);
  }

  private static void write(BencodeValue value, ByteArrayOutputStream out) {
    if (value instanceof BencodeDictionary dictionary) {
      Map<byte[], BencodeValue> sorted = new TreeMap<>(Arrays::compareUnsigned);
      for (BencodeDictionary.Entry entry : dictionary) {
        sorted.putIfAbsent(entry.key().toBytes(), entry.value());
      }
      out.write('d');
      sorted.forEach(
          (key, entry) -> {
            BencodeValue.writeString(key, out);
            write(entry, out);
          });
      out.write('e');
    } else if (value instanceof BencodeList list) {
      out.write('l');
      for (BencodeValue entry : list) {
        write(entry, out);
      }
      out.write('e');
    } else {
      out.write(value.source, value.start, value.end - value.start);
    }
  }
}
