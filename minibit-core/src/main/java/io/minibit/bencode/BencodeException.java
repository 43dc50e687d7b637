package io.minibit.bencode;

import io.minibit.model.MiniBitException;

/** Bytes that are not valid bencoding (BEP 3). The message says what is wrong and at which byte. */
public final class BencodeException extends MiniBitException {
  private static final long serialVersionUID = 1L;

  private final int position;

  BencodeException(int position, String what) {
    super("byte " + position + ": " + what);
    this.position = position;
  }

  /** Index of the byte at which the error was found; the length of the input if it ended too early. */
  public int position() {
    return position;
  }
}
