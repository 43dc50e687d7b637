package io.minibit.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Removes what {@code split} and the processes made, by its names, and nothing else: what else is there stays, with the
 * directories around it. Links are not followed and not removed. Once only.
 */
final class Removal {
  private static final Pattern BLOCK = Pattern.compile("block_(\\d{1,9})\\.bin(\\.part)?");

  private final Classroom classroom;
  private final List<Path> kept = new ArrayList<>();
  private int removed;

  Removal(Classroom classroom) {
    this.classroom = classroom;
  }

  /** Removes it, the record of the split last, so that it may be interrupted and done again. */
  void remove() throws IOException {
    SplitRecord split = classroom.isSplit() ? SplitRecord.read(classroom.splitRecord()) : null;
    if (split != null) {
      removeSplit(split);
    }
    Path state = classroom.state();
    removeFiles(
        state,
        name ->
            name.endsWith(".process") || name.endsWith(".process.tmp") || name.equals("tracker.log")
                || name.equals("split.properties.tmp"),
        name -> name.equals("lock") || name.equals("split.properties"));
    Files.deleteIfExists(classroom.splitRecord());
  }

  /** The rest of {@link #remove}, for whoever is not going to use the classroom any more: lock and directories. */
  void removeState() throws IOException {
    Files.deleteIfExists(classroom.lockFile());
    removeIfEmpty(classroom.state());
    removeIfEmpty(classroom.peers());
  }

  private void removeSplit(SplitRecord split) throws IOException {
    List<String> directories = new ArrayList<>(List.of(".minibit", "blocks"));
    List<String> rebuilt = new ArrayList<>();
    removeBlocks(classroom.blocks(), split);
    for (int number = 1; number <= split.peers(); number++) {
      directories.add(Classroom.peerName(number));
      if (isDirectory(classroom.peer(number))) {
        removeBlocks(classroom.peerBlocks(number), split);
        removeFiles(classroom.peer(number), name -> name.equals("peer.log"), name -> name.equals("blocks"));
        removeIfEmpty(classroom.peer(number));
      }
      rebuilt.addAll(RebuiltFile.names(number, split.name()));
    }
    removeFiles(classroom.reconstructed(), rebuilt::contains, name -> false);
    removeIfEmpty(classroom.reconstructed());
    removeFiles(classroom.peers(), name -> name.equals(split.torrent()), directories::contains);
  }

  private void removeBlocks(Path directory, SplitRecord split) throws IOException {
    removeFiles(
        directory,
        name -> {
          Matcher block = BLOCK.matcher(name);
          return block.matches() && Integer.parseInt(block.group(1)) < split.blocks();
        },
        name -> false);
    removeIfEmpty(directory);
  }

  /**
   * Removes the files of a directory that are ours.
   *
   * @param looksOurs by its name
   * @param skipped by its name: dealt with elsewhere, if it is no link
   */
  private void removeFiles(Path directory, Predicate<String> looksOurs, Predicate<String> skipped) throws IOException {
    if (Files.isSymbolicLink(directory)) {
      kept.add(directory);
    }
    if (!isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = nameOf(entry);
        if (looksOurs.test(name) && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
          Files.delete(entry);
          removed++;
        } else if (!skipped.test(name)) {
          kept.add(entry);
        }
      }
    }
  }

  private static String nameOf(Path path) {
    @Nullable Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }

  private static boolean isDirectory(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static void removeIfEmpty(Path directory) throws IOException {
    if (!isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      if (entries.iterator().hasNext()) {
        return;
      }
    }
    Files.delete(directory);
  }

  /** Files. */
  int removed() {
    return removed;
  }

  /** What is there besides. */
  List<Path> kept() {
    return List.copyOf(kept);
  }
}
