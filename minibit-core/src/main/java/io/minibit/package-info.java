/**
 * Start reading here. A {@link io.minibit.Peer} takes part in swarms; each {@link io.minibit.Torrent} it joins fetches and
 * serves one torrent's pieces.
 *
 * <pre>{@code
 * Metainfo metainfo = Metainfo.read(Path.of("dataset.torrent"));
 * try (Peer peer = Peer.builder().build()) {
 *   Torrent torrent = peer.join(metainfo, FilePieceStore.open(metainfo, Path.of("downloads")));
 *   torrent.completion().join();
 * }
 * }</pre>
 */
@NullMarked
package io.minibit;

import org.jspecify.annotations.NullMarked;
