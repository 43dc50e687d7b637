/**
 * Internal. Every decision of a torrent, without any I/O.
 *
 * <p>Read {@link io.minibit.engine.TorrentEngine} first: it is the list of all that can happen. {@link
 * io.minibit.engine.EnginePort} is what the engine asks of the world, {@link io.minibit.engine.PeerBudget} what the torrents
 * of one peer share. Then the parts, each one idea: Lifecycle, Connections, PieceBook with RarityIndex, Downloader,
 * Uploader, ChokingRounds, Dialer, Announcer, Blame. Time is what the last event said it is; chance comes from one seeded
 * source; so the same events always lead to the same answers.
 */
@NullMarked
package io.minibit.engine;

import org.jspecify.annotations.NullMarked;
