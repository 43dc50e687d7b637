package io.minibit.wire;

import io.minibit.model.MiniBitException;

/** A remote peer broke the protocol; its connection must be closed. The message says what it sent that is wrong. */
public final class ProtocolException extends MiniBitException {
  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message);
  }

  public ProtocolException(String message, Throwable cause) {
    super(message, cause);
  }
}
