package io.minibit.store;

import io.minibit.metainfo.TorrentFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files that are there already under names that cleaning would change. Names are cleaned so that every system can
 * store them, but whoever shares a directory with {@code aux.c} in it, or with {@code README} beside {@code readme}, on a
 * system that has no trouble with them, has them under their own names.
 */
final class FilesInPlace {
  private FilesInPlace() {}

  /** The files, each with the path at which it is there, or else its cleaned one. No two get the same path. */
  static List<TorrentFile> of(TargetDirectory directory, List<TorrentFile> files) {
    if (files.stream().allMatch(file -> file.named().equals(file.path()))) {
      return files;
    }
    Set<Path> taken = new HashSet<>();
    for (TorrentFile file : files) {
      Path there = find(directory, file.path());
      if (there != null) {
        taken.add(there);
      }
    }
    Set<List<String>> cleaned = new HashSet<>();
    files.forEach(file -> cleaned.add(file.path()));
    List<TorrentFile> found = new ArrayList<>(files.size());
    for (TorrentFile file : files) {
      boolean candidate = !file.named().equals(file.path()) && !cleaned.contains(file.named());
      Path there = candidate && find(directory, file.path()) == null ? find(directory, file.named()) : null;
      boolean use = there != null && taken.add(there);
      found.add(use ? new TorrentFile(file.named(), file.offset(), file.length(), file.padding()) : file);
    }
    return found;
  }

  /** The real path of a file that is there, inside the directory; null if it is not, or is nothing that we would open. */
  private static @Nullable Path find(TargetDirectory directory, List<String> elements) {
    try {
      directory.resolve(elements);
      TargetDirectory.Entry entry = directory.find(elements);
      if (entry.attributes() == null) {
        return null;
      }
      Path there = entry.path().toRealPath();
      // What is noted about torrents is no content, under whatever name.
      String first = directory.root().relativize(there).getName(0).toString();
      return first.equalsIgnoreCase(ResumeFile.DIRECTORY) ? null : there;
    } catch (IOException e) {
      // Not a name that this system has, or something else is in its place: opening the cleaned one says what.
      return null;
    }
  }
}
