package io.minibit.metainfo;

import io.minibit.bencode.Bencode;
import io.minibit.bencode.BencodeBytes;
import io.minibit.bencode.BencodeDictionary;
import io.minibit.bencode.BencodeList;
import io.minibit.bencode.BencodeValue;
import io.minibit.model.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes a .torrent (BEP 3).
 *
 * <pre>{@code
 * Metainfo metainfo = MetainfoBuilder.of(Path.of("dataset"))
 *     .tracker("http://tracker.example:8000/announce")
 *     .write(Path.of("dataset.torrent"), false);
 * }</pre>
 *
 * <p>The same content, name and options give the same bytes on every machine. Not for several threads at once.
 */
public final class MetainfoBuilder {
  /** What a peer can announce to. A torrent that others made may name more; that fails when it is its turn. */
  private static final Pattern TRACKER_URL = Pattern.compile("(https?|udp)://[^/?#:]", Pattern.CASE_INSENSITIVE);

  private static final String CREATED_BY = "MiniBit";

  /** Enough pieces for a swarm to trade, few enough for a short .torrent and short messages. */
  private static final int MAX_AUTOMATIC_PIECES = 2000;

  private static final int MIN_AUTOMATIC_LENGTH = 16 << 10;
  private static final int MAX_AUTOMATIC_LENGTH = 16 << 20;

  /** Told how far hashing is, on the thread that called the builder, about ten times a second and at the end. */
  public interface Progress {
    /** So many bytes of so many have been hashed. An exception ends the hashing and goes to the caller. */
    void onHashed(long bytes, long totalBytes);
  }

  /** Where the bytes come from; everything about them that goes into the info dictionary but the hashes. */
  private interface Content {
    byte[] name();

    long totalLength();

    /** Null for a single file. */
    @Nullable BencodeList files();

    byte[] hashes(PieceLayout layout, Progress progress) throws IOException;

    /** What errors call it. */
    String title();

    default List<Path> leftOut() {
      return List.of();
    }
  }

  private interface ContentScan {
    Content scan() throws IOException;
  }

  private final ContentScan source;
  private int pieceLength;
  private List<List<String>> tiers = new ArrayList<>();
  private boolean privateTorrent;
  private @Nullable String comment;
  private @Nullable Instant creationDate;
  private Limits limits = Limits.defaults();
  private Progress progress = (bytes, total) -> {};
  private List<Path> leftOut = List.of();

  private MetainfoBuilder(ContentScan source) {
    this.source = source;
  }

  /**
   * Of a file, or of all files below a directory. They are looked at when the torrent is built, not before. Links below
   * the directory are left out, as is what is no regular file; see {@link #leftOut()}.
   */
  public static MetainfoBuilder of(Path fileOrDirectory) {
    return new MetainfoBuilder(() -> new DiskContent(fileOrDirectory, ContentFiles.scan(fileOrDirectory)));
  }

  /** Of a single file that exists in memory only. The array is not copied. */
  public static MetainfoBuilder ofBytes(String name, byte[] content) {
    return new MetainfoBuilder(() -> new MemoryContent(name, null, ByteBuffer.wrap(content)));
  }

  /** Of several files in memory, in the map's order; keys are paths with '/' between the elements. */
  public static MetainfoBuilder ofFiles(String name, Map<String, byte[]> files) {
    List<BencodeDictionary> entries = new ArrayList<>();
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    files.forEach(
        (path, bytes) -> {
          List<BencodeBytes> elements = Arrays.stream(path.split("/", -1)).map(BencodeValue::of).toList();
          entries.add(fileEntry(elements, bytes.length));
          content.writeBytes(bytes);
        });
    BencodeList list = BencodeList.of(entries);
    ByteBuffer all = ByteBuffer.wrap(content.toByteArray());
    return new MetainfoBuilder(() -> new MemoryContent(name, list, all));
  }

  /**
   * Of a single file whose hashes are known.
   *
   * @param length bytes
   * @param pieceLength bytes
   * @param hashes 20 bytes for each piece
   */
  public static MetainfoBuilder ofHashes(String name, long length, int pieceLength, byte[] hashes) {
    ByteBuffer known = ByteBuffer.wrap(hashes.clone());
    return new MetainfoBuilder(() -> new KnownContent(name, length, known)).pieceLength(pieceLength);
  }

