package io.minibit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the disk of a directory is mounted. When it is unmounted, an empty directory of another disk shows in its place:
 * what was on it is not lost, and nothing should be written to the other one. Systems that do not number their devices
 * cannot tell. Immutable.
 */
final class MountPoint {
  /** Null if the disk cannot go away while we run, or cannot be told from others. */
  private final @Nullable Path path;

  private final long device;

  private MountPoint(@Nullable Path path, long device) {
    this.path = path;
    this.device = device;
  }

  /** Of a directory that is there, without links. */
  static MountPoint of(Path directory) {
    long device = device(directory);
    Path highest = directory;
    Path parent = directory.getParent();
    while (device >= 0 && parent != null && device(parent) == device) {
      highest = parent;
      parent = parent.getParent();
    }
    return new MountPoint(device < 0 || parent == null ? null : highest, device);
  }

  /** That this disk, or another one, is mounted there. */
  void requireMounted() throws StoreUnavailableException {
    Path place = path;
    if (place == null) {
      return;
    }
    Path parent = place.getParent();
    long now = device(place);
    if (now != device && parent != null && now == device(parent)) {
      throw new StoreUnavailableException("nothing is mounted at " + place + " any more", null);
    }
  }

  /** -1 if there is no such thing. */
  private static long device(Path directory) {
    try {
      return Files.getAttribute(directory, "unix:dev", LinkOption.NOFOLLOW_LINKS) instanceof Long device ? device : -1;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return -1;
    }
  }
}
