package io.minibit.bencode;

import java.util.Arrays;

/**
 * Finds the end of a bencoded value. {@link #check} trusts nothing; the other methods walk bytes that it has passed.
 * Nothing recurses, and nothing is allocated but a few words per level of nesting.
 */
final class BencodeScanner {
  /** No array is longer than an int of ten digits. */
  private static final int MAX_LENGTH_DIGITS = 10;

  /** Long.MIN_VALUE has 19 digits. */
  private static final int MAX_INTEGER_DIGITS = 19;

  private static final int NO_KEY = -1;

  private final byte[] data;
  private final int maxDepth;
  private final boolean sortedKeys;

  /** For each open container: the last key's content, NO_KEY before the first one. Lists leave it untouched. */
  private int[] keyStart = new int[8];

  private int[] keyEnd = new int[8];
  private boolean[] dictionary = new boolean[8];

  private BencodeScanner(byte[] data, int maxDepth, boolean sortedKeys) {
    this.data = data;
    this.maxDepth = maxDepth;
    this.sortedKeys = sortedKeys;
  }

  /**
   * The index after the valid value that starts at {@code from}.
   *
   * @param maxDepth levels: the contents of the outermost container are at level 2, even if it is empty
   * @param sortedKeys whether keys must be in order and unique
   * @throws BencodeException if there is no valid value
   */
  static int check(byte[] data, int from, int maxDepth, boolean sortedKeys) {
    return new BencodeScanner(data, maxDepth, sortedKeys).scan(from);
  }

  private int scan(int from) {
    int depth = 0;
    int at = from;
    boolean keyNext = false;
    do {
      byte token = peek(at);
      if (token == 'e' && depth > 0) {
        if (!keyNext && dictionary[depth - 1]) {
          throw new BencodeException(at, "a key without a value");
        }
        depth--;
        at++;
      } else if (keyNext) {
        at = key(at, depth - 1);
        keyNext = false;
        continue;
      } else if (token == 'i') {
        at = integer(at + 1);
      } else if (token == 'l' || token == 'd') {
        if (depth + 1 >= maxDepth) {
          throw new BencodeException(at, "nested deeper than " + maxDepth + " levels");
        }
        open(depth, token == 'd');
        depth++;
        at++;
      } else if (token >= '0' && token <= '9') {
        at = string(at);
      } else {
        throw new BencodeException(at, "no value starts with " + show(token));
      }
      keyNext = depth > 0 && dictionary[depth - 1];
    } while (depth > 0);
    return at;
  }

  private void open(int level, boolean isDictionary) {
    if (level == dictionary.length) {
      dictionary = Arrays.copyOf(dictionary, level * 2);
      keyStart = Arrays.copyOf(keyStart, level * 2);
      keyEnd = Arrays.copyOf(keyEnd, level * 2);
    }
    dictionary[level] = isDictionary;
    keyStart[level] = NO_KEY;
  }

  private int key(int at, int level) {
    byte token = data[at];
    if (token < '0' || token > '9') {
      throw new BencodeException(at, "a key must be a byte string, not " + show(token));
    }
    int end = string(at);
    int start = contentStart(data, at);
    if (sortedKeys && keyStart[level] != NO_KEY) {
      int order = Arrays.compareUnsigned(data, keyStart[level], keyEnd[level], data, start, end);
      if (order >= 0) {
        throw new BencodeException(at, order == 0 ? "the same key twice" : "keys are not in order");
      }
    }
    keyStart[level] = start;
    keyEnd[level] = end;
    return end;
  }

  private int string(int from) {
    int at = from;
    long length = 0;
    while (peek(at) >= '0' && data[at] <= '9') {
      if (at - from == MAX_LENGTH_DIGITS) {
        throw new BencodeException(from, "length of a byte string has more than " + MAX_LENGTH_DIGITS + " digits");
      }
      length = length * 10 + (data[at] - '0');
      at++;
    }
    if (data[at] != ':') {
      throw new BencodeException(at, "':' expected after the length of a byte string, not " + show(data[at]));
    }
    if (data[from] == '0' && at - from > 1) {
      throw new BencodeException(from, "length of a byte string with a leading zero");
    }
    int left = data.length - at - 1;
    if (length > left) {
      throw new BencodeException(from, "byte string of " + length + " bytes, but only " + left + " are left");
    }
    return at + 1 + (int) length;
  }

  private int integer(int from) {
    boolean negative = peek(from) == '-';
    int first = negative ? from + 1 : from;
    int at = first;
    // Counted downwards, because Long.MIN_VALUE has no positive counterpart.
    long value = 0;
    while (peek(at) >= '0' && data[at] <= '9') {
      int digit = data[at] - '0';
      if (at - first == MAX_INTEGER_DIGITS || value < (Long.MIN_VALUE + digit) / 10) {
        throw new BencodeException(from, "integer does not fit 64 bits");
      }
      value = value * 10 - digit;
      at++;
    }
    if (at == first || data[at] != 'e') {
      throw new BencodeException(at, "digit expected in an integer, not " + show(data[at]));
    }
    if (data[first] == '0' && (negative || at - first > 1)) {
      throw new BencodeException(from, negative ? "negative zero" : "integer with a leading zero");
    }
    if (!negative && value == Long.MIN_VALUE) {
      throw new BencodeException(from, "integer does not fit 64 bits");
    }
    return at + 1;
  }

  private byte peek(int at) {
    if (at >= data.length) {
      throw new BencodeException(data.length, "the input ends too early");
    }
    return data[at];
  }

  private static String show(byte token) {
    return token > ' ' && token < 0x7f ? "'" + (char) token + "'" : String.format("0x%02x", token);
  }

  /** The index after the value at {@code from}, in checked bytes. */
  static int skip(byte[] data, int from) {
    int depth = 0;
    int at = from;
    do {
      switch (data[at]) {
        case 'i' -> {
          while (data[at] != 'e') {
            at++;
          }
          at++;
        }
        case 'l', 'd' -> {
          depth++;
          at++;
        }
        case 'e' -> {
          depth--;
          at++;
        }
        default -> {
          int length = 0;
          while (data[at] != ':') {
            length = length * 10 + (data[at] - '0');
            at++;
          }
          at += 1 + length;
        }
      }
    } while (depth > 0);
    return at;
  }

  /** Where the content of the byte string at {@code from} starts, in checked bytes. */
  static int contentStart(byte[] data, int from) {
    int at = from;
    while (data[at] != ':') {
      at++;
    }
    return at + 1;
  }

  /** The number between {@code from} and {@code to}, in checked bytes. */
  static long parseLong(byte[] data, int from, int to) {
    boolean negative = data[from] == '-';
    long value = 0;
    for (int at = negative ? from + 1 : from; at < to; at++) {
      value = value * 10 - (data[at] - '0');
    }
    return negative ? value : -value;
  }
}
