package io.minibit.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of a store that are open now, the least recently used closed first. A channel is counted while it is used
 * and closes only when nobody uses it. Thread-safe; this monitor may be taken while a file's is held, never the other
 * way round, and no file is opened or closed under it.
 */
final class OpenFiles {
  /** An open file in use. The holder must give it to {@link OpenFiles#release}. */
  static final class Handle {
    final FileChannel channel;
    private final boolean writable;

    /** How many need it: users, the cache, a pin. Guarded by the cache. */
    private int references = 1;

    private Handle(FileChannel channel, boolean writable) {
      this.channel = channel;
      this.writable = writable;
    }

    /**
     * Writes several buffers at once; like any channel's write it may write less. A gathering write has no position of
     * its own, so it needs the channel's. Nothing is lost by the lock: file systems take writes to one file in turn.
     */
    synchronized long write(ByteBuffer[] data, int first, int count, long position) throws IOException {
      channel.position(position);
      return channel.write(data, first, count);
    }
  }

  private final int capacity;

  /** In the order of last use. */
  private final LinkedHashMap<StoredFile, Handle> cached = new LinkedHashMap<>(16, 0.75f, true);

  /** Kept open for slices, until cleared. */
  private final Map<StoredFile, Handle> pinned = new LinkedHashMap<>();

  /** Channels open or being opened. */
  private int open;

  private boolean closed;

  /**
   * With room for so many open files; more are open only while more threads than that use one.
   *
   * @param capacity at least 2
   */
  OpenFiles(int capacity) {
    this.capacity = capacity;
  }

  Handle acquire(StoredFile file, boolean writable) throws IOException {
    Handle hit = find(file, writable);
    if (hit != null) {
      return hit;
    }
    // One thread opens the file; others who want it wait for it, but nobody else does.
    synchronized (file) {
      hit = find(file, writable);
      if (hit != null) {
        return hit;
      }
      makeRoom();
      Handle opened = null;
      try {
        opened = new Handle(file.open(writable), writable);
      } finally {
        if (opened == null) {
          forgetOne();
        }
      }
      install(file, opened);
      return opened;
    }
  }

  void release(Handle handle) throws IOException {
    if (drop(handle)) {
      handle.channel.close();
    }
  }

  /** A handle that stays open until {@link #clear} or {@link #close}; null if too many files are kept open already. */
  @Nullable Handle pin(StoredFile file) throws IOException {
    synchronized (this) {
      Handle present = pinned.get(file);
      if (present != null && present.channel.isOpen()) {
        return present;
      }
      // Half of the room stays for reading and writing.
      if (present == null && pinned.size() >= capacity / 2) {
        return null;
      }
    }
    Handle handle = acquire(file, false);
    Handle surplus;
    synchronized (this) {
      Handle present = pinned.get(file);
      if (closed || (present != null && present.channel.isOpen())) {
        surplus = handle;
        handle = closed ? null : present;
      } else {
        surplus = pinned.put(file, handle);
      }
    }
    if (surplus != null) {
      release(surplus);
    }
    return handle;
  }

  /** Closes what is not in use, the rest as soon as it is released. */
  void clear() throws IOException {
    List<Handle> unused = new ArrayList<>();
    synchronized (this) {
      unused.addAll(cached.values());
      unused.addAll(pinned.values());
      cached.clear();
      pinned.clear();
    }
    closeAll(unused);
  }

  /** As {@link #clear}, and no file can be opened any more. */
  void close() throws IOException {
    synchronized (this) {
      closed = true;
    }
    clear();
  }

  synchronized int openCount() {
    return open;
  }

  private @Nullable Handle find(StoredFile file, boolean writable) throws IOException {
    Handle dead;
    synchronized (this) {
      if (closed) {
        throw new IOException("cannot use " + file.path + ": the store is closed");
      }
      Handle handle = cached.get(file);
      if (handle == null) {
        return null;
      }
      if (handle.channel.isOpen()) {
        if (writable && !handle.writable) {
          return null;
        }
        handle.references++;
        return handle;
      }
      // An interrupt of a thread that was using it closed it.
      cached.remove(file);
      dead = handle;
    }
    release(dead);
    return null;
  }

  private void makeRoom() throws IOException {
    List<Handle> unused = new ArrayList<>();
    synchronized (this) {
      open++;
      Iterator<Handle> eldest = cached.values().iterator();
      for (int surplus = open - capacity; surplus > 0 && eldest.hasNext(); ) {
        Handle handle = eldest.next();
        if (handle.references == 1) {
          eldest.remove();
          unused.add(handle);
          surplus--;
        }
      }
    }
    try {
      closeAll(unused);
    } catch (IOException e) {
      forgetOne();
      throw e;
    }
  }

  private synchronized void forgetOne() {
    open--;
  }

  private void install(StoredFile file, Handle opened) throws IOException {
    Handle replaced;
    synchronized (this) {
      if (closed) {
        return;
      }
      opened.references++;
      replaced = cached.put(file, opened);
    }
    if (replaced != null) {
      release(replaced);
    }
  }

  private synchronized boolean drop(Handle handle) {
    if (--handle.references > 0) {
      return false;
    }
    open--;
    return true;
  }

  private void closeAll(List<Handle> handles) throws IOException {
    IOException failure = null;
    for (Handle handle : handles) {
      try {
        release(handle);
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
