package io.minibit.cli;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash of pieces in BitTorrent version 1. */
final class Sha1 {
  private Sha1() {}

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
