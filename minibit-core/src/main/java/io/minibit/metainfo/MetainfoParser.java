package io.minibit.metainfo;

import io.minibit.bencode.BencodeBytes;
import io.minibit.bencode.BencodeDictionary;
import io.minibit.bencode.BencodeInteger;
import io.minibit.bencode.BencodeList;
import io.minibit.bencode.BencodeValue;
import io.minibit.model.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the keys of one .torrent into plain fields, for {@link Metainfo}. What is wrong is told with its key path. */
final class MetainfoParser {
  /** Elements of all paths together: each may be a directory with some 200 bytes of memory. */
  private static final int MAX_PATH_ELEMENTS = 1 << 20;

  /** More trackers are not used: nobody needs them, and each costs an announce. */
  private static final int MAX_TRACKERS = 500;

  private static final int MAX_URL_BYTES = 4096;

  /** Four letters are defined; what is much longer is something else. */
  private static final int MAX_ATTRIBUTES = 100;

  /** The last second of the year 9999. */
  private static final long MAX_DATE = 253_402_300_799L;

  final byte[] rawInfo;
  final int hashesStart;
  final InfoHash infoHash;
  final String name;
  final PieceLayout layout;
  final List<TorrentFile> files = new ArrayList<>();
  final boolean multiFile;
  final boolean isPrivate;
  final List<List<String>> trackers;
  final @Nullable String comment;
  final @Nullable String createdBy;
  final @Nullable Instant creationDate;

  private final Limits limits;
  private final ReadingMemory memory;
  private int pathElements;

  MetainfoParser(BencodeDictionary root, Limits limits, ReadingMemory memory) {
    this.limits = limits;
    this.memory = memory;
    BencodeDictionary info = info(root);
    rawInfo = info.rawBytes();
    infoHash = InfoHash.of(PieceHasher.newSha1().digest(rawInfo));

    Long version = info.getLong("meta version");
    if (version != null && (version < 1 || version > 2)) {
      throw new MetainfoException("info.meta version: " + version + " is not supported");
    }
    boolean hybrid = info.get("file tree") != null;
    if (info.get("pieces") == null && (hybrid || (version != null && version == 2))) {
      throw new MetainfoException("a torrent of version 2 only (BEP 52) is not supported yet");
    }

    BencodeBytes rawName = preferUtf8(info, "name");
    if (rawName == null) {
      throw new MetainfoException("info.name: " + missing(info.get("name"), "byte string"));
    }
    memory.text(rawName.length());
    name = cleanName(rawName);
    int pieceLength = pieceLength(info);
    BencodeList fileList = fileList(info);
    multiFile = fileList != null;
    List<V2FileTree.Leaf> v1Files = hybrid ? new ArrayList<>() : List.of();
    long total =
        fileList == null
            ? addSingleFile(info, rawName, hybrid, v1Files)
            : addFiles(fileList, NameCleaner.decode(rawName.toBytes()), hybrid, v1Files);
    if (total == 0) {
      throw new MetainfoException("info: all files are empty, there is nothing to share");
    }
    if ((total - 1) / pieceLength >= limits.maxPieces()) {
      throw new MetainfoException(
          "info.piece length: " + pieceLength + " makes more than " + limits.maxPieces() + " pieces of " + total
              + " bytes");
    }
    layout = new PieceLayout(total, pieceLength);
    hashesStart = hashes(info, layout.pieceCount()).contentStart() - info.start();
    if (hybrid) {
      V2FileTree.requireSame(info, v1Files);
    }

    Long privateFlag = info.getLong("private");
    isPrivate = privateFlag != null && privateFlag == 1;
    trackers = trackers(root);
    comment = text(root, "comment");
    createdBy = text(root, "created by");
    Long date = root.getLong("creation date");
    creationDate = date == null || date < 0 || date > MAX_DATE ? null : Instant.ofEpochSecond(date);
  }

  private static BencodeDictionary info(BencodeDictionary root) {
    BencodeValue info = null;
    for (BencodeDictionary.Entry entry : root) {
      if (entry.key().is("info")) {
        if (info != null) {
          throw new MetainfoException("info: it is there twice");
        }
        info = entry.value();
      }
    }
    if (info instanceof BencodeDictionary dictionary) {
      return dictionary;
    }
    throw new MetainfoException("info: " + missing(info, "dictionary"));
  }

