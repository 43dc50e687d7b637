package io.minibit.engine;

import io.minibit.metainfo.PieceLayout;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PieceSelectionStrategy;

/**
 * What an engine is made of.
 *
 * @param self our own listening endpoint, never dialed; its IP may be the wildcard
 * @param uploadLimit bytes per second of this torrent, {@link Long#MAX_VALUE} for none
 * @param downloadLimit bytes per second of this torrent, {@link Long#MAX_VALUE} for none
 * @param seedNanos how long to seed after completion, {@link Long#MAX_VALUE} for ever
 * @param superSeeding whether to reveal pieces one by one (BEP 16) once everything is held
 * @param hasTracker whether there is anybody to announce to
 */
public record EngineSettings(
    PieceLayout layout,
    PeerId ownId,
    PeerAddress self,
    Limits limits,
    PieceSelectionStrategy selection,
    ChokingStrategy choking,
    SeededRandom random,
    long uploadLimit,
    long downloadLimit,
    long seedNanos,
    boolean superSeeding,
    boolean hasTracker) {}
