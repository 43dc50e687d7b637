package io.minibit.metainfo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The paths of a torrent's files, cleaned and kept apart: no two files get the same path, and no file that of a
 * directory, on any file system. A later one is renamed ("a.1.txt"). Time and memory are linear in the names.
 */
final class NameTree {
  /** More files of one name in one directory are an attack or a mistake. */
  private static final int MAX_RENAMES = 100;

  /** Deeper paths cannot be created on common systems, and cost more than they are worth. */
  private static final int MAX_ELEMENTS = 128;

  private final Directory root;

  NameTree(String name) {
    root = new Directory(name);
  }

  /**
   * A path for a file; the root's name comes first.
   *
   * @param raw the elements as the torrent has them; at least one
   * @param key what to call the path in errors
   */
  List<String> add(List<String> raw, String key) {
    if (raw.size() > MAX_ELEMENTS) {
      throw new MetainfoException(key + ": deeper than " + MAX_ELEMENTS + " directories");
    }
    List<String> path = new ArrayList<>(raw.size() + 1);
    Directory directory = root;
    path.add(root.name);
    for (int i = 0; i < raw.size() - 1; i++) {
      directory = directory.enter(NameCleaner.clean(raw.get(i)), key);
      path.add(directory.name);
    }
    path.add(directory.claim(NameCleaner.clean(raw.get(raw.size() - 1)), key));
    return path;
  }

  private static final class Directory {
    final String name;
    private final Set<String> taken = new HashSet<>(4);
    private @Nullable Map<String, Directory> directories;
    private @Nullable Map<String, Integer> renamed;

    Directory(String name) {
      this.name = name;
    }

    Directory enter(String element, String key) {
      if (directories == null) {
        directories = new HashMap<>(4);
      }
      String folded = NameCleaner.fold(element);
      Directory directory = directories.get(folded);
      if (directory == null) {
        directory = new Directory(claim(element, key));
        directories.put(folded, directory);
      }
      return directory;
    }

    String claim(String element, String key) {
      String folded = NameCleaner.fold(element);
      if (taken.add(folded)) {
        return element;
      }
      if (renamed == null) {
        renamed = new HashMap<>(4);
      }
      // Starting where the last search ended keeps this linear; the cap bounds what prepared collisions can cost.
      for (int n = renamed.getOrDefault(folded, 0) + 1; n <= MAX_RENAMES; n++) {
        String other = NameCleaner.withSuffix(element, "." + n);
        if (taken.add(NameCleaner.fold(other))) {
          renamed.put(folded, n);
          return other;
        }
      }
      throw new MetainfoException(key + ": more than " + MAX_RENAMES + " files have this name");
    }
  }
}
