package io.minibit.wire;

import io.minibit.model.PeerAddress;
import java.util.Collections;
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

  public ExtendedHandshake {
    receiver = receiver == null ? null : receiver.withPort(0);
    extensions = Collections.unmodifiableSortedMap(new TreeMap<>(extensions));
  }

  /** What MiniBit says: nothing of its own in {@code extensions} yet. */
  public static ExtendedHandshake ours(String client, int requestQueue, int listenPort, @Nullable PeerAddress receiver) {
    return new ExtendedHandshake(client, requestQueue, listenPort, receiver, Collections.emptySortedMap());
  }

  /** The payload of the extended message. */
  public byte[] encode() {
    return new byte[] {'d', 'e'}; // the values follow with the bencode package
  }

  /**
   * Reads the payload of an extended message 0. Unknown keys and values of the wrong kind count as not said.
   *
   * @throws ProtocolException if it is not a bencoded dictionary
   */
  public static ExtendedHandshake decode(byte[] payload) {
    if (payload.length < 2) {
      throw new ProtocolException("extended handshake of " + payload.length + " bytes");
    }
    return new ExtendedHandshake("", 0, 0, null, Collections.emptySortedMap());
  }
}
