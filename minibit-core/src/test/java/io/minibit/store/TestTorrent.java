package io.minibit.store;

import io.minibit.metainfo.PieceLayout;
import io.minibit.metainfo.TorrentFile;
import io.minibit.model.SeededRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A torrent's files with random content, as tests of stores need it. */
final class TestTorrent {
  private final PieceLayout layout;
  private final List<TorrentFile> files;
  private final byte[] content;

  private TestTorrent(PieceLayout layout, List<TorrentFile> files, byte[] content) {
    this.layout = layout;
    this.files = files;
    this.content = content;
  }

  /** One file "file" of this length. */
  static TestTorrent single(int pieceLength, int length) {
    TorrentFile file = new TorrentFile(List.of("file"), 0, length, false);
    return of(pieceLength, List.of(file), new SeededRandom(1));
  }

  /** Files t/0, t/1, … of these lengths; a negative one stands for a pad file. */
  static TestTorrent multi(int pieceLength, int... lengths) {
    List<TorrentFile> files = new ArrayList<>();
    long offset = 0;
    for (int i = 0; i < lengths.length; i++) {
      int length = Math.abs(lengths[i]);
      files.add(new TorrentFile(List.of("t", String.valueOf(i)), offset, length, lengths[i] < 0));
      offset += length;
    }
    return of(pieceLength, files, new SeededRandom(2));
  }

  /** Up to a dozen files in nested directories, some empty, some padding; pieces of 1 to 100 bytes. */
  static TestTorrent random(SeededRandom random) {
    List<TorrentFile> files = new ArrayList<>();
    long offset = 0;
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count || offset == 0; i++) {
      int length = random.nextInt(3) == 0 ? 0 : random.nextInt(120);
      List<String> path = new ArrayList<>(List.of("t"));
      for (int depth = random.nextInt(3); depth > 0; depth--) {
        path.add("d" + random.nextInt(3));
      }
      path.add("f" + i);
      files.add(new TorrentFile(path, offset, length, random.nextInt(5) == 0));
      offset += length;
    }
    return of(1 + random.nextInt(100), files, random);
  }

  private static TestTorrent of(int pieceLength, List<TorrentFile> files, SeededRandom random) {
    TorrentFile last = files.get(files.size() - 1);
    byte[] content = new byte[(int) (last.offset() + last.length())];
    random.nextBytes(content);
    for (TorrentFile file : files) {
      if (file.padding()) {
        Arrays.fill(content, (int) file.offset(), (int) (file.offset() + file.length()), (byte) 0);
      }
    }
    return new TestTorrent(new PieceLayout(content.length, pieceLength), List.copyOf(files), content);
  }

  PieceLayout layout() {
    return layout;
  }

  List<TorrentFile> files() {
    return files;
  }

  /** All files' bytes; not a copy. */
  byte[] content() {
    return content;
  }

  Path path(Path directory, int file) {
    Path path = directory;
    for (String element : files.get(file).path()) {
      path = path.resolve(element);
    }
    return path;
  }

  byte[] contentOf(TorrentFile file) {
    return Arrays.copyOfRange(content, (int) file.offset(), (int) (file.offset() + file.length()));
  }

  byte[] piece(int piece) {
    int offset = (int) layout.offset(piece);
    return Arrays.copyOfRange(content, offset, offset + layout.length(piece));
  }

  void write(PieceStore store, int piece) throws IOException {
    store.write(piece, new ByteBuffer[] {ByteBuffer.wrap(piece(piece))});
  }

  void writeAll(PieceStore store) throws IOException {
    for (int piece = 0; piece < layout.pieceCount(); piece++) {
      write(store, piece);
    }
  }

  static byte[] read(PieceStore store, int piece, int begin, int length) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(length);
    store.read(piece, begin, target);
    return target.array();
  }

  byte[] read(PieceStore store, int piece) throws IOException {
    return read(store, piece, 0, layout.length(piece));
  }
}