  /** Bytes per piece, any positive number; without it a power of two that gives some 1000 to 2000 pieces. */
  public MetainfoBuilder pieceLength(int bytes) {
    if (bytes < 1 || bytes > limits.maxPieceLength()) {
      throw new MetainfoException("piece length " + bytes + " is not between 1 and " + limits.maxPieceLength());
    }
    pieceLength = bytes;
    return this;
  }

  /** One more tracker, as a tier of its own: it is asked when those before it do not answer (BEP 12). */
  public MetainfoBuilder tracker(String url) {
    tiers.add(List.of(checkUrl(url)));
    return this;
  }

  /** These tiers of trackers instead of all that were given before. */
  public MetainfoBuilder trackers(List<List<String>> newTiers) {
    List<List<String>> checked = new ArrayList<>();
    for (List<String> tier : newTiers) {
      if (!tier.isEmpty()) {
        checked.add(tier.stream().map(MetainfoBuilder::checkUrl).toList());
      }
    }
    tiers = checked;
    return this;
  }

  /** Whether peers may come from these trackers only (BEP 27). It changes the info-hash. */
  public MetainfoBuilder privateTorrent(boolean value) {
    privateTorrent = value;
    return this;
  }

  public MetainfoBuilder comment(String text) {
    comment = text;
    return this;
  }

  /** When the torrent was made, in whole seconds; without it the .torrent does not say. */
  public MetainfoBuilder creationDate(Instant date) {
    creationDate = date;
    return this;
  }

  public MetainfoBuilder limits(Limits newLimits) {
    limits = newLimits;
    return this;
  }

  public MetainfoBuilder progress(Progress listener) {
    progress = listener;
    return this;
  }

  /** The links and special files that the last build left out. */
  public List<Path> leftOut() {
    return leftOut;
  }

  /**
   * Hashes the content, on all cores, and gives the bytes of the .torrent. An interrupt ends it.
   *
   * @throws IOException if a file cannot be read or changes meanwhile, or the thread is interrupted
   * @throws MetainfoException if the content is empty or a limit is exceeded; found before anything is hashed
   */
  public byte[] encode() throws IOException {
    Content content = source.scan();
    leftOut = content.leftOut();
    if (content.totalLength() < 1) {
      throw new MetainfoException(content.title() + ": it is empty, there is nothing to share");
    }
    PieceLayout layout = layout(content);
    // Hashing may take hours: whatever a reader would refuse is to be found before.
    Metainfo.parse(torrent(content, layout, new byte[layout.pieceCount() * Metainfo.HASH_LENGTH]), limits);
    return torrent(content, layout, content.hashes(layout, progress));
  }

  /** As {@link #encode()}, read back. */
  public Metainfo build() throws IOException {
    return Metainfo.parse(encode(), limits);
  }

