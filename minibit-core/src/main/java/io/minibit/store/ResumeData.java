package io.minibit.store;

import io.minibit.bencode.Bencode;
import io.minibit.bencode.BencodeBytes;
import io.minibit.bencode.BencodeDictionary;
import io.minibit.bencode.BencodeValue;
import io.minibit.metainfo.InfoHash;
import io.minibit.model.MiniBitException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which pieces of a torrent were verified, and what their store looked like then.
 *
 * @param infoHash of the torrent
 * @param pieceCount pieces of the torrent, at least 1
 * @param verified pieces that were verified and stored; not to be altered
 * @param fingerprint {@link PieceStore#fingerprint} of the store that has them
 * @param boot names the time between two starts of the machine in which the pieces were handed to the operating system,
 *     so that they are there as long as it runs; empty if they are known to be on the disk
 */
record ResumeData(InfoHash infoHash, int pieceCount, BitSet verified, String fingerprint, String boot) {
  /** What the file says it is; another layout gets another number. */
  private static final String FORMAT = "minibit resume 1";

  ResumeData {
    if (pieceCount < 1 || verified.length() > pieceCount) {
      throw new MiniBitException("piece " + (verified.length() - 1) + " of " + pieceCount + " cannot be verified");
    }
  }

  /** Reads what {@link #encode} wrote; a byte that was altered since is noticed by the SHA-1 at the end. */
  static ResumeData decode(byte[] bytes) {
    int length = bytes.length - Fingerprint.LENGTH;
    if (length < 0) {
      throw new MiniBitException(bytes.length + " bytes are no resume data");
    }
    byte[] content = Arrays.copyOf(bytes, length);
    if (!Arrays.equals(Fingerprint.sha1(content), Arrays.copyOfRange(bytes, length, bytes.length))) {
      throw new MiniBitException("the checksum is wrong");
    }
    if (!(Bencode.decode(content) instanceof BencodeDictionary fields)) {
      throw new MiniBitException("no dictionary");
    }
    if (!FORMAT.equals(text(fields, "format"))) {
      throw new MiniBitException("another format than '" + FORMAT + "'");
    }
    Long pieces = fields.getLong("piece count");
    if (pieces == null || pieces < 1 || pieces > Integer.MAX_VALUE) {
      throw new MiniBitException("a piece count of " + pieces);
    }
    return new ResumeData(
        InfoHash.of(required(fields, "info-hash").toBytes()),
        Math.toIntExact(pieces),
        BitSet.valueOf(required(fields, "verified").toBytes()),
        text(fields, "fingerprint"),
        text(fields, "boot"));
  }

  private static BencodeBytes required(BencodeDictionary fields, String key) {
    BencodeBytes bytes = fields.getBytes(key);
    if (bytes == null) {
      throw new MiniBitException(key + " is missing");
    }
    return bytes;
  }

  private static String text(BencodeDictionary fields, String key) {
    return required(fields, key).toText();
  }

  /** For a file: a bencoded dictionary and its SHA-1. */
  byte[] encode() {
    Map<String, BencodeValue> fields = new LinkedHashMap<>();
    fields.put("format", BencodeValue.of(FORMAT));
    fields.put("info-hash", BencodeValue.of(infoHash.toBytes()));
    fields.put("piece count", BencodeValue.of(pieceCount));
    fields.put("verified", BencodeValue.of(verified.toByteArray()));
    fields.put("fingerprint", BencodeValue.of(fingerprint));
    fields.put("boot", BencodeValue.of(boot));
    byte[] content = Bencode.encode(BencodeDictionary.of(fields));
    byte[] bytes = Arrays.copyOf(content, content.length + Fingerprint.LENGTH);
    System.arraycopy(Fingerprint.sha1(content), 0, bytes, content.length, Fingerprint.LENGTH);
    return bytes;
  }

  /** Why this says nothing of that store; null if it does. */
  @Nullable String mismatch(InfoHash wantedHash, int wantedPieces, String wantedFingerprint, String presentBoot) {
    if (!infoHash.equals(wantedHash) || pieceCount != wantedPieces) {
      return "it is of another torrent";
    }
    if (!fingerprint.equals(wantedFingerprint)) {
      return "the content has changed since";
    }
    if (!boot.isEmpty() && !boot.equals(presentBoot)) {
      return "the machine was started anew before everything was known to be on the disk";
    }
    return null;
  }
}
