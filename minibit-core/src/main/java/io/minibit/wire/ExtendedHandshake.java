package io.minibit.wire;

import io.minibit.bencode.Bencode;
import io.minibit.bencode.BencodeBytes;
import io.minibit.bencode.BencodeDictionary;
import io.minibit.bencode.BencodeException;
import io.minibit.bencode.BencodeInteger;
import io.minibit.bencode.BencodeValue;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a peer says about itself in the extended message 0 (BEP 10). Everything is optional, repeats are legal and
 * change only what they name. Immutable.
 *
 * @param client name and version of the program ({@code v}), fit to be printed, at most {@value #MAX_CLIENT}
 *     characters; empty if not said
 * @param requestQueue requests that the peer keeps without dropping any ({@code reqq}), at most
 *     {@value #MAX_REQUEST_QUEUE}; 0 if not said
 * @param listenPort where the peer accepts connections ({@code p}), 1 to 65535; 0 if not said
 * @param receiver the receiver's IP as the sender sees it ({@code yourip}), with port 0; null if not said
 * @param extensions names and ids of the extension messages that the peer accepts ({@code m}); 0 disables one
 */
public record ExtendedHandshake(
    String client,
    int requestQueue,
    int listenPort,
    @Nullable PeerAddress receiver,
    SortedMap<String, Integer> extensions) {
  /** The extended id under which it travels. */
  public static final int ID = 0;

  /** Longest client name kept. Ours to choose: enough for every program known, short enough for a table. */
  public static final int MAX_CLIENT = 64;

  /** More than any pipeline needs; keeps arithmetic with it far from overflow. */
  public static final int MAX_REQUEST_QUEUE = 1 << 16;

  /** Entries of {@code m} that are read; real programs send about ten. */
  private static final int MAX_EXTENSIONS = 64;

  public ExtendedHandshake {
    receiver = receiver == null ? null : receiver.withPort(0);
    extensions = Collections.unmodifiableSortedMap(new TreeMap<>(extensions));
  }

  /** What MiniBit says: nothing of its own in {@code extensions} yet. */
  public static ExtendedHandshake ours(
      String client, int requestQueue, int listenPort, @Nullable PeerAddress receiver) {
    return new ExtendedHandshake(client, requestQueue, listenPort, receiver, Collections.emptySortedMap());
  }

  /** The payload of the extended message; what is not said is left out. */
  public byte[] encode() {
    Map<String, BencodeValue> ids = new TreeMap<>();
    extensions.forEach((name, id) -> ids.put(name, BencodeValue.of(id.longValue())));
    Map<String, BencodeValue> entries = new TreeMap<>();
    entries.put("m", BencodeDictionary.of(ids));
    if (listenPort > 0) {
      entries.put("p", BencodeValue.of(listenPort));
    }
    if (requestQueue > 0) {
      entries.put("reqq", BencodeValue.of(requestQueue));
    }
    if (!client.isEmpty()) {
      entries.put("v", BencodeValue.of(client));
    }
    if (receiver != null) {
      entries.put("yourip", BencodeValue.of(receiver.ip()));
    }
    return BencodeDictionary.of(entries).rawBytes();
  }

  /**
   * Reads the payload of an extended message 0. Unknown keys and values that make no sense count as not said; sloppy
   * bencoding (keys out of order, bytes behind the dictionary) is let pass.
   *
   * @throws ProtocolException if it is not a bencoded dictionary
   */
  public static ExtendedHandshake decode(byte[] payload) {
    BencodeValue value;
    try {
      value = Bencode.decodeLenient(payload, Limits.defaults());
    } catch (BencodeException e) {
      throw new ProtocolException("extended handshake: " + e.getMessage(), e);
    }
    if (!(value instanceof BencodeDictionary said)) {
      throw new ProtocolException("extended handshake is no dictionary: " + value);
    }
    return new ExtendedHandshake(
        client(said.getBytes("v")),
        (int) Math.min(positive(said.getLong("reqq")), MAX_REQUEST_QUEUE),
        port(positive(said.getLong("p"))),
        ip(said.getBytes("yourip")),
        extensions(said.getDictionary("m")));
  }

  private static long positive(@Nullable Long number) {
    return number == null ? 0 : Math.max(0, number);
  }

  private static int port(long number) {
    return number <= 0xffff ? (int) number : 0;
  }

  private static @Nullable PeerAddress ip(@Nullable BencodeBytes bytes) {
    if (bytes == null || (bytes.length() != 4 && bytes.length() != 16)) {
      return null;
    }
    return PeerAddress.of(bytes.toBytes(), 0);
  }

  private static SortedMap<String, Integer> extensions(@Nullable BencodeDictionary said) {
    SortedMap<String, Integer> extensions = new TreeMap<>();
    if (said != null) {
      for (BencodeDictionary.Entry entry : said) {
        if (extensions.size() == MAX_EXTENSIONS) {
          break;
        }
        if (entry.key().length() <= MAX_CLIENT
            && entry.value() instanceof BencodeInteger id
            && id.value() >= 0
            && id.value() <= 0xff) {
          extensions.putIfAbsent(printable(entry.key().toText()), (int) id.value());
        }
      }
    }
    return extensions;
  }

  private static String client(@Nullable BencodeBytes bytes) {
    if (bytes == null) {
      return "";
    }
    String text = printable(bytes.toText()).strip();
    return text.codePointCount(0, text.length()) <= MAX_CLIENT
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MAX_CLIENT)).strip();
  }

  /** Without what could steer a terminal or turn the direction of what follows. */
  private static String printable(String text) {
    StringBuilder kept = new StringBuilder();
    text.codePoints()
        .filter(
            point ->
                switch (Character.getType(point)) {
                  case Character.CONTROL,
                      Character.FORMAT,
                      Character.SURROGATE,
                      Character.PRIVATE_USE,
                      Character.UNASSIGNED,
                      Character.LINE_SEPARATOR,
                      Character.PARAGRAPH_SEPARATOR -> false;
                  default -> true;
                })
        .forEach(kept::appendCodePoint);
    return kept.toString();
  }
}
