package io.minibit.wire;

/**
 * The peer messages by their ids on the wire (BEP 3; port: BEP 5; suggest to allowed fast: BEP 6; extended: BEP 10).
 * They are ints, not an enum, because they cross from {@link MessageReader} to the engine together with up to three
 * int fields and without an object.
 */
public final class MessageType {
  /** No message: {@link MessageReader#next} has to see more bytes first. */
  public static final int NEED_MORE = -2;

  /** The empty message, which has no id on the wire. */
  public static final int KEEP_ALIVE = -1;

  /** Requests will not be answered. */
  public static final int CHOKE = 0;

  /** Requests will be answered. */
  public static final int UNCHOKE = 1;

  /** The sender would make requests if it were unchoked. */
  public static final int INTERESTED = 2;

  /** The sender would make no requests. */
  public static final int NOT_INTERESTED = 3;

  /** The sender has one more piece. Fields: piece. */
  public static final int HAVE = 4;

  /** All pieces that the sender has. Payload: {@link Bitfields}. */
  public static final int BITFIELD = 5;

  /** Asks for a block. Fields: piece, begin, length. */
  public static final int REQUEST = 6;

  /** A block. Fields: piece, begin, length; then that many bytes of payload. */
  public static final int PIECE = 7;

  /** Withdraws a request. Fields: piece, begin, length. */
  public static final int CANCEL = 8;

  /** The sender's DHT port (BEP 5). Fields: port, 0 to 65535. */
  public static final int PORT = 9;

  /** Advice to fetch a piece (BEP 6). Fields: piece. */
  public static final int SUGGEST = 13;

  /** A bitfield of ones (BEP 6). */
  public static final int HAVE_ALL = 14;

  /** A bitfield of zeros (BEP 6). */
  public static final int HAVE_NONE = 15;

  /** A request will not be answered (BEP 6). Fields: piece, begin, length. */
  public static final int REJECT = 16;

  /** A piece that may be requested while choked (BEP 6). Fields: piece. */
  public static final int ALLOWED_FAST = 17;

  /** An extension's message (BEP 10). Fields: extended id, 0 to 255; then payload, {@link ExtendedHandshake} if 0. */
  public static final int EXTENDED = 20;

  private static final int UNKNOWN = -1;
  private static final int VARIABLE = -2;

  /** Index: id. */
  private static final String[] NAMES = {
    "choke", "unchoke", "interested", "not interested", "have", "bitfield", "request", "piece", "cancel", "port",
    "", "", "", "suggest", "have all", "have none", "reject", "allowed fast", "", "", "extended"
  };

  /** Index: id. Bytes after the id. */
  private static final int[] PAYLOAD = {
    0, 0, 0, 0, 4, VARIABLE, 12, VARIABLE, 12, 2,
    UNKNOWN, UNKNOWN, UNKNOWN, 4, 0, 0, 12, 4, UNKNOWN, UNKNOWN, VARIABLE
  };

  private MessageType() {}

  /** Whether MiniBit understands messages of this id (0 to 255). */
  public static boolean isKnown(int type) {
    return type >= 0 && type < PAYLOAD.length && PAYLOAD[type] != UNKNOWN;
  }

  /** Whether every message of this type has the same size. */
  public static boolean isFixed(int type) {
    return type == KEEP_ALIVE || (type >= 0 && type < PAYLOAD.length && PAYLOAD[type] >= 0);
  }

  /** Whether the message exists only where both sides announced the fast extension (BEP 6). */
  public static boolean isFast(int type) {
    return type >= SUGGEST && type <= ALLOWED_FAST;
  }

  /**
   * Bytes of a message on the wire, length prefix included: 4 to 17.
   *
   * @throws IllegalArgumentException if not {@link #isFixed}
   */
  public static int size(int type) {
    if (!isFixed(type)) {
      throw new IllegalArgumentException(name(type) + " has no fixed size");
    }
    return type == KEEP_ALIVE ? 4 : 5 + PAYLOAD[type];
  }

  /** The message's name in the words of the BEPs, for logs and errors. */
  public static String name(int type) {
    if (type == KEEP_ALIVE) {
      return "keep-alive";
    }
    return isKnown(type) ? NAMES[type] : "message " + type;
  }

  /** One message as a line of a log: its name and the fields that it has, as in {@code request 1 0 16384}. */
  public static String describe(int type, int a, int b, int c) {
    return switch (type) {
      case HAVE, PORT, SUGGEST, ALLOWED_FAST, EXTENDED -> name(type) + " " + a;
      case REQUEST, PIECE, CANCEL, REJECT -> name(type) + " " + a + " " + b + " " + c;
      default -> name(type);
    };
  }
}
