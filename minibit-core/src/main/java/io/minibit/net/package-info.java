/**
 * Internal. The java.nio driver that runs engines over sockets, disks and trackers.
 *
 * <p>NetPeer is the peer; its Loop is the one selector thread that owns all sockets and engines. PeerSocket is one connection,
 * SendQueue and BlockReads its way out, PieceMemory its way in. TorrentDriver carries out what an engine decides;
 * NetTorrent is what users hold. Workers are the threads that may block; Callbacks the one that runs users' code.
 */
@NullMarked
package io.minibit.net;

import org.jspecify.annotations.NullMarked;
