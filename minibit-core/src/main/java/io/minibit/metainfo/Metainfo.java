package io.minibit.metainfo;

import io.minibit.bencode.Bencode;
import io.minibit.bencode.BencodeDictionary;
import io.minibit.bencode.BencodeException;
import io.minibit.model.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a .torrent file says (BEP 3): the names and sizes of files, the hash of each piece, the trackers.
 *
 * <pre>{@code
 * Metainfo metainfo = Metainfo.read(Path.of("dataset.torrent"));
 * System.out.println(metainfo.infoHash() + " " + metainfo.layout().totalLength());
 * }</pre>
 *
 * <p>Single- and multi-file torrents of version 1, and hybrids (BEP 52) through their version 1 part. Names are
 * cleaned: {@link #name()} and the paths of {@link #files()} are safe to create below a directory. Other text is as the torrent
 * has it: never print it raw to a terminal. Immutable.
 */
public final class Metainfo {
  /** Length in bytes of a piece's SHA-1. */
  public static final int HASH_LENGTH = 20;

  private final byte[] rawInfo;

  /** Where in {@link #rawInfo} the hashes are: they are the bulk of a .torrent and are kept once. */
  private final int hashesStart;

  private final InfoHash infoHash;
  private final String name;
  private final PieceLayout layout;
  private final List<TorrentFile> files;
  private final boolean multiFile;
  private final boolean isPrivate;
  private final List<List<String>> trackers;
  private final @Nullable String comment;
  private final @Nullable String createdBy;
  private final @Nullable Instant creationDate;

  private Metainfo(MetainfoParser parser) {
    rawInfo = parser.rawInfo;
    hashesStart = parser.hashesStart;
    infoHash = parser.infoHash;
    name = parser.name;
    layout = parser.layout;
    files = List.copyOf(parser.files);
    multiFile = parser.multiFile;
    isPrivate = parser.isPrivate;
    trackers = parser.trackers;
    comment = parser.comment;
    createdBy = parser.createdBy;
    creationDate = parser.creationDate;
  }

  /**
   * Reads a .torrent file.
   *
   * @throws IOException if it cannot be read
   * @throws MetainfoException if it is malformed, exceeds a limit, or would take more than half of the heap
   */
  public static Metainfo read(Path file) throws IOException {
    return read(file, Limits.defaults());
  }

  /** As {@link #read(Path)}, with other limits. */
  public static Metainfo read(Path file, Limits limits) throws IOException {
    ReadingMemory memory = ReadingMemory.ofThisJvm();
    byte[] torrent;
    try (InputStream in = Files.newInputStream(file)) {
      // One byte more than allowed tells "too long", however long it is and whatever its size was a moment ago.
      long most = Math.min(memory.longestTorrent(), limits.maxTorrentBytes());
      torrent = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8L, most + 1));
    }
    return parse(torrent, limits, memory);
  }

  /**
   * What these bytes of a .torrent file say.
   *
   * @throws MetainfoException if they are malformed, exceed a limit, or would take more than half of the heap
   */
  public static Metainfo parse(byte[] torrent) {
    return parse(torrent, Limits.defaults());
  }

  /** As {@link #parse(byte[])}, with other limits. */
  public static Metainfo parse(byte[] torrent, Limits limits) {
    return parse(torrent, limits, ReadingMemory.ofThisJvm());
  }

  static Metainfo parse(byte[] torrent, Limits limits, ReadingMemory memory) {
    if (torrent.length > limits.maxTorrentBytes()) {
      throw new MetainfoException("the .torrent is larger than " + limits.maxTorrentBytes() + " bytes");
    }
    memory.torrent(torrent.length);
    try {
      if (Bencode.decodeLenient(torrent, limits) instanceof BencodeDictionary root) {
        return new Metainfo(new MetainfoParser(root, limits, memory));
      }
    } catch (BencodeException e) {
      throw new MetainfoException("not a .torrent: " + e.getMessage(), e);
    }
    throw new MetainfoException("not a .torrent: it is no dictionary");
  }

  public InfoHash infoHash() {
    return infoHash;
  }

  /** The file's name, or for several files their directory's; cleaned, the info-hash if nothing usable was left. */
  public String name() {
    return name;
  }

  public PieceLayout layout() {
    return layout;
  }

  /** The files in the order of their bytes, without links (BEP 47), with pad files. */
  public List<TorrentFile> files() {
    return files;
  }

  /** Whether the files lie in a directory {@link #name()}, even if it is only one. */
  public boolean isMultiFile() {
    return multiFile;
  }

  /** Announce URLs in tiers (BEP 12), unchecked but for being text; may be empty. */
  public List<List<String>> trackers() {
    return trackers;
  }

  /** Whether peers may come from the torrent's own trackers only (BEP 27). */
  public boolean isPrivate() {
    return isPrivate;
  }

  public @Nullable String comment() {
    return comment;
  }

  public @Nullable String createdBy() {
    return createdBy;
  }

  public @Nullable Instant creationDate() {
    return creationDate;
  }

  /** A copy of a piece's SHA-1. */
  public byte[] pieceHash(int piece) {
    int start = hashStart(piece);
    return Arrays.copyOfRange(rawInfo, start, start + HASH_LENGTH);
  }

  /** Whether this is the SHA-1 of the piece. Allocates nothing. */
  public boolean matches(int piece, byte[] digest) {
    int start = hashStart(piece);
    return Arrays.equals(rawInfo, start, start + HASH_LENGTH, digest, 0, digest.length);
  }

  /** A copy of the info dictionary's bytes as received; {@link #infoHash()} is their SHA-1. */
  public byte[] rawInfo() {
    return rawInfo.clone();
  }

  private int hashStart(int piece) {
    if (piece < 0 || piece >= layout.pieceCount()) {
      throw new IndexOutOfBoundsException("piece " + piece + " of " + layout.pieceCount());
    }
    return hashesStart + piece * HASH_LENGTH;
  }

  /** Two are equal if their info-hashes are: the trackers are not part of a torrent's identity. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Metainfo metainfo && infoHash.equals(metainfo.infoHash);
  }

  @Override
  public int hashCode() {
    return infoHash.hashCode();
  }

  @Override
  public String toString() {
    return "Metainfo[" + infoHash + ", " + name + "]";
  }
}