  /**
   * As {@link #encode()}, written to a file, which appears with its whole content or not at all.
   *
   * @param overwrite whether a file that is there may be replaced; never a directory, pipe or device
   * @throws FileAlreadyExistsException if one is there and may not; then nothing is hashed
   */
  public Metainfo write(Path target, boolean overwrite) throws IOException {
    if (!overwrite && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    if (overwrite && Files.exists(target) && !Files.isRegularFile(target)) {
      throw new IOException(target + " is not a regular file, and only such a file is replaced");
    }
    byte[] torrent = encode();
    WholeFile.write(target, torrent, overwrite);
    return Metainfo.parse(torrent, limits);
  }

  /** The piece length that is taken for so many bytes if none is given. */
  public static int automaticPieceLength(long totalLength) {
    long length = MIN_AUTOMATIC_LENGTH;
    while (length < MAX_AUTOMATIC_LENGTH && (totalLength - 1) / length >= MAX_AUTOMATIC_PIECES) {
      length *= 2;
    }
    return (int) length;
  }

  private PieceLayout layout(Content content) {
    long total = content.totalLength();
    long workable = MIN_AUTOMATIC_LENGTH;
    while (workable <= limits.maxPieceLength() && (total - 1) / workable >= limits.maxPieces()) {
      workable *= 2;
    }
    if (workable > limits.maxPieceLength()) {
      throw new MetainfoException(content.title() + ": " + total + " bytes are too many for one torrent");
    }
    if (pieceLength == 0) {
      return new PieceLayout(total, (int) Math.max(workable, automaticPieceLength(total)));
    }
    if ((total - 1) / pieceLength >= limits.maxPieces()) {
      throw new MetainfoException(
          content.title() + ": piece length " + pieceLength + " makes " + ((total - 1) / pieceLength + 1)
              + " pieces, but at most " + limits.maxPieces() + " are allowed; " + workable + " would do");
    }
    return new PieceLayout(total, pieceLength);
  }

  private byte[] torrent(Content content, PieceLayout layout, byte[] hashes) {
    Map<String, BencodeValue> info = new TreeMap<>();
    BencodeList files = content.files();
    if (files == null) {
      info.put("length", BencodeValue.of(layout.totalLength()));
    } else {
      info.put("files", files);
    }
    info.put("name", BencodeValue.of(content.name()));
    info.put("piece length", BencodeValue.of(layout.pieceLength()));
    info.put("pieces", BencodeValue.of(hashes));
    if (privateTorrent) {
      info.put("private", BencodeValue.of(1));
    }
    Map<String, BencodeValue> root = new TreeMap<>();
    if (!tiers.isEmpty()) {
      root.put("announce", BencodeValue.of(tiers.get(0).get(0)));
      if (tiers.size() > 1 || tiers.get(0).size() > 1) {
        root.put(
            "announce-list",
            BencodeList.of(
                tiers.stream().map(tier -> BencodeList.of(tier.stream().map(BencodeValue::of).toList())).toList()));
      }
    }
    if (comment != null) {
      root.put("comment", BencodeValue.of(comment));
    }
    root.put("created by", BencodeValue.of(CREATED_BY));
    if (creationDate != null) {
      root.put("creation date", BencodeValue.of(creationDate.getEpochSecond()));
    }
    root.put("info", BencodeDictionary.of(info));
    return Bencode.encode(BencodeDictionary.of(root));
  }

  private static BencodeDictionary fileEntry(List<BencodeBytes> path, long length) {
    return BencodeDictionary.of(Map.of("length", BencodeValue.of(length), "path", BencodeList.of(path)));
  }

  private static String checkUrl(String url) {
    if (url.isEmpty() || url.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      throw new MetainfoException("not a tracker's URL: '" + url.replaceAll("\\p{Cntrl}", "?") + "'");
    }
    if (!TRACKER_URL.matcher(url).lookingAt()) {
      throw new MetainfoException(
          "not a tracker's URL: '" + url + "' does not begin with http://, https:// or udp:// and a host");
    }
    return url;
  }

  private record DiskContent(Path root, ContentFiles found) implements Content {
    @Override
    public byte[] name() {
      return found.name;
    }

    @Override
    public long totalLength() {
      return found.totalLength;
    }

    @Override
    public @Nullable BencodeList files() {
      if (!found.directory) {
        return null;
      }
      return BencodeList.of(
          found.entries.stream()
              .map(entry -> fileEntry(entry.path().stream().map(BencodeValue::of).toList(), entry.length()))
              .toList());
    }

    @Override
    public byte[] hashes(PieceLayout layout, Progress progress) throws IOException {
      byte[] hashes = PieceHasher.hash(layout, found::open, progress);
      found.requireUnchanged();
      return hashes;
    }

    @Override
    public String title() {
      return root.toString();
    }

    @Override
    public List<Path> leftOut() {
      return found.leftOut;
    }
  }

  private record MemoryContent(String fileName, @Nullable BencodeList files, ByteBuffer bytes) implements Content {
    @Override
    public byte[] name() {
      return fileName.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public long totalLength() {
      return bytes.capacity();
    }

    @Override
    public byte[] hashes(PieceLayout layout, Progress progress) throws IOException {
      return PieceHasher.hash(
          layout,
          () ->
              new PieceHasher.Source() {
                @Override
                public void read(long offset, ByteBuffer target) {
                  target.put(bytes.slice((int) offset, target.remaining()));
                }

                @Override
                public void close() {}
              },
          progress);
    }

    @Override
    public String title() {
      return fileName;
    }
  }

  private record KnownContent(String fileName, long totalLength, ByteBuffer known) implements Content {
    @Override
    public byte[] name() {
      return fileName.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public @Nullable BencodeList files() {
      return null;
    }

    @Override
    public byte[] hashes(PieceLayout layout, Progress progress) {
      if (known.capacity() != layout.pieceCount() * (long) Metainfo.HASH_LENGTH) {
        throw new MetainfoException(
            fileName + ": " + known.capacity() + " bytes of hashes for " + layout.pieceCount() + " pieces");
      }
      byte[] hashes = new byte[known.capacity()];
      known.get(0, hashes);
      return hashes;
    }

    @Override
    public String title() {
      return fileName;
    }
  }
}
