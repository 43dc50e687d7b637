package io.minibit.sim;

import io.minibit.engine.TorrentEngine;
import io.minibit.tracker.AnnounceRequest;

/**
 * What a simulated peer asks the tracker.
 *
 * @param node who asks
 * @param process the process that asks; nobody else wants the answer
 * @param time when it reaches the tracker
 */
record Announcement(Node node, TorrentEngine process, long time, AnnounceRequest request) {}