  private String cleanName(BencodeBytes raw) {
    String text = NameCleaner.decode(raw.toBytes());
    if (NameCleaner.isBlank(text)) {
      throw new MetainfoException("info.name: there is no visible character in it");
    }
    String cleaned = NameCleaner.clean(text);
    return cleaned.equals(NameCleaner.PLACEHOLDER) ? infoHash.toString() : cleaned;
  }

  private int pieceLength(BencodeDictionary info) {
    if (!(info.get("piece length") instanceof BencodeInteger length)) {
      throw new MetainfoException("info.piece length: " + missing(info.get("piece length"), "integer"));
    }
    if (length.value() < 1 || length.value() > limits.maxPieceLength()) {
      throw new MetainfoException(
          "info.piece length: " + length.value() + " is not between 1 and " + limits.maxPieceLength());
    }
    return (int) length.value();
  }

  private static @Nullable BencodeList fileList(BencodeDictionary info) {
    BencodeValue files = info.get("files");
    if (files == null) {
      return null;
    }
    if (info.get("length") != null) {
      throw new MetainfoException("info: there is a length and a list of files, only one of them can hold");
    }
    if (files instanceof BencodeList list) {
      return list;
    }
    throw new MetainfoException("info.files: " + missing(files, "list"));
  }

  private long addSingleFile(
      BencodeDictionary info, BencodeBytes rawName, boolean hybrid, List<V2FileTree.Leaf> v1Files) {
    long length = length(info, "info");
    List<String> named = List.of(NameCleaner.decode(rawName.toBytes()));
    files.add(new TorrentFile(List.of(name), 0, length, false, named));
    if (hybrid) {
      v1Files.add(new V2FileTree.Leaf(List.of(rawName), length));
    }
    return length;
  }

  private long addFiles(
      BencodeList list, String rawName, boolean hybrid, List<V2FileTree.Leaf> v1Files) {
    NameTree names = new NameTree(name);
    long offset = 0;
    int index = 0;
    for (BencodeValue value : list) {
      if (index == limits.maxFiles()) {
        throw new MetainfoException("info.files: more than " + limits.maxFiles() + " files");
      }
      String key = "info.files[" + index++ + "]";
      if (!(value instanceof BencodeDictionary file)) {
        throw new MetainfoException(key + ": " + missing(value, "dictionary"));
      }
      boolean padding = hasAttribute(file, 'p');
      boolean link = hasAttribute(file, 'l');
      // A link has no bytes of its own (BEP 47). It is not made either: it could lead out of the directory.
      long length = link && file.get("length") == null ? 0 : length(file, key);
      List<BencodeBytes> path = path(file, key, padding);
      if (hybrid && !padding) {
        v1Files.add(new V2FileTree.Leaf(path, link ? 0 : length));
      }
      if (link) {
        continue;
      }
      List<String> named = new ArrayList<>(path.size() + 1);
      named.add(rawName);
      path.forEach(element -> named.add(NameCleaner.decode(element.toBytes())));
      List<String> text = named.subList(1, named.size());
      // Pad files of equal length usually have equal names; they are never stored, so that nothing collides.
      List<String> cleaned =
          padding ? List.of(name, ".pad", Long.toString(length)) : names.add(text, key + ".path");
      files.add(new TorrentFile(cleaned, offset, length, padding, padding ? cleaned : named));
      offset += length;
      if (offset < 0) {
        throw new MetainfoException(key + ".length: all files together exceed 2^63 bytes");
      }
    }
    return offset;
  }

  /** BEP 47: one letter for each. */
  static boolean hasAttribute(BencodeDictionary file, char letter) {
    BencodeBytes attributes = file.getBytes("attr");
    return attributes != null
        && attributes.length() <= MAX_ATTRIBUTES
        && attributes.toText().indexOf(letter) >= 0;
  }

  private static long length(BencodeDictionary file, String key) {
    if (!(file.get("length") instanceof BencodeInteger length)) {
      throw new MetainfoException(key + ".length: " + missing(file.get("length"), "integer"));
    }
    if (length.value() < 0) {
      throw new MetainfoException(key + ".length: " + length.value() + " is negative");
    }
    return length.value();
  }

