package io.minibit.metainfo;

import io.minibit.model.MiniBitException;

/**
 * A .torrent that is malformed, exceeds a limit or is of a kind that MiniBit does not support; or one that cannot be
 * made. The message is one line that names the key, such as "info.pieces: 41 bytes is not a multiple of 20".
 */
public final class MetainfoException extends MiniBitException {
  private static final long serialVersionUID = 1L;

  public MetainfoException(String message) {
    super(message);
  }

  public MetainfoException(String message, Throwable cause) {
    super(message, cause);
  }
}
