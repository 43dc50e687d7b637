package io.minibit.cli;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the classroom program keeps what it makes:
 *
 * <pre>
 * peers/blocks/block_0.bin …            every block of the file
 * peers/peer_1/blocks/block_3.bin …     what peer 1 has
 * peers/peer_1/peer.log                 what it does
 * peers/photo.jpg.torrent               the hashes of the blocks and the tracker
 * peers/.minibit/                       what split made and which processes run; for the owner only
 * reconstructed/peer_1.jpg              what peer 1 has rebuilt
 * </pre>
 *
 * @param directory around all that
 */
record Classroom(Path directory) {
  private static final String PROCESS_SUFFIX = ".process";

  /** The name of the tracker among the processes. */
  static final String TRACKER = "tracker";

  Path peers() {
    return directory.resolve("peers");
  }

  Path blocks() {
    return peers().resolve("blocks");
  }

  static String peerName(int number) {
    return "peer_" + number;
  }

  Path peer(int number) {
    return peers().resolve(peerName(number));
  }

  Path peerBlocks(int number) {
    return peer(number).resolve("blocks");
  }

  Path peerLog(int number) {
    return peer(number).resolve("peer.log");
  }

  Path reconstructed() {
    return directory.resolve("reconstructed");
  }

  /**
   * The rebuilt file of a peer.
   *
   * @param name of the original, whose extension it has
   */
  Path reconstructed(int number, String name) {
    return reconstructed().resolve(peerName(number) + extension(name));
  }

  /** With its dot; empty if there is none. */
  static String extension(String name) {
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? "" : name.substring(dot);
  }

  Path state() {
    return peers().resolve(".minibit");
  }

  Path trackerLog() {
    return state().resolve("tracker.log");
  }

  Path splitRecord() {
    return state().resolve("split.properties");
  }

  Path lockFile() {
    return state().resolve("lock");
  }

  /** Where the process of this name says how to reach it. */
  Path processFile(String name) {
    return state().resolve(name + PROCESS_SUFFIX);
  }

  boolean isSplit() {
    return Files.exists(splitRecord(), LinkOption.NOFOLLOW_LINKS);
  }

  /** What the last split made. */
  SplitRecord requireSplit() throws IOException {
    if (!isSplit()) {
      throw CommandException.failed("there is nothing to trade in " + peers() + "; run 'minibit split FILE' first");
    }
    return SplitRecord.read(splitRecord());
  }

  /** The torrent that the last split wrote, last of all. */
  Metainfo readTorrent(SplitRecord split) throws IOException {
    Path torrent = peers().resolve(split.torrent());
    if (!Files.exists(torrent, LinkOption.NOFOLLOW_LINKS)) {
      throw CommandException.failed(
          torrent + " is missing: the split was interrupted; run 'minibit cleanup' and split again");
    }
    requirePlain(torrent);
    try {
      return Metainfo.read(torrent);
    } catch (MetainfoException e) {
      throw CommandException.misused(torrent + ": " + e.getMessage(), e);
    }
  }

  /** The peers of the last split that have a directory. */
  List<Integer> peerNumbers(SplitRecord split) {
    List<Integer> numbers = new ArrayList<>();
    for (int number = 1; number <= split.peers(); number++) {
      if (Files.isDirectory(peer(number))) {
        numbers.add(number);
      }
    }
    return numbers;
  }

  /** The processes that said that they can be reached and have not taken it back, crashed ones included; by name. */
  List<ProcessEntry> processes() throws IOException {
    List<ProcessEntry> entries = new ArrayList<>();
    if (!hasState()) {
      return entries;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(state(), "*" + PROCESS_SUFFIX)) {
      for (Path file : files) {
        try {
          entries.add(ProcessEntry.read(file));
        } catch (NoSuchFileException e) {
          // It has just ended.
        }
      }
    }
    entries.sort(ProcessEntry.BY_NAME);
    return entries;
  }

  /** Those that run now. */
  List<ProcessEntry> running() throws IOException {
    return processes().stream().filter(ProcessEntry::isRunning).toList();
  }

  /** Whether any of these commands was here since the last cleanup. */
  boolean hasState() {
    return Files.isDirectory(state(), LinkOption.NOFOLLOW_LINKS);
  }

  /** Makes the directory of the state, which only its owner can look into. */
  void makeState() throws IOException {
    requireNoLink(peers());
    requireNoLink(state());
    Files.createDirectories(peers());
    if (!hasState()) {
      Files.createDirectory(state(), ownerOnly("rwx------"));
    }
  }

  /**
   * That none of the directories in which these peers make files is a link: they would be made elsewhere, where no cleanup
   * finds them.
   */
  void requireNoLinks(int firstPeer, int lastPeer) {
    requireNoLink(peers());
    requireNoLink(blocks());
    for (int number = firstPeer; number <= lastPeer; number++) {
      requireNoLink(peer(number));
      requireNoLink(peerBlocks(number));
    }
    requireNoLink(reconstructed());
  }

  private static void requireNoLink(Path directory) {
    if (Files.isSymbolicLink(directory)) {
      throw CommandException.failed("link " + directory + " is in the way: nothing is written through links");
    }
  }

  /** That nobody put a link or a device where a file of ours is, or a pipe, which would be waited for without an end. */
  static void requirePlain(Path file) {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw CommandException.failed(file + " is in the way: it is not a regular file");
    }
  }

  /** For a new file or directory; nothing where the file system has other ideas of permissions. */
  static FileAttribute<?>[] ownerOnly(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