  private List<BencodeBytes> path(BencodeDictionary file, String key, boolean padding) {
    BencodeList list = file.getList("path.utf-8");
    String pathKey = key + (list == null ? ".path" : ".path.utf-8");
    if (list == null) {
      BencodeValue path = file.get("path");
      if (path == null && padding) {
        return List.of();
      }
      if (!(path instanceof BencodeList found)) {
        throw new MetainfoException(pathKey + ": " + missing(path, "list"));
      }
      list = found;
    }
    List<BencodeBytes> elements = new ArrayList<>(4);
    for (BencodeValue value : list) {
      if (!(value instanceof BencodeBytes element)) {
        throw new MetainfoException(pathKey + "[" + elements.size() + "]: " + missing(value, "byte string"));
      }
      if (++pathElements > MAX_PATH_ELEMENTS) {
        throw new MetainfoException(pathKey + ": more than " + MAX_PATH_ELEMENTS + " path elements in all");
      }
      memory.pathElement(element.length());
      elements.add(element);
    }
    if (elements.isEmpty() && !padding) {
      throw new MetainfoException(pathKey + ": it is empty");
    }
    return elements;
  }

  private static BencodeBytes hashes(BencodeDictionary info, int pieceCount) {
    if (!(info.get("pieces") instanceof BencodeBytes pieces)) {
      throw new MetainfoException("info.pieces: " + missing(info.get("pieces"), "byte string"));
    }
    if (pieces.length() % Metainfo.HASH_LENGTH != 0) {
      throw new MetainfoException(
          "info.pieces: " + pieces.length() + " bytes is not a multiple of " + Metainfo.HASH_LENGTH);
    }
    int found = pieces.length() / Metainfo.HASH_LENGTH;
    if (found != pieceCount) {
      throw new MetainfoException("info.pieces: " + found + " hashes, but the files have " + pieceCount + " pieces");
    }
    return pieces;
  }

  /** BEP 12: the list wins if anything in it can be used. A URL counts once, where it comes first. */
  private static List<List<String>> trackers(BencodeDictionary root) {
    List<List<String>> tiers = new ArrayList<>();
    Set<String> known = new LinkedHashSet<>();
    BencodeList announceList = root.getList("announce-list");
    if (announceList != null) {
      for (BencodeValue tier : announceList) {
        List<String> urls = new ArrayList<>();
        if (tier instanceof BencodeList list) {
          list.forEach(value -> addUrl(value, known, urls));
        } else {
          addUrl(tier, known, urls);
        }
        if (!urls.isEmpty()) {
          tiers.add(List.copyOf(urls));
        }
        if (known.size() >= MAX_TRACKERS) {
          break;
        }
      }
    }
    if (tiers.isEmpty()) {
      List<String> urls = new ArrayList<>();
      addUrl(root.get("announce"), known, urls);
      if (!urls.isEmpty()) {
        tiers.add(urls);
      }
    }
    return List.copyOf(tiers);
  }

  private static void addUrl(@Nullable BencodeValue value, Set<String> known, List<String> urls) {
    if (!(value instanceof BencodeBytes bytes) || bytes.length() > MAX_URL_BYTES || known.size() >= MAX_TRACKERS) {
      return;
    }
    String url = bytes.toText().strip();
    if (!url.isEmpty() && url.chars().noneMatch(c -> c <= ' ' || c == 0x7f || c == 0xfffd) && known.add(url)) {
      urls.add(url);
    }
  }

  private static @Nullable BencodeBytes preferUtf8(BencodeDictionary dictionary, String key) {
    BencodeBytes utf8 = dictionary.getBytes(key + ".utf-8");
    return utf8 == null || utf8.length() == 0 ? dictionary.getBytes(key) : utf8;
  }

  private @Nullable String text(BencodeDictionary dictionary, String key) {
    BencodeBytes bytes = preferUtf8(dictionary, key);
    if (bytes == null) {
      return null;
    }
    memory.text(bytes.length());
    return bytes.toText();
  }

  static String missing(@Nullable BencodeValue value, String wanted) {
    return value == null ? "it is missing" : "it is no " + wanted;
  }
}
