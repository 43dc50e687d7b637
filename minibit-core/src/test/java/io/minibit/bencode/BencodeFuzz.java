package io.minibit.bencode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.fuzz.FuzzTarget;
import io.minibit.fuzz.SharedCorpus;
import io.minibit.model.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.params.provider.Arguments;

/** Strict, lenient and prefix decoding agree, only {@link BencodeException} comes out, and encoding undoes decoding. */
public final class BencodeFuzz implements FuzzTarget {
  private static final Limits SHALLOW = Limits.defaults().with(l -> l.maxBencodeDepth = 4);

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>(SharedCorpus.bencode());
    for (Arguments row : BencodeCorpusTest.rows()) {
      seeds.add((byte[]) row.get()[0]);
    }
    seeds.add(("l".repeat(99) + "e".repeat(99)).getBytes(StandardCharsets.US_ASCII));
    seeds.add("d1:ad1:bl1:cd1:di-5eeee1:z0:e".getBytes(StandardCharsets.US_ASCII));
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    BencodeValue lenient = lenient(input, Limits.defaults());
    BencodeValue strict = null;
    try {
      strict = Bencode.decode(input);
    } catch (BencodeException e) {
      assertTrue(e.position() >= 0 && e.position() <= input.length, e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).matches("byte \\d+: [\\x20-\\x7e]{1,100}"), e.getMessage());
    }
    if (strict != null) {
      assertArrayEquals(input, Bencode.encode(strict));
      assertEquals(strict, lenient);
      assertEquals(input.length, Bencode.decodePrefix(input, 0).length());
      walk(strict);
    }
    if (lenient != null) {
      walk(lenient);
      byte[] canonical = Bencode.encode(lenient);
      assertArrayEquals(canonical, Bencode.encode(Bencode.decode(canonical)));
    }
    BencodeValue shallow = lenient(input, SHALLOW);
    assertTrue(shallow == null || depth(shallow) < SHALLOW.maxBencodeDepth());
    if (input.length > 0) {
      prefix(input, (input[0] & 0xff) % (input.length + 1));
    }
  }

  private static BencodeValue lenient(byte[] input, Limits limits) {
    try {
      return Bencode.decodeLenient(input, limits);
    } catch (BencodeException e) {
      return null;
    }
  }

  private static void prefix(byte[] input, int from) {
    try {
      Bencode.Prefix prefix = Bencode.decodePrefix(input, from);
      assertTrue(prefix.length() > 0 && prefix.length() <= input.length - from);
      assertEquals(prefix.value(), Bencode.decode(prefix.value().rawBytes()));
    } catch (BencodeException e) {
      assertTrue(e.position() >= from && e.position() <= input.length, e.getMessage());
    }
  }

  /** Looks at everything that there is in a value. */
  private static void walk(BencodeValue value) {
    assertTrue(value.start() < value.end() && !value.toString().isEmpty());
    if (value instanceof BencodeDictionary dictionary) {
      for (BencodeDictionary.Entry entry : dictionary) {
        walk(entry.key());
        walk(entry.value());
      }
      requireFound(dictionary);
    } else if (value instanceof BencodeList list) {
      for (BencodeValue entry : list) {
        walk(entry);
      }
    } else if (value instanceof BencodeInteger integer) {
      assertEquals(value, BencodeValue.of(integer.value()));
    } else if (value instanceof BencodeBytes bytes) {
      assertEquals(value, BencodeValue.of(bytes.toBytes()));
      assertEquals(bytes.length(), bytes.toBytes().length);
    }
  }

  /** Only the first key: looking up each would take the square of their number. */
  private static void requireFound(BencodeDictionary dictionary) {
    Iterator<BencodeDictionary.Entry> entries = dictionary.iterator();
    if (entries.hasNext()) {
      BencodeDictionary.Entry first = entries.next();
      String key = first.key().toText();
      if (first.key().is(key)) { // or it is no text
        assertEquals(first.value(), dictionary.get(key));
      }
    }
  }

  private static int depth(BencodeValue value) {
    int deepest = -1;
    if (value instanceof BencodeDictionary dictionary) {
      deepest = 0;
      for (BencodeDictionary.Entry entry : dictionary) {
        deepest = Math.max(deepest, depth(entry.value()));
      }
    } else if (value instanceof BencodeList list) {
      deepest = 0;
      for (BencodeValue entry : list) {
        deepest = Math.max(deepest, depth(entry));
      }
    }
    return deepest < 0 ? 0 : deepest + 1;
  }
}
