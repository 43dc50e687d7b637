package io.minibit.model;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Every bound that MiniBit keeps, in one place. Immutable; {@link #defaults()} fits most programs, and
 * {@code Limits.defaults().with(l -> l.maxConnections = 1000)} changes one.
 *
 * @param maxTorrentBytes size of a .torrent file, bytes
 * @param maxBencodeDepth nesting of lists and dictionaries
 * @param maxPieces pieces of one torrent
 * @param maxPieceLength length of one piece, bytes
 * @param maxMessageBytes length of one peer message, bytes; a bitfield may always be as long as the torrent needs
 * @param maxServedBlock longest block served to a peer, bytes (we ask for 16 KiB ourselves)
 * @param maxIncomingRequests requests queued for one peer; a peer that sends more is closed
 * @param maxOutgoingRequests requests outstanding at one peer
 * @param maxConnections connections of one {@code Peer}, over all its torrents
 * @param maxConnectionsPerIp connections that one IP may make to one {@code Peer}, so that one machine cannot take every
 *     place; several peers behind one IP are normal, so it is generous, and loopback addresses are not counted
 * @param dialTarget connections of one torrent, made or being made, up to which it dials the peers it hears of; what is
 *     left of {@code maxConnections} is for peers that dial us, so that newcomers find a place in an old swarm; -1 means half
 *     of {@code maxConnections}
 * @param maxDialsPerSecond outgoing connection attempts of one {@code Peer}
 * @param maxKnownPeers endpoints remembered per torrent for dialing
 * @param connectTimeout for a connection to be established
 * @param handshakeTimeout for the remote handshake to arrive
 * @param silenceTimeout a peer silent for longer is closed
 * @param keepAliveInterval we send something at least this often
 * @param maxTrackerBytes body of a tracker's answer, bytes
 * @param trackerTimeout for a tracker to answer completely
 * @param stoppedTimeout for the last announce while closing
 * @param announceFloor regular announces are never closer, whatever a tracker says
 * @param announceDefault between announces when the tracker names no interval
 * @param pieceMemoryBytes memory for pieces being assembled, bytes; 0 means the smaller of 64 MiB and a third of the maximum heap
 * @param freshPieceBytes memory for pieces that were stored just now and that peers lack, whose blocks are sent without being
 *     read, bytes; 0 means the smallest of 16 MiB, a sixth of the maximum heap and {@code pieceMemoryBytes}, and what is less than
 *     a piece keeps none
 * @param readAheadBytes memory for blocks read from the store but not yet sent, bytes
 * @param maxMessagesPerSecond messages of one connection, long ones counted as several; the blocks that it trades allow it
 *     more. A peer that says more is not closed but read later, so that others do not wait for it
 * @param maxExtendedBytes extended messages that are longer are passed over, bytes: what is kept of messages that never end must
 *     be little, because every connection can have one
 * @param maxUnreadBytes messages, other than a bitfield and what is in blocks, that may wait for a peer that does not read, bytes;
 *     beyond, it is closed. All connections together never take more than a quarter of the maximum heap
 * @param maxFiles files of one torrent; far above the largest seen, some 10^5
 * @param maxRedirects redirects that one call of a tracker follows
 * @param checkpointInterval between notes of what is verified, while pieces come
 * @param flushDelay after the last piece, until everything is flushed: by then the system has written most by itself
 * @param maxTrackerConnections HTTP connections of one tracker server; further ones wait. Never more than a quarter of the
 *     maximum heap has room for
 * @param trackerRequestTimeout for a request to a tracker server to arrive, for its answer, and for its reply to be taken
 * @param maxSwarms torrents of one tracker; further ones are refused
 * @param maxPeersPerSwarm peers that a tracker lists of one torrent; further ones are answered but not listed
 * @param maxTrackerPeers peers that a tracker lists in all, a torrent counting as eight; 0 means what a third of the maximum heap
 *     has room for
 * @param maxHandout peers that a tracker hands out at once
 */
public record Limits(
    int maxTorrentBytes,
    int maxBencodeDepth,
    int maxPieces,
    int maxPieceLength,
    int maxMessageBytes,
    int maxServedBlock,
    int maxIncomingRequests,
    int maxOutgoingRequests,
    int maxConnections,
    int maxConnectionsPerIp,
    int dialTarget,
    int maxDialsPerSecond,
    int maxKnownPeers,
    Duration connectTimeout,
    Duration handshakeTimeout,
    Duration silenceTimeout,
    Duration keepAliveInterval,
    int maxTrackerBytes,
    Duration trackerTimeout,
    Duration stoppedTimeout,
    Duration announceFloor,
    Duration announceDefault,
    long pieceMemoryBytes,
    long freshPieceBytes,
    long readAheadBytes,
    int maxMessagesPerSecond,
    int maxExtendedBytes,
    int maxUnreadBytes,
    int maxFiles,
    int maxRedirects,
    Duration checkpointInterval,
    Duration flushDelay,
    int maxTrackerConnections,
    Duration trackerRequestTimeout,
    int maxSwarms,
    int maxPeersPerSwarm,
    int maxTrackerPeers,
    int maxHandout) {

  private static final Limits DEFAULTS = new Draft().toLimits();

  public Limits {
    require(maxTorrentBytes > 0, "maxTorrentBytes", maxTorrentBytes);
    require(maxBencodeDepth > 0, "maxBencodeDepth", maxBencodeDepth);
    require(maxPieces > 0, "maxPieces", maxPieces);
    require(maxPieceLength > 0, "maxPieceLength", maxPieceLength);
    require(maxMessageBytes > 0, "maxMessageBytes", maxMessageBytes);
    require(maxServedBlock > 0, "maxServedBlock", maxServedBlock);
    require(maxIncomingRequests > 0, "maxIncomingRequests", maxIncomingRequests);
    require(maxOutgoingRequests > 0, "maxOutgoingRequests", maxOutgoingRequests);
    require(maxConnections > 0, "maxConnections", maxConnections);
    require(maxConnectionsPerIp > 0, "maxConnectionsPerIp", maxConnectionsPerIp);
    require(dialTarget >= -1, "dialTarget", dialTarget);
    require(maxDialsPerSecond > 0, "maxDialsPerSecond", maxDialsPerSecond);
    require(maxKnownPeers > 0, "maxKnownPeers", maxKnownPeers);
    require(!connectTimeout.isNegative() && !connectTimeout.isZero(), "connectTimeout", connectTimeout);
    require(!handshakeTimeout.isNegative() && !handshakeTimeout.isZero(), "handshakeTimeout", handshakeTimeout);
    require(!silenceTimeout.isNegative() && !silenceTimeout.isZero(), "silenceTimeout", silenceTimeout);
    require(!keepAliveInterval.isNegative() && !keepAliveInterval.isZero(), "keepAliveInterval", keepAliveInterval);
    require(maxTrackerBytes > 0, "maxTrackerBytes", maxTrackerBytes);
    require(!trackerTimeout.isNegative() && !trackerTimeout.isZero(), "trackerTimeout", trackerTimeout);
    require(!stoppedTimeout.isNegative() && !stoppedTimeout.isZero(), "stoppedTimeout", stoppedTimeout);
    require(!announceFloor.isNegative() && !announceFloor.isZero(), "announceFloor", announceFloor);
    require(!announceDefault.isNegative() && !announceDefault.isZero(), "announceDefault", announceDefault);
    require(pieceMemoryBytes >= 0, "pieceMemoryBytes", pieceMemoryBytes);
    require(freshPieceBytes >= 0, "freshPieceBytes", freshPieceBytes);
    require(readAheadBytes > 0, "readAheadBytes", readAheadBytes);
    require(maxMessagesPerSecond > 0, "maxMessagesPerSecond", maxMessagesPerSecond);
    require(maxExtendedBytes > 0, "maxExtendedBytes", maxExtendedBytes);
    require(maxUnreadBytes > 0, "maxUnreadBytes", maxUnreadBytes);
    require(maxFiles > 0, "maxFiles", maxFiles);
    require(maxRedirects >= 0, "maxRedirects", maxRedirects);
    require(!checkpointInterval.isNegative() && !checkpointInterval.isZero(), "checkpointInterval", checkpointInterval);
    require(!flushDelay.isNegative() && !flushDelay.isZero(), "flushDelay", flushDelay);
    require(maxTrackerConnections > 0, "maxTrackerConnections", maxTrackerConnections);
    require(!trackerRequestTimeout.isNegative() && !trackerRequestTimeout.isZero(), "trackerRequestTimeout", trackerRequestTimeout);
    require(maxSwarms > 0, "maxSwarms", maxSwarms);
    require(maxPeersPerSwarm > 0, "maxPeersPerSwarm", maxPeersPerSwarm);
    require(maxTrackerPeers >= 0, "maxTrackerPeers", maxTrackerPeers);
    require(maxHandout > 0, "maxHandout", maxHandout);
  }

  public static Limits defaults() {
    return DEFAULTS;
  }

  /** A copy in which {@code change} has altered some of the values. */
  public Limits with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.toLimits();
  }

  private static void require(boolean valid, String name, Object value) {
    if (!valid) {
      throw new MiniBitException("limit " + name + " is out of range: " + value);
    }
  }

  /** The same values as plain fields, to be altered inside {@link Limits#with}. */
  public static final class Draft {
    public int maxTorrentBytes = 64 << 20;
    public int maxBencodeDepth = 100;
    public int maxPieces = 1 << 21;
    public int maxPieceLength = 512 << 20;
    public int maxMessageBytes = 1 << 20;
    public int maxServedBlock = 128 << 10;
    public int maxIncomingRequests = 2000;
    public int maxOutgoingRequests = 500;
    public int maxConnections = 200;
    public int maxConnectionsPerIp = 50;
    public int dialTarget = -1;
    public int maxDialsPerSecond = 30;
    public int maxKnownPeers = 2000;
    public Duration connectTimeout = Duration.ofSeconds(15);
    public Duration handshakeTimeout = Duration.ofSeconds(10);
    public Duration silenceTimeout = Duration.ofMinutes(2);
    public Duration keepAliveInterval = Duration.ofMinutes(1);
    public int maxTrackerBytes = 1 << 20;
    public Duration trackerTimeout = Duration.ofSeconds(30);
    public Duration stoppedTimeout = Duration.ofSeconds(5);
    public Duration announceFloor = Duration.ofMinutes(1);
    public Duration announceDefault = Duration.ofMinutes(30);
    public long pieceMemoryBytes = 0;
    public long freshPieceBytes = 0;
    public long readAheadBytes = 8 << 20;
    public int maxMessagesPerSecond = 5000;
    public int maxExtendedBytes = 32 << 10;
    public int maxUnreadBytes = 1 << 20;
    public int maxFiles = 1 << 18;
    public int maxRedirects = 5;
    public Duration checkpointInterval = Duration.ofSeconds(15);
    public Duration flushDelay = Duration.ofMinutes(1);
    public int maxTrackerConnections = 10_000;
    public Duration trackerRequestTimeout = Duration.ofSeconds(15);
    public int maxSwarms = 100_000;
    public int maxPeersPerSwarm = 1_000_000;
    public int maxTrackerPeers = 0;
    public int maxHandout = 200;

    private Draft() {}

    private Draft(Limits source) {
      maxTorrentBytes = source.maxTorrentBytes;
      maxBencodeDepth = source.maxBencodeDepth;
      maxPieces = source.maxPieces;
      maxPieceLength = source.maxPieceLength;
      maxMessageBytes = source.maxMessageBytes;
      maxServedBlock = source.maxServedBlock;
      maxIncomingRequests = source.maxIncomingRequests;
      maxOutgoingRequests = source.maxOutgoingRequests;
      maxConnections = source.maxConnections;
      maxConnectionsPerIp = source.maxConnectionsPerIp;
      dialTarget = source.dialTarget;
      maxDialsPerSecond = source.maxDialsPerSecond;
      maxKnownPeers = source.maxKnownPeers;
      connectTimeout = source.connectTimeout;
      handshakeTimeout = source.handshakeTimeout;
      silenceTimeout = source.silenceTimeout;
      keepAliveInterval = source.keepAliveInterval;
      maxTrackerBytes = source.maxTrackerBytes;
      trackerTimeout = source.trackerTimeout;
      stoppedTimeout = source.stoppedTimeout;
      announceFloor = source.announceFloor;
      announceDefault = source.announceDefault;
      pieceMemoryBytes = source.pieceMemoryBytes;
      freshPieceBytes = source.freshPieceBytes;
      readAheadBytes = source.readAheadBytes;
      maxMessagesPerSecond = source.maxMessagesPerSecond;
      maxExtendedBytes = source.maxExtendedBytes;
      maxUnreadBytes = source.maxUnreadBytes;
      maxFiles = source.maxFiles;
      maxRedirects = source.maxRedirects;
      checkpointInterval = source.checkpointInterval;
      flushDelay = source.flushDelay;
      maxTrackerConnections = source.maxTrackerConnections;
      trackerRequestTimeout = source.trackerRequestTimeout;
      maxSwarms = source.maxSwarms;
      maxPeersPerSwarm = source.maxPeersPerSwarm;
      maxTrackerPeers = source.maxTrackerPeers;
      maxHandout = source.maxHandout;
    }

    private Limits toLimits() {
      return new Limits(
          maxTorrentBytes,
          maxBencodeDepth,
          maxPieces,
          maxPieceLength,
          maxMessageBytes,
          maxServedBlock,
          maxIncomingRequests,
          maxOutgoingRequests,
          maxConnections,
          maxConnectionsPerIp,
          dialTarget,
          maxDialsPerSecond,
          maxKnownPeers,
          connectTimeout,
          handshakeTimeout,
          silenceTimeout,
          keepAliveInterval,
          maxTrackerBytes,
          trackerTimeout,
          stoppedTimeout,
          announceFloor,
          announceDefault,
          pieceMemoryBytes,
          freshPieceBytes,
          readAheadBytes,
          maxMessagesPerSecond,
          maxExtendedBytes,
          maxUnreadBytes,
          maxFiles,
          maxRedirects,
          checkpointInterval,
          flushDelay,
          maxTrackerConnections,
          trackerRequestTimeout,
          maxSwarms,
          maxPeersPerSwarm,
          maxTrackerPeers,
          maxHandout);
    }
  }
}
